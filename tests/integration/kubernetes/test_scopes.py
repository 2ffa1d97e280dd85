"""What a scope names on a real cluster: found, else the nearest, or the choices; and how much is read for it."""

from collections.abc import Iterator

import pytest

from sickbay.diagnostics.errors import UnknownScopeError
from sickbay.diagnostics.platforms.kubernetes.collector.connection import Connection
from tests.integration.kubernetes.lab import Lab, told

pytestmark = [pytest.mark.kubernetes, pytest.mark.timeout(600)]

CRASHING = "sickbay-crash-loop"


@pytest.mark.parametrize(
    "scope",
    [CRASHING, f"{CRASHING}/api", f"{CRASHING}/deployment/api", f"{CRASHING}/deploy/api"],
)
def test_a_scope_leads_to_the_same_cause(broken: Lab, scope: str) -> None:
    """Given a crashing deployment, then its namespace, name, and kind and name lead to the crash and its last line."""
    broken.until(
        scope, "K8S-P101", f"deployment/{CRASHING}/api",
        also=lambda report: "DATABASE_URL is not set" in report.findings[0].summary,
    )  # fmt: skip


def test_a_pod_by_its_name(broken: Lab) -> None:
    """Given the name of a crashing pod, then the crash is told of the deployment that it belongs to."""
    (pod,) = broken.get("pods", "-n", CRASHING)["items"]

    broken.until(f"{CRASHING}/{pod['metadata']['name']}", "K8S-P101", f"deployment/{CRASHING}/api")


def test_a_service_by_its_name(broken: Lab) -> None:
    """Given the name of a service behind which pods are killed, then what kills them is on top."""
    namespace = "sickbay-one-deadline"

    report = broken.until(f"{namespace}/service/api", "K8S-P102", f"deployment/{namespace}/api")

    assert report.looked_at["services"] == 1


def test_a_claim_by_its_name(broken: Lab) -> None:
    """Given the name of a claim without a volume, then why it has none is on top."""
    namespace = "sickbay-unknown-class"

    broken.until(f"{namespace}/data", "K8S-V101", f"persistentvolumeclaim/{namespace}/data")


def test_a_node_by_its_name(broken: Lab) -> None:
    """Given the name of a node, then it is looked at with the pods that lie on it."""
    report = broken.diagnose("node/lab-node").report

    assert report.looked_at["nodes"] == 1
    assert report.looked_at["pods"] >= 10
    assert not [item for item in report.findings if item.subject == "node/lab-node"], told(report)


@pytest.mark.parametrize(
    ("scope", "nearest"),
    [
        ("sickbay-crash-lop", CRASHING),
        (f"{CRASHING}/apii", f"{CRASHING}/api"),
        ("node/lab-nod", "lab-node"),
    ],
)
def test_an_unknown_name_is_answered_with_the_nearest(broken: Lab, scope: str, nearest: str) -> None:
    """Given a name with a slip of the finger, then the error names what was meant."""
    with pytest.raises(UnknownScopeError) as raised:
        broken.diagnose(scope)

    assert nearest in raised.value.nearest
    assert nearest in str(raised.value)


@pytest.fixture
def ambiguous(broken: Lab) -> Iterator[str]:
    """A name that a deployment and a stateful set of one namespace have."""
    namespace = "sickbay-healthy"
    broken.kubectl("create", "deployment", "db", "-n", namespace, "--image=lab/busybox:1", "--replicas=0")
    yield f"{namespace}/db"
    broken.kubectl("delete", "deployment", "db", "-n", namespace)


def test_an_ambiguous_name_is_answered_with_the_choices(broken: Lab, ambiguous: str) -> None:
    """Given a name that two workloads have, then the error names both, and each can be asked for."""
    namespace, name = ambiguous.split("/")

    with pytest.raises(UnknownScopeError) as raised:
        broken.diagnose(ambiguous)

    choices = (f"{namespace}/deployment/{name}", f"{namespace}/statefulset/{name}")
    assert raised.value.nearest == choices
    for choice in choices:
        assert broken.diagnose(choice).report.looked_at


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths that are asked for, in their order."""
    paths: list[str] = []
    get = Connection.get

    def counted(self: Connection, path: str, *arguments: object, **options: object) -> bytes:
        paths.append(path)
        return get(self, path, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(Connection, "get", counted)
    return paths


def test_a_scoped_diagnosis_asks_for_no_more_than_it_needs(broken: Lab, asked: list[str]) -> None:
    """Given the name of a workload, then lists are read of its namespace alone, and nothing twice."""
    broken.diagnose(f"{CRASHING}/deployment/api")

    wide = [
        path
        for path in asked
        if path.rpartition("/")[2] in {"pods", "events", "services", "nodes", "leases", "endpointslices"}
        and "/namespaces/" not in path
    ]
    assert wide == []
    lists = [path for path in asked if not path.endswith("/log")]
    assert len(lists) == len(set(lists)) <= 40, sorted(lists)


def test_a_namespace_is_read_alone(broken: Lab, asked: list[str]) -> None:
    """Given a namespace, then no list of namespaced objects of the whole cluster is asked for."""
    broken.diagnose(CRASHING)

    namespaces = {path.split("/namespaces/")[1].partition("/")[0] for path in asked if "/namespaces/" in path}
    assert namespaces <= {CRASHING, "kube-system", "kube-node-lease"}
    assert not [
        path for path in asked if path in {"/api/v1/pods", "/api/v1/events", "/api/v1/services", "/api/v1/nodes"}
    ]
