"""Few rights on a real cluster: what they hide is told as not read, and what they show is judged."""

import base64
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml
from kubernetes.config import incluster_config

from sickbay.diagnostics.model import Report
from sickbay.diagnostics.platforms.kubernetes.collector.watching import watch
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from tests.integration.kubernetes.lab import PREFIX, Lab, told, wait_for

pytestmark = [pytest.mark.kubernetes, pytest.mark.timeout(600)]

DEPLOY = Path(__file__).parents[3] / "deploy" / "kubernetes"
ACCOUNT = ROLE = "sickbay"
CRASHING, HEALTHY = f"{PREFIX}crash-loop", f"{PREFIX}healthy"
CRASH = ("K8S-P101", f"deployment/{CRASHING}/api")
#: Makes a target of the worker's own service account, with these bindings.
Bound = Callable[..., KubernetesTarget]


def documents(file: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all((DEPLOY / file).read_text()))


def binding(role: str, namespace: str = "") -> dict[str, Any]:
    """Give a binding of a role to the worker's account: the shipped one's, for another role or namespace."""
    (made,) = documents("namespace.yaml" if namespace else "cluster.yaml")
    made["roleRef"]["name"] = role
    if namespace:
        made["metadata"]["namespace"] = namespace
    return made


@pytest.fixture(scope="module")
def account(broken: Lab, tmp_path_factory: pytest.TempPathFactory) -> Iterator[KubernetesTarget]:
    """Give a target that is read by the worker's own account; the role is there, and nothing binds it."""
    made, *_ = documents("worker.yaml")
    broken.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": ACCOUNT}})
    broken.apply(made, *documents("role.yaml"))
    yield KubernetesTarget(name="lab", kubeconfig=kubeconfig_of(broken, tmp_path_factory.mktemp("account")))
    broken.kubectl("delete", "clusterrole", ROLE)
    broken.kubectl("delete", "namespace", ACCOUNT, "--wait=false")


@pytest.fixture
def bound(broken: Lab, account: KubernetesTarget) -> Iterator[Bound]:
    """Give that target with the bindings that a test gives the account, and no others."""
    bindings: list[dict[str, Any]] = []

    def bind(*wanted: dict[str, Any]) -> KubernetesTarget:
        for item in wanted:
            bindings.append(item)
            broken.apply(item)
        return account

    yield bind
    for item in bindings:
        place = ["-n", item["metadata"]["namespace"]] if "namespace" in item["metadata"] else []
        broken.kubectl("delete", item["kind"], item["metadata"]["name"], *place)


def mounted(lab: Lab) -> dict[str, str]:
    """Give the files that pods of the worker's account find mounted: its token, and the cluster's authority."""

    def secrets() -> list[dict[str, str]]:
        found: list[dict[str, str]] = lab.get("serviceaccount", ACCOUNT, "-n", ACCOUNT).get("secrets", [])
        return found

    wait_for(secrets, "the account's token")
    files = lab.get("secret", secrets()[0]["name"], "-n", ACCOUNT)["data"]
    return {name: base64.b64decode(content).decode() for name, content in files.items()}


def kubeconfig_of(lab: Lab, directory: Path) -> Path:
    """Write a kubeconfig with the token of the worker's account."""
    token = mounted(lab)["token"]
    written = yaml.safe_load(lab.kubeconfig.read_text())
    for user in written["users"]:
        user["user"] = {"token": token}
    file = directory / "kubeconfig"
    file.write_text(json.dumps(written))
    return file


def diagnosed(lab: Lab, target: KubernetesTarget, scope: str) -> Report:
    return lab.diagnose(scope, target=target).report


def refused(report: Report) -> set[str]:
    """Give what RBAC hid, as the gaps say it: `list on nodes`."""
    return {gap.what.partition(": needs ")[2] for gap in report.gaps if gap.reason.startswith("RBAC refuses it")}


def test_the_stock_view_of_the_whole_cluster(broken: Lab, viewer: Path) -> None:
    """Given cluster-wide `view`, then the cause is found, and nodes, storage and webhooks are told as not read."""
    target = KubernetesTarget(name="lab", kubeconfig=viewer)

    report = broken.until(
        CRASHING, *CRASH, target=target, also=lambda report: "DATABASE_URL" in report.findings[0].summary
    )

    assert refused(report) >= {
        "get on nodes",
        "get on leases.coordination.k8s.io",
        "list on storageclasses.storage.k8s.io",
        "list on validatingwebhookconfigurations.admissionregistration.k8s.io",
    }


def test_the_stock_view_of_one_namespace(broken: Lab, bound: Bound) -> None:
    """Given `view` in one namespace alone, then its cause is found, and what lies around it is told as not read."""
    report = broken.until(CRASHING, *CRASH, target=bound(binding("view", CRASHING)))

    assert len(report.causes) == 1, told(report)
    assert "get on nodes" in refused(report)


