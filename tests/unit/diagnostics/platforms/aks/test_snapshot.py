"""What an AKS snapshot passes on of its Kubernetes part, and that it can be saved and replayed."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.engine import judge
from sickbay.diagnostics.model import ReportTarget
from sickbay.diagnostics.platforms.aks.collector.decoding import ShapeError, decode, decode_list
from sickbay.diagnostics.platforms.aks.faults import FaultKind, fault_of
from sickbay.diagnostics.platforms.aks.top import top
from sickbay.diagnostics.platforms.aks.wire.base import ErrorDetail, Usage
from sickbay.diagnostics.platforms.aks.wire.clusters import AgentPool, ManagedCluster
from sickbay.diagnostics.recordings import replay, save
from tests.unit.diagnostics.platforms.aks.azure import PODS, aks, error, node, pool, refused, waiting, without_a_network
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster

TARGET = ReportTarget(name="prod", platform="aks", zone="default")
QUOTA = error("QuotaExceeded", "exceeding approved Total Regional Cores quota")


def test_kubernetes_findings_and_gaps_stand_in_the_same_report(tmp_path: Path) -> None:
    """Given a pool without quota and a pod that waits, when saved and replayed, then both sides are told as one."""
    ill = pool(provisioningState="Failed", status=QUOTA)
    snapshot = aks(pools=[ill], kubernetes=cluster(node(), waiting()))
    save(tmp_path / "saved.json", TARGET, snapshot)

    report, again = judge(snapshot, TARGET), replay(tmp_path / "saved.json")

    assert [item.code for item in report.findings] == ["AKS-103", "K8S-P104"]
    assert report.findings[1].explained_by == (report.findings[0].id,)
    assert again == report


def test_a_subnet_of_pods_explains_those_that_get_no_network() -> None:
    """Given a full pod subnet and a pod on such a node without a sandbox, when judged, then the subnet is the cause."""
    own, use = pool(podSubnetID=PODS), (Usage(id=PODS, current_value=251, limit=251),)

    report = judge(aks(pools=[own], subnets=use, kubernetes=cluster(node(), *without_a_network())), TARGET)

    assert [item.code for item in report.causes] == ["AKS-107"]
    assert [item.code for item in report.findings] == ["AKS-107", "K8S-P106"]


def test_pulls_and_rankings_are_those_of_kubernetes() -> None:
    """Given a Kubernetes part, then its pulls are asked about and its pods ranked; without it there is neither."""
    held = cluster(refused("ghcr.io/shop/api:1", "manifest unknown"))

    assert [pull.image for pull in aks(kubernetes=held).pulls()] == ["ghcr.io/shop/api:1"]
    assert len(top(aks(kubernetes=held))) == 1
    assert (aks().pulls(), top(aks())) == ((), ())


def test_what_was_not_read_was_not_looked_at() -> None:
    """Given neither side, then nothing was looked at: the report is blind, not clean."""
    assert aks(cluster=None).looked_at() == {}
    assert judge(aks(cluster=None), TARGET).blind


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["properties", "value", "name", "status", "provisioningError", "x"]), inner)
    ),
    max_leaves=12,
)


@given(JSON)
def test_any_answer_is_understood_or_refused(value: object) -> None:
    """Given any JSON, when it is decoded as a cluster or a list of pools, then it is that or a ShapeError."""
    import msgspec

    body = msgspec.json.encode(value)
    for read in (lambda: decode(body, ManagedCluster), lambda: decode_list([body], AgentPool)):
        try:
            read()
        except ShapeError:
            continue


@given(st.text(max_size=200), st.text(max_size=2000))
def test_any_error_has_a_class(code: str, message: str) -> None:
    """Given any code and message, then there is a class, and something to do about it."""
    assert fault_of(ErrorDetail(code=code, message=message)).cure
    assert fault_of(None).kind is FaultKind.OTHER


def test_commands_quote_what_azure_wrote() -> None:
    """Given a pool whose name would end a command, when a remedy names it, then it stands quoted."""
    remedy = aks().remedy("Look.", "az show --name {pool}", pool=pool("a; reboot"))

    assert remedy.command == "az show --name 'a; reboot'"
