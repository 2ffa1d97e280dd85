"""Read one swarm through the engine of a manager: the Docker platform's way to an engine, and the calls of Swarm.

Nothing but GET is ever sent. Neither secrets nor configs are asked for, nor `/swarm`, which hands out the join tokens.
"""

from datetime import UTC, datetime

from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import OutOfTimeError
from sickbay.diagnostics.platform import Progress
from sickbay.diagnostics.platforms.docker.collector.connection import Connection, UnreachableError
from sickbay.diagnostics.platforms.docker.collector.reading import Reading
from sickbay.diagnostics.platforms.docker.snapshot import Obstacle, Unreachable
from sickbay.diagnostics.platforms.swarm.collector.collection import Collection
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.target import SwarmTarget
from sickbay.diagnostics.redaction import redact
from sickbay.diagnostics.targets import Request


def collect(target: SwarmTarget, request: Request, budget: Budget, progress: Progress) -> Snapshot:
    """Read the swarm within the budget.

    What cannot be read is a Gap; an engine that cannot be reached at all is `Snapshot.unreachable`, and one that is no
    manager says so in `Snapshot.info`. Raises UnknownScopeError and CancelledError.
    """
    snapshot = Snapshot(request=request, taken_at=datetime.now(UTC), swarm=target.name, address=redact(target.host))
    reading = Reading(Connection(target, budget), budget)
    try:
        progress("Manager")
        snapshot = replace(snapshot, version=reading.open())
        snapshot = Collection(reading).fill(snapshot, progress)
        return replace(snapshot, gaps=reading.gaps)
    except UnreachableError as error:
        return replace(snapshot, unreachable=error.why, version=error.version)
    except OutOfTimeError:
        return replace(snapshot, unreachable=Unreachable(obstacle=Obstacle.TIMEOUT, message="no answer in time"))
    finally:
        reading.close()
