"""Read one ECS cluster through AWS's own APIs. All operations are in operations.py; each of them reads."""

from datetime import UTC, datetime

from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platform import Progress
from sickbay.diagnostics.platforms.ecs.collector.collection import Collection
from sickbay.diagnostics.platforms.ecs.collector.connection import Connection
from sickbay.diagnostics.platforms.ecs.collector.reading import Reading
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.target import EcsTarget
from sickbay.diagnostics.targets import Request


def collect(target: EcsTarget, request: Request, budget: Budget, progress: Progress) -> Snapshot:
    """Read the cluster within the budget.

    What cannot be read is a Gap; where nothing could be, `Snapshot.unreachable` says why. Raises UnknownScopeError and
    CancelledError.
    """
    snapshot = Snapshot(
        request=request,
        taken_at=datetime.now(UTC),
        name=target.name,
        cluster_name=target.cluster,
        region=target.region,
    )
    progress("Cluster")
    reading = Reading(Connection(target, budget), budget)
    try:
        snapshot = Collection(reading, target.cluster).fill(snapshot, progress)
        return replace(snapshot, gaps=() if snapshot.unreachable else reading.gaps)
    finally:
        reading.close()
