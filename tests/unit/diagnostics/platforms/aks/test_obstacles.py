"""What stands between Sickbay and Azure: refusals, throttling and failures."""

from types import SimpleNamespace

import pytest

from sickbay.diagnostics.errors import PermanentError, UnknownScopeError
from sickbay.diagnostics.platforms.aks import rights
from sickbay.diagnostics.platforms.aks.collector import connection
from sickbay.diagnostics.platforms.aks.snapshot import Obstacle
from sickbay.diagnostics.platforms.kubernetes.resources import AUTOSCALER_STATUS
from sickbay.diagnostics.redaction import redact
from tests.unit.diagnostics.platforms.aks.arm import (
    ACTIVITY,
    CORES,
    DETECTORS,
    ENDPOINTS,
    HEALTH,
    METRICS,
    NETWORK,
    RESOURCES,
    ROLES,
    ROOT,
    SCALE_SETS,
    VERSIONS,
    Arm,
    listed,
    refusal,
)
from tests.unit.diagnostics.platforms.aks.azure import GROUP, ID, cluster_fields, error, pool_fields, refused, waiting
from tests.unit.diagnostics.platforms.aks.conftest import Behind, Judge, Read
from tests.unit.diagnostics.platforms.kubernetes.fake_api import refusal as kubernetes_refusal
from tests.unit.diagnostics.platforms.loopback import answer, hang, in_turn

