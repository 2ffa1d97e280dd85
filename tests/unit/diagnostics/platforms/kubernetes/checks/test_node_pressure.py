"""K8S-N102: nodes that run out of memory, disk or process ids."""

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.node_pressure import node_pressure
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, event, findings, node

READY = {"type": "Ready", "status": "True"}


def pressure(kind: str, status: str = "True") -> dict[str, str]:
    return {"type": kind, "status": status, "reason": f"KubeletHas{kind}", "lastTransitionTime": ago(minutes=4)}


@pytest.mark.parametrize(
    ("kind", "short"),
    [("MemoryPressure", "memory"), ("DiskPressure", "disk space"), ("PIDPressure", "process ids")],
)
def test_a_pressure_names_what_is_short(kind: str, short: str) -> None:
    """Given a node with one pressure, when judged, then the finding names what is short."""
    (found,) = findings(node_pressure, cluster(node(conditions=[READY, pressure(kind)])))

    assert found.subject == Subject("node", "node-1")
    assert f"is short of {short}:" in found.summary
    assert found.evidence[0].source == f"GET /api/v1/nodes/node-1 status.conditions[{kind}]"


def test_two_pressures_are_one_finding_with_the_kubelets_event() -> None:
    """Given memory and disk pressure and an eviction event, when judged, then one finding has all of it."""
    ill = node(conditions=[READY, pressure("MemoryPressure"), pressure("DiskPressure")])
    evicting = event("Node", "node-1", "EvictionThresholdMet", "Attempting to reclaim memory", namespace="")

    (found,) = findings(node_pressure, cluster(ill, evicting))

    assert "short of memory and disk space" in found.summary
    assert len(found.evidence) == 3


@pytest.mark.parametrize("status", ["False", "Unknown"])
def test_what_is_not_said_is_not_found(status: str) -> None:
    """Given a condition that is false, or unknown as of a silent node, when judged, then nothing is found."""
    assert findings(node_pressure, cluster(node(conditions=[READY, pressure("MemoryPressure", status)]))) == []
