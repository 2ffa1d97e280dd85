"""What the cluster autoscaler tells of itself: read only while pods wait for a node."""

import pytest

from tests.unit.diagnostics.platforms.kubernetes.conftest import Read
from tests.unit.diagnostics.platforms.kubernetes.fake_api import Behaviour, FakeApi, answer, items, refusal

PATH = "/api/v1/namespaces/kube-system/configmaps/cluster-autoscaler-status"
STATUS = """\
autoscalerStatus: Running
clusterWide: {health: {status: Healthy}}
nodeGroups:
- health: {cloudProviderTarget: 3, maxSize: 3, minSize: 2, status: Healthy, nodeCounts: {registered: {ready: 3}}}
  name: full
  scaleUp: {backoffInfo: {}, lastTransitionTime: null, status: NoActivity}
- health: {cloudProviderTarget: 1, maxSize: 5, minSize: 1, status: Healthy}
  name: refused
  scaleUp:
    backoffInfo: {errorCode: QUOTA_EXCEEDED, errorMessage: no cores left}
    lastTransitionTime: "2026-11-24T02:50:00Z"
    status: Backoff
time: 2026-11-24 02:55:22.999645779 +0000 UTC
"""
BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nnodeGroups: [*c, *c]\n"


def told(status: str) -> Behaviour:
    return answer({"metadata": {"name": "cluster-autoscaler-status"}, "data": {"status": status}})


@pytest.fixture
def waiting(api: FakeApi) -> FakeApi:
    """An API server with a pod that no node fits."""
    unfit = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable"}
    metadata = {"name": "api-1", "namespace": "shop", "creationTimestamp": "2020-01-01T00:00:00Z"}
    pod = {"metadata": metadata, "status": {"phase": "Pending", "conditions": [unfit]}}
    api.routes["/api/v1/pods"] = items(pod)
    return api


def test_node_groups_are_read_while_pods_wait(waiting: FakeApi, read: Read) -> None:
    """Given a status of two groups and a pod that waits, when read, then one is full, and one was given no node."""
    waiting.routes[PATH] = told(STATUS)

    full, refused = read().node_groups

    assert (full.name, full.full, full.error) == ("full", True, None)
    assert (refused.name, refused.full) == ("refused", False)
    assert refused.error is not None
    assert (refused.error.error_code, refused.error.error_message) == ("QUOTA_EXCEEDED", "no cores left")
    assert refused.scale_up.last_transition_time is not None


def test_nobody_waits_and_nothing_is_asked(api: FakeApi, read: Read) -> None:
    """Given no pod that waits, when read, then the ConfigMap is not asked for."""
    read()

    assert PATH not in api.requests


def test_a_cluster_without_an_autoscaler_has_no_gap(waiting: FakeApi, read: Read) -> None:
    """Given no such ConfigMap, when read, then there are no groups, and no gap either."""
    waiting.routes[PATH] = refusal(404, 'configmaps "cluster-autoscaler-status" not found')

    snapshot = read()

    assert snapshot.node_groups == ()
    assert [gap for gap in snapshot.gaps if "autoscaler" in gap.what] == []


def test_a_role_without_it_is_a_gap_with_what_it_needs(waiting: FakeApi, read: Read) -> None:
    """Given a role that may not read it, when read, then the gap names verb and resource."""
    message = ('configmaps "cluster-autoscaler-status" is forbidden: User "s" cannot get resource "configmaps" in API '
               'group "" in the namespace "kube-system"')  # fmt: skip
    waiting.routes[PATH] = refusal(403, message)

    (gap,) = [gap for gap in read().gaps if "autoscaler" in gap.what]

    assert gap.what == "the cluster autoscaler's status: needs get on configmaps"


@pytest.mark.parametrize(
    "status",
    ["Cluster-wide:\n  Health:  Healthy (ready=7)\n           LastProbeTime: 2021", "[" * 9000, BOMB],
    ids=["before 1.30", "deep", "aliases"],
)
def test_another_form_is_a_gap(waiting: FakeApi, read: Read, status: str) -> None:
    """Given the form of old, or one that means harm, when read, then it is a gap."""
    waiting.routes[PATH] = told(status)

    (gap,) = [gap for gap in read().gaps if "autoscaler" in gap.what]

    assert "1.30" in gap.reason


def test_an_autoscaler_that_says_nothing_has_no_groups(waiting: FakeApi, read: Read) -> None:
    """Given a status that is empty, or without groups, when read, then there are none."""
    for status in ("", "autoscalerStatus: Initializing\nnodeGroups: null\n"):
        waiting.routes[PATH] = told(status)

        assert read().node_groups == ()