def test_what_is_hidden_is_never_called_healthy(broken: Lab, bound: Bound) -> None:
    """Given `view` in one namespace, when another or the cluster is asked for, then it is told as hidden."""
    target = bound(binding("view", CRASHING))

    for scope in ("sickbay-out-of-memory", ""):
        report = diagnosed(broken, target, scope)

        assert refused(report) >= {"list on pods", "list on events", "list on services", "list on deployments.apps"}
        assert report.findings == (), told(report)
        assert "pods" not in report.looked_at


def test_the_shipped_role_hides_nothing(broken: Lab, bound: Bound) -> None:
    """Given the shipped role for the whole cluster, then no scope of any form meets a refusal."""
    target = bound(*documents("cluster.yaml"))

    for scope in (CRASHING, f"{CRASHING}/api"):
        assert refused(broken.until(scope, *CRASH, target=target)) == set(), scope
    for scope in ("node/lab-node", ""):
        assert refused(diagnosed(broken, target, scope)) == set(), scope


def test_the_shipped_role_finds_nothing_wrong_with_the_healthy(broken: Lab, bound: Bound) -> None:
    """Given the shipped role and a healthy namespace, then there is no finding."""
    report = diagnosed(broken, bound(*documents("cluster.yaml")), HEALTHY)

    assert report.findings == (), told(report)


def test_the_shipped_role_in_one_namespace(broken: Lab, bound: Bound) -> None:
    """Given the shipped role in one namespace alone, then its cause is found, and the nodes are told as not read."""
    report = broken.until(CRASHING, *CRASH, target=bound(binding(ROLE, CRASHING)))

    assert "get on nodes" in refused(report)


@pytest.mark.parametrize("rights", ["view of the cluster", "view of the namespace", "the role in the namespace"])
def test_few_rights_find_nothing_wrong_with_the_healthy(broken: Lab, bound: Bound, rights: str) -> None:
    """Given rights that hide nodes, storage or webhooks, and a healthy namespace, then nothing is taken for missing."""
    given = {
        "view of the cluster": binding("view"),
        "view of the namespace": binding("view", HEALTHY),
        "the role in the namespace": binding(ROLE, HEALTHY),
    }[rights]

    report = diagnosed(broken, bound(given), HEALTHY)

    assert report.findings == (), told(report)
    assert refused(report)


def test_the_shipped_role_lets_a_recorder_watch_all(bound: Bound) -> None:
    """Given the shipped role for the whole cluster, when it is watched, then all that a recorder follows is."""
    stopping = Event()

    first = next(watch(bound(*documents("cluster.yaml")), "", stopping))

    assert first.lost == ""
    stopping.set()


@pytest.mark.parametrize(
    ("verb", "what", "allowed"),
    [
        ("list", "pods", "true"),
        ("get", "pods/log", "true"),
        ("watch", "pods", "true"),
        ("watch", "secrets", "false"),
        ("delete", "pods", "false"),
        ("create", "pods/exec", "false"),
        ("get", "nodes/proxy", "false"),
        ("get", "secrets", "false"),
        ("get", "configmaps", "false"),
    ],
)
def test_the_shipped_role_may_read_and_no_more(broken: Lab, bound: Bound, verb: str, what: str, allowed: str) -> None:
    """Given the shipped role for the whole cluster, then the API server itself says that it may do this, or may not."""
    bound(*documents("cluster.yaml"))
    user = f"--as=system:serviceaccount:{ACCOUNT}:{ACCOUNT}"
    resource, _, subresource = what.partition("/")
    review = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SelfSubjectAccessReview",
        "spec": {"resourceAttributes": {"verb": verb, "resource": resource, "subresource": subresource}},
    }

    answer = broken.kubectl("create", user, "-f", "-", "-o", "jsonpath={.status.allowed}", given=json.dumps(review))

    assert answer == allowed


@pytest.mark.usefixtures("account")
def test_the_api_server_accepts_all_that_is_shipped(broken: Lab) -> None:
    """Given the files as they are shipped, when the API server checks them, then it takes each."""
    for file in ("role.yaml", "cluster.yaml", "worker.yaml", "recorder.yaml"):
        broken.kubectl("apply", "--dry-run=server", "-f", str(DEPLOY / file))


def test_a_worker_inside_the_cluster_reads_it_by_its_account(
    broken: Lab, bound: Bound, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given the environment and the files of a pod of the worker's account, then no kubeconfig is needed."""
    bound(*documents("cluster.yaml"))
    for name, content in mounted(broken).items():
        (tmp_path / name).write_text(content)
    address = urlsplit(yaml.safe_load(broken.kubeconfig.read_text())["clusters"][0]["cluster"]["server"])
    monkeypatch.setenv("KUBERNETES_SERVICE_HOST", str(address.hostname))
    monkeypatch.setenv("KUBERNETES_SERVICE_PORT", str(address.port))
    monkeypatch.setattr(incluster_config, "SERVICE_TOKEN_FILENAME", str(tmp_path / "token"))
    monkeypatch.setattr(incluster_config, "SERVICE_CERT_FILENAME", str(tmp_path / "ca.crt"))

    report = broken.until(CRASHING, *CRASH, target=KubernetesTarget(name="lab", in_cluster=True))

    assert refused(report) == set()
