"""What Azure's side of a cluster tells of changes by itself, beside what the Kubernetes part tells."""

from datetime import UTC, datetime, timedelta

from msgspec import to_builtins
from msgspec.structs import replace

from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.aks import rights
from sickbay.diagnostics.platforms.aks.changing import SOURCE, changes
from sickbay.diagnostics.platforms.aks.facts import Obstacle, Unreachable
from tests.unit.diagnostics.platforms.aks.arm import ACTIVITY, Arm, listed
from tests.unit.diagnostics.platforms.aks.azure import ID, aks, node, written
from tests.unit.diagnostics.platforms.aks.conftest import Behind, Judge
from tests.unit.diagnostics.platforms.kubernetes.clusters import NOW

POOL, POOL_WRITE = f"{ID}/agentPools/user", "Microsoft.ContainerService/managedClusters/agentPools/write"


def test_an_operation_is_told_when_it_began_with_who_did_it_and_how_it_ended() -> None:
    """Given the events of one write, then it is one change, from its first event on."""
    log = (written(status="Started", minutes_ago=40), written(status="Accepted", minutes_ago=39), written())

    (told,) = changes(aks(activity=log)).changes

    assert (told.subject, told.kind, told.at) == ("cluster/prod", "config", NOW - timedelta(minutes=40))
    assert (told.field, told.after, told.actor) == ("operation", "Create or Update Managed Cluster", "kim@example.com")
    assert told.source == f"{SOURCE}: Microsoft.ContainerService/managedClusters/write"


def test_what_is_under_way_is_told_too() -> None:
    """Given the write of a pool that has not ended, then the pool changed."""
    (told,) = changes(aks(activity=(written(POOL_WRITE, of=POOL, status="Started"),))).changes

    assert (told.subject, told.kind) == ("nodepool/user", "node changed")
    assert told.after == "Create or Update Managed Cluster (under way)"


def test_what_failed_is_told_as_such() -> None:
    """Given an operation that failed, then that stands beside its name."""
    (told,) = changes(aks(activity=(written(status="Failed"),))).changes

    assert told.after == "Create or Update Managed Cluster (failed)"


def test_a_pool_that_was_deleted_is_a_change_of_the_cluster() -> None:
    """Given a pool that is gone, on which nothing can depend any more, then its cluster lost it."""
    gone = written(POOL_WRITE.replace("write", "delete"), of=f"{ID}/agentPools/spot")

    (told,) = changes(aks(activity=(gone,))).changes

    assert (told.subject, told.kind, told.field) == ("cluster/prod", "removed", "node pool spot")


def test_operations_are_told_in_order() -> None:
    """Given two operations, then the older comes first."""
    log = (written(minutes_ago=5, correlation="b"), written(minutes_ago=60, correlation="a"))

    assert [one.at for one in changes(aks(activity=log)).changes] == [
        NOW - timedelta(minutes=60),
        NOW - timedelta(minutes=5),
    ]


def test_a_log_that_was_not_read_is_no_source() -> None:
    """Given no right to read the log, or no access at all, then nothing is said to have been watched."""
    gap = Gap(what=rights.ACTIVITY.what, reason="403")

    assert changes(aks()).sources == (SOURCE,)
    assert changes(aks(gaps=(gap,))).sources == ()
    assert changes(aks(unreachable=Unreachable(obstacle=Obstacle.OTHER, message="no"))).sources == ()


def test_a_report_has_the_changes_and_figures_of_both_sides(arm: Arm, behind: Behind, judge: Judge) -> None:
    """Given an operation on Azure's side and a node that joined, then both are told, with the figures of the pods."""
    lately = datetime.now(UTC) - timedelta(minutes=5)
    arm.routes[ACTIVITY] = listed(to_builtins(replace(written(), event_timestamp=lately)))
    joined = node()
    behind.serve(nodes=[replace(joined, metadata=replace(joined.metadata, creation_timestamp=lately))])

    report = judge()

    assert {("cluster/prod-aks", "config"), (f"node/{joined.metadata.name}", "node joined")} <= {
        (one.subject, one.kind) for one in report.changes
    }
    assert report.coverage is not None
    assert SOURCE in report.coverage.sources
    assert any(source.startswith("nodes") for source in report.coverage.sources)
    assert "restarts" in report.figures