DENIED = "The client 'x' does not have authorization to perform action over scope."


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds between the tries of a call, which no test waits for."""
    seconds: list[float] = []
    monkeypatch.setattr(connection, "time", SimpleNamespace(sleep=seconds.append))
    return seconds


def test_one_denied_call_of_many_is_a_gap_with_what_it_takes(arm: Arm, read: Read) -> None:
    """Given metrics that are denied, when the cluster is read, then the gap names action and role; the rest stands."""
    arm.routes[METRICS] = refusal(403, "AuthorizationFailed", DENIED)

    snapshot = read()

    (gap,) = [gap for gap in snapshot.gaps if gap.what == "outbound connections (metrics)"]
    assert gap.reason == (
        "Azure denies it (403 AuthorizationFailed): it takes Microsoft.Insights/metrics/read, which the role "
        "Monitoring Reader has."
    )
    assert snapshot.snat == ()
    assert snapshot.health is not None


SERVICE = f"{GROUP}/providers/Microsoft.ContainerService/containerServices/old"
#: What is read, and the right that it takes; NAT gateways and their subnets have tests of their own.
READ = {
    f"{ID}/agentPools": rights.POOLS,
    f"{ID}/agentPools/user/upgradeProfiles/default": rights.NODE_IMAGES,
    f"{ID}/agentPools/user/machines": rights.MACHINES,
    ENDPOINTS: rights.ENDPOINTS,
    DETECTORS: rights.DETECTORS,
    VERSIONS: rights.VERSIONS,
    SCALE_SETS: rights.SCALE_SETS,
    f"{SCALE_SETS}/aks-user-1-vmss/instanceView": rights.INSTANCES,
    CORES: rights.CORES,
    f"{NETWORK}/usages": rights.SUBNETS,
    ACTIVITY: rights.ACTIVITY,
    HEALTH: rights.HEALTH,
    ROLES: rights.ROLES,
    RESOURCES: rights.RESOURCES,
    SERVICE: rights.SERVICES,
}


@pytest.mark.parametrize("path", READ)
def test_whatever_is_denied_is_a_gap(arm: Arm, behind: Behind, judge: Judge, path: str) -> None:
    """Given one call of all that an audit makes denied, then its gap names the action, and the rest is told."""
    lacking = pool_fields(provisioningState="Failed", status=error("QuotaExceeded", "exceeding approved quota"))
    arm.pools(lacking)
    arm.cluster(networkProfile={"outboundType": "userDefinedRouting"}, provisioningState="Failed",
                identityProfile={"kubeletidentity": {"objectId": "o"}})  # fmt: skip
    arm.routes[RESOURCES] = listed({"id": SERVICE, "name": "old", "location": "westus"})
    arm.routes[SERVICE] = answer({"id": SERVICE, "name": "old", "properties": {}})
    behind.serve(pods=[refused("shop.azurecr.io/api:1", "401 Unauthorized")])
    arm.routes[path] = refusal(403, "AuthorizationFailed", DENIED)

    report = judge(audit=True)

    (reason,) = [gap.reason for gap in report.gaps if gap.what == READ[path].what]
    assert f"it takes {READ[path].action}, which the role" in reason
    assert {"AKS-101", "AKS-115"} <= {item.code for item in report.findings}
    assert ("containerservice/old" in {item.subject for item in report.findings}) is (path != RESOURCES)


def test_no_leave_to_read_the_autoscalers_status_is_a_gap(arm: Arm, behind: Behind, judge: Judge) -> None:
    """Given pods that wait, and a Kubernetes role of old, when diagnosed, then the gap names what it takes."""
    arm.pools(pool_fields(enableAutoScaling=True, minCount=1, maxCount=3))
    behind.serve(pods=[waiting()])
    message = 'cannot get resource "configmaps" in API group "" in the namespace "kube-system"'
    behind.routes[AUTOSCALER_STATUS] = kubernetes_refusal(403, message)

    report = judge()

    assert "the cluster autoscaler's status: needs get on configmaps" in {gap.what for gap in report.gaps}
    assert [item.code for item in report.causes] == ["AKS-110"]


@pytest.mark.parametrize("obstacle", list(Obstacle))
def test_no_obstacle_is_taken_for_a_secret(obstacle: Obstacle) -> None:
    """Given an obstacle and its reason as a gap has them, when that is redacted, then all of it stays."""
    text = f"{obstacle}: AADSTS7000222 tried AzureCli (Azure CLI not found on path)"

    assert redact(text) == text


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (401, "InvalidAuthenticationToken", "Azure does not accept the token (401 InvalidAuthenticationToken)"),
        (404, "ResourceNotFound", "there is no such thing (404 ResourceNotFound)"),
        (409, "Conflict", "it is at odds with the state of things (409 Conflict)"),
        (418, "Teapot", "Azure answered (418 Teapot)"),
    ],
)
def test_each_refusal_is_told_in_words(arm: Arm, read: Read, status: int, code: str, said: str) -> None:
    """Given an answer that is no success, when the cluster is read, then its gap says what it means."""
    arm.routes[HEALTH] = refusal(status, code, "so it is")

    assert [gap.reason[: len(said)] for gap in read().gaps if gap.what == "resource health"] == [said]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_failure_of_azure_itself_is_told(arm: Arm, read: Read, slept: list[float], status: int) -> None:
    """Given an error on Azure's side to the last try, when it is told, then it is called that, in Azure's own words."""
    arm.routes[HEALTH] = refusal(status, "ServerBusy", "busy")

    (told,) = [gap.reason for gap in read().gaps if gap.what == "resource health"]

    assert told == f"Azure failed ({status} ServerBusy): busy"
    assert len(slept) == connection.TRIES - 1


@pytest.mark.parametrize(
    ("status", "obstacle"), [(401, Obstacle.UNAUTHORIZED), (403, Obstacle.FORBIDDEN), (409, Obstacle.OTHER)]
)
def test_a_cluster_that_is_not_told_of_is_an_obstacle(arm: Arm, read: Read, status: int, obstacle: Obstacle) -> None:
    """Given a refusal of the cluster itself, when it is read, then the obstacle's class is a fact."""
    arm.routes[ID] = refusal(status, "Refused", "so it is")

    snapshot = read()

    assert snapshot.unreachable is not None
    assert snapshot.unreachable.obstacle is obstacle
    assert snapshot.gaps[0].reason == snapshot.unreachable.message


def test_an_unregistered_provider_is_not_registered(arm: Arm, read: Read) -> None:
    """Given a 409 on which the SDK would register a provider, when read, then nothing is sent that would change it."""
    message = "The subscription is not registered to use namespace 'Microsoft.ResourceHealth'"
    arm.routes[HEALTH] = refusal(409, "MissingSubscriptionRegistration", message)

    snapshot = read()

    assert {asked.method for asked in arm.requests} == {"GET"}
    (reason,) = [gap.reason for gap in snapshot.gaps if gap.what == "resource health"]
    assert "Microsoft.ResourceHealth/register" in reason


def test_throttling_is_waited_out(arm: Arm, read: Read, slept: list[float]) -> None:
    """Given a call that is throttled once, when the cluster is read, then it is made again after the time told."""
    throttled = refusal(429, "TooManyRequests", "slow down", {"Retry-After": "7"})
    arm.routes[HEALTH] = in_turn(throttled, answer({"properties": {"availabilityState": "Available"}}))

    snapshot = read()

    assert snapshot.health is not None
    assert slept == [7.0]


