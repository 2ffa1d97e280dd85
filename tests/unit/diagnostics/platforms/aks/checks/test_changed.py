"""AKS-114: changes in the window, while something is at fault."""

from datetime import timedelta

from sickbay.diagnostics.model import Confidence
from sickbay.diagnostics.platforms.aks.checks.changed import changed
from tests.unit.diagnostics.platforms.aks.azure import ID, aks, findings, managed, pool, written

POOL_WRITE = "Microsoft.ContainerService/managedClusters/agentPools/write"
ILL = managed(provisioningState="Failed")


def test_the_last_change_and_its_author_are_told() -> None:
    """Given a failed cluster that was changed twice, when judged, then the last change and its author are told."""
    log = (written(minutes_ago=90, correlation="a"), written(minutes_ago=30, correlation="b", status="Failed"))

    (found,) = findings(changed, aks(cluster=ILL, activity=log))

    assert found.summary == (
        "AKS cluster prod was changed at 02:30 UTC by kim@example.com: Create or Update Managed Cluster, which failed, "
        "the last of 2 changes."
    )
    assert (found.count, found.confidence) == (2, Confidence.INFERRED)


def test_pools_are_told_apart() -> None:
    """Given writes to cluster and pool, when the pool failed, then each is told for itself."""
    log = (written(), written(POOL_WRITE, of=f"{ID}/agentPools/user", correlation="d"))

    found = findings(changed, aks(pools=[pool(provisioningState="Failed")], activity=log))

    assert sorted(str(item.subject) for item in found) == ["change/cluster/prod", "change/nodepool/user"]


def test_one_operation_is_told_once() -> None:
    """Given the many events of one operation, when judged, then it counts once, as it ended."""
    log = (written(status="Started", minutes_ago=40), written(status="Accepted", minutes_ago=39), written())

    (found,) = findings(changed, aks(cluster=ILL, activity=log))

    assert found.count == 1


def test_a_change_of_a_healthy_cluster_is_none() -> None:
    """Given a change and nothing at fault, when judged, then nothing is found."""
    assert findings(changed, aks(activity=(written(),))) == []


def test_reads_other_resources_and_old_changes_are_none() -> None:
    """Given credentials handed out, another resource's change, and one before the window, then nothing is found."""
    log = (
        written("Microsoft.ContainerService/managedClusters/listClusterUserCredential/action"),
        written("Microsoft.Network/routeTables/write", of="/subscriptions/x/resourceGroups/shop/providers/y/z/w"),
        written(minutes_ago=600, correlation="old"),
    )

    assert findings(changed, aks(cluster=ILL, activity=log, window=timedelta(hours=1))) == []
