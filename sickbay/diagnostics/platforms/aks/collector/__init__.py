"""Read one AKS cluster: Azure's side through azure-mgmt-containerservice, its Kubernetes part as any other cluster's.

Nothing but GET is sent to Azure, save for the one POST that hands out a user's kubeconfig, where the target allows it.
Run-command is never used: it executes.
"""

from datetime import UTC, datetime

from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import OutOfTimeError
from sickbay.diagnostics.platform import Progress
from sickbay.diagnostics.platforms.aks.collector.behind import Behind
from sickbay.diagnostics.platforms.aks.collector.collection import Collection
from sickbay.diagnostics.platforms.aks.collector.connection import Connection, resource_id
from sickbay.diagnostics.platforms.aks.collector.obstacles import UnreachableError
from sickbay.diagnostics.platforms.aks.collector.reading import Reading
from sickbay.diagnostics.platforms.aks.facts import Obstacle, Unreachable
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.target import AksTarget
from sickbay.diagnostics.targets import Request


def collect(target: AksTarget, request: Request, budget: Budget, progress: Progress) -> Snapshot:
    """Read the cluster within the budget, both sides at the same time where the way to Kubernetes needs no Azure.

    What cannot be read is a Gap; where Azure tells nothing at all, `Snapshot.unreachable` says why. Raises
    UnknownScopeError, CancelledError, and PermanentError where there is no such cluster.
    """
    snapshot = Snapshot(request=request, taken_at=datetime.now(UTC), name=target.name, id=resource_id(target))
    reading = Reading(Connection(target, budget), budget)
    behind = Behind(target, request, reading)
    try:
        behind.start()
        progress("Azure")
        try:
            snapshot = Collection(reading, target).fill(snapshot)
        except UnreachableError as error:
            snapshot = replace(snapshot, unreachable=error.why)
            reading.note_unreachable(error.why)
        except OutOfTimeError:
            late = Unreachable(obstacle=Obstacle.TIMEOUT, message="the time was up")
            snapshot = replace(snapshot, unreachable=late)
            reading.note_unreachable(late)
        progress("Kubernetes")
        snapshot = behind.fill(snapshot)
        return replace(Collection(reading, target).follow_up(snapshot), gaps=reading.gaps)
    finally:
        reading.close()