def test_throttling_beyond_the_budget_is_a_gap(arm: Arm, read: Read) -> None:
    """Given a Retry-After that the budget does not hold, when the cluster is read, then it is a gap, at once."""
    arm.routes[HEALTH] = refusal(429, "TooManyRequests", "slow down", {"Retry-After": "300"})

    (gap,) = [gap for gap in read().gaps if gap.what == "resource health"]

    assert gap.reason.startswith("Azure throttles the subscription (429 TooManyRequests)")


def test_an_error_of_azure_itself_is_tried_again(arm: Arm, read: Read, slept: list[float]) -> None:
    """Given a call that fails with 503 twice, when the cluster is read, then its third answer counts, each later."""
    busy = refusal(503, "ServerBusy", "busy")
    arm.routes[ID] = in_turn(busy, busy, answer(cluster_fields()))

    assert read().cluster is not None
    assert slept == [0.5, 1.0]


def test_a_call_that_hangs_costs_its_own_answer(arm: Arm, read: Read) -> None:
    """Given a call without an answer, when the budget is spent, then it is a gap, and the rest stands."""
    arm.routes[ACTIVITY] = hang()

    snapshot = read(seconds=3)

    assert [gap.what for gap in snapshot.gaps if "time" in gap.reason] == ["the activity log"]
    assert snapshot.cluster is not None


def test_half_written_answers_are_gaps(arm: Arm, read: Read) -> None:
    """Given an answer in another shape, when the cluster is read, then it is a gap."""
    arm.routes[HEALTH] = answer({"properties": {"availabilityState": ["what"]}})

    assert any("not as documented" in gap.reason for gap in read().gaps if gap.what == "resource health")


def test_nulls_stand_for_what_is_not_set(arm: Arm, read: Read) -> None:
    """Given a pool whose fields are null, when the cluster is read, then they count as not set."""
    arm.pools(pool_fields(maxCount=None, upgradeSettings=None, status=None, vnetSubnetID=None))

    (pool,) = read().pools

    assert (pool.properties.max_count, pool.properties.vnet_subnet_id) == (0, "")


def test_a_cluster_that_does_not_exist_names_those_that_do(arm: Arm, read: Read) -> None:
    """Given a name that is none, when it is read, then the clusters of the subscription are named."""
    message = "The Resource 'prod' under resource group 'shop' was not found."
    arm.routes[ID] = refusal(404, "ResourceNotFound", message)

    with pytest.raises(PermanentError, match=r"There is no AKS cluster 'prod' in resource group 'shop'.*prod \(shop\)"):
        read()


def test_pages_that_lead_to_another_host_are_not_followed(arm: Arm, read: Read) -> None:
    """Given a list whose next page lies elsewhere, when it is read, then the token is not taken there."""
    arm.routes[ACTIVITY] = answer({"value": [], "nextLink": "http://127.0.0.2:9/more"})
    arm.routes[f"{ID}/agentPools"] = answer({"value": [pool_fields()], "nextLink": "http://127.0.0.2:9/more"})

    reasons = {gap.what: gap.reason for gap in read().gaps}

    assert "leads to 127.0.0.2:9" in reasons["the activity log"]
    assert "leads to 127.0.0.2:9" in reasons["the node pools"]


def test_the_next_page_of_a_list_is_read(arm: Arm, read: Read) -> None:
    """Given lists of two pages, when they are read, then both pages count."""
    more = f"{arm.url}{ROOT}/more?api-version=2021-04-01"
    arm.routes[f"{ID}/agentPools"] = answer({"value": [pool_fields("one")], "nextLink": more})
    arm.routes[f"{ROOT}/more"] = listed(pool_fields("two"))
    arm.routes[RESOURCES] = answer({"value": [], "nextLink": more})

    assert [pool.name for pool in read().pools] == ["one", "two"]


def test_denied_the_cluster_kubernetes_still_stands(arm: Arm, behind: Behind, judge: Judge) -> None:
    """Given an identity that may read nothing of Azure, when diagnosed, then Kubernetes is judged, and the gap told."""
    arm.routes[ID] = refusal(403, "AuthorizationFailed", DENIED)

    report = judge()

    assert report.looked_at["nodes"] == 2
    (gap,) = [gap for gap in report.gaps if gap.what == "Azure's side of the cluster"]
    assert "managedClusters/read" in gap.reason


def test_a_scope_that_is_not_there_is_told(behind: Behind, judge: Judge) -> None:
    """Given a scope of Kubernetes that does not exist, when diagnosed, then that is told as for any cluster."""
    behind.routes["/api/v1/namespaces/payments"] = kubernetes_refusal(404, "not found")

    with pytest.raises(UnknownScopeError):
        judge("payments")
