"""AKS-111: upgrades that do not get through."""

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.aks.checks.upgrade_blocked import upgrade_blocked
from tests.unit.diagnostics.platforms.aks.azure import aks, error, findings, managed, node, pool
from tests.unit.diagnostics.platforms.kubernetes.clusters import budget, cluster, pod

NODE = "aks-user-1-vmss000000"
DRAIN = error("UpgradeFailed", "Drain node aks-user-1-vmss000000 failed when evicting pod api-1 failed with Too Many "
              "Requests error. This is often caused by a restrictive Pod Disruption Budget (PDB) policy.")  # fmt: skip


def test_a_failed_drain_is_told_once_with_how_the_pool_is_set() -> None:
    """Given pool and cluster that tell of the same drain, when judged, then the pool is told, with its settings."""
    ill = pool(provisioningState="Failed", status=DRAIN, upgradeSettings={"maxSurge": "1", "drainTimeoutInMinutes": 5})

    (found,) = findings(upgrade_blocked, aks(cluster=managed(provisioningState="Failed", status=DRAIN), pools=[ill]))

    assert found.subject == Subject("nodepool", "user")
    assert found.summary == "The upgrade of node pool user failed: a node could not be drained."
    assert found.evidence[1].value == "max surge 1, drain timeout 5 minutes"


def test_an_upgrade_under_way_waits_for_a_budget() -> None:
    """Given a pool that upgrades and a budget that holds up its cordoned node, when judged, then that is told."""
    tight = budget(disruptionsAllowed=0, currentHealthy=1, desiredHealthy=1, expectedPods=1)
    held = cluster(node(NODE, spec={"unschedulable": True}), pod(node=NODE), tight)

    (found,) = findings(upgrade_blocked, aks(pools=[pool(provisioningState="Upgrading")], kubernetes=held))

    assert found.summary == "The upgrade of node pool user waits: no eviction is allowed by shop/api."


def test_an_upgrade_that_nothing_holds_up_is_none() -> None:
    """Given a pool that upgrades, when no budget holds up a node of it, then nothing is found."""
    assert findings(upgrade_blocked, aks(pools=[pool(provisioningState="Upgrading")], kubernetes=cluster(node()))) == []


def test_the_cluster_is_told_where_no_pool_tells() -> None:
    """Given the error at the cluster alone, when judged, then the cluster is told."""
    (found,) = findings(upgrade_blocked, aks(cluster=managed(provisioningState="Failed", status=DRAIN)))

    assert found.subject == Subject("cluster", "prod")
