"""K8S-W107: budgets that keep a node from being drained."""

from typing import Any

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.drain_blocked import drain_blocked
from sickbay.diagnostics.platforms.kubernetes.wire.nodes import Node
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import PodDisruptionBudget
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, budget, cluster, findings, node, pod


def cordoned(name: str = "node-1") -> Node:
    return node(name, spec={"unschedulable": True})


def tight(*, allowed: int = 0, healthy: int = 1, wanted: int = 1, **more: Any) -> PodDisruptionBudget:
    return budget(disruptionsAllowed=allowed, currentHealthy=healthy, desiredHealthy=wanted, expectedPods=1, **more)


def test_a_budget_that_allows_nothing_blocks_the_drain_of_a_cordoned_node() -> None:
    """Given a cordoned node with a pod whose budget allows no eviction, when judged, then node and pod are named."""
    (found,) = findings(drain_blocked, cluster(cordoned(), pod(), tight()))

    assert found.subject == Subject("poddisruptionbudget", "shop/api")
    assert found.summary == (
        "Budget shop/api allows no eviction (1 healthy of 1 that must stay) while node-1 is cordoned: a drain of it "
        "waits for 1 pod, first api-7d4b9c-x1."
    )
    assert [item.value for item in found.evidence] == ["0", "true"]


def test_unready_pods_are_to_be_mended_first() -> None:
    """Given a budget with fewer healthy pods than must stay, when judged, then the remedy is to mend those."""
    (found,) = findings(drain_blocked, cluster(cordoned(), pod(), tight(healthy=0)))

    assert found.remedy is not None
    assert found.remedy.text.startswith("Get its unready pods ready first")


def test_an_open_node_is_no_drain() -> None:
    """Given a budget that allows nothing and no cordoned node, when judged, then nothing is found."""
    assert findings(drain_blocked, cluster(pod(), tight())) == []


def test_a_cordoned_node_without_guarded_pods_is_no_matter() -> None:
    """Given a cordoned node with pods of others, ended ones and ones that go, when judged, then nothing is found."""
    others = pod("web-7d4b9c-1", deployment="web")
    ended = pod("api-7d4b9c-2", phase="Succeeded")
    going = pod("api-7d4b9c-3", metadata={"deletionTimestamp": ago(seconds=9)})
    elsewhere = pod("api-7d4b9c-4", node="node-2")
    foreign = pod("api-7d4b9c-5", namespace="bank")

    assert findings(drain_blocked, cluster(cordoned(), others, ended, going, elsewhere, foreign, tight())) == []


def test_a_budget_that_still_allows_one_is_left_alone() -> None:
    """Given a budget that allows an eviction, when its node is cordoned, then the drain goes on."""
    assert findings(drain_blocked, cluster(cordoned(), pod(), tight(allowed=1))) == []


def test_a_budget_without_selector_guards_nothing() -> None:
    """Given a budget without a selector, when judged, then nothing is found."""
    assert findings(drain_blocked, cluster(cordoned(), pod(), tight(spec={"selector": None}))) == []
