"""Read one Docker host into a Snapshot: the only package that knows the Docker SDK.

The calls run side by side (collection.py says in which order), connection.py bounds every one of them, scrubbing.py
cleans what they bring. Nothing but GET is ever sent.
"""

from datetime import UTC, datetime

from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import OutOfTimeError
from sickbay.diagnostics.platform import Progress
from sickbay.diagnostics.platforms.docker.collector.collection import Collection
from sickbay.diagnostics.platforms.docker.collector.connection import Connection, UnreachableError
from sickbay.diagnostics.platforms.docker.collector.reading import Reading
from sickbay.diagnostics.platforms.docker.snapshot import Obstacle, Snapshot, Unreachable
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.redaction import redact
from sickbay.diagnostics.targets import Request


def collect(target: DockerTarget, request: Request, budget: Budget, progress: Progress) -> Snapshot:
    """Read the host within the budget.

    What cannot be read is a Gap; an engine that cannot be reached at all is `Snapshot.unreachable`. Raises
    UnknownScopeError and CancelledError.
    """
    taken_at = datetime.now(UTC)
    snapshot = Snapshot(
        request=request, taken_at=taken_at, host=target.name, address=redact(target.host), tls=target.tls is not None
    )
    reading = Reading(Connection(target, budget), budget)
    try:
        snapshot = replace(snapshot, version=reading.open())
        collection = Collection(reading, request, taken_at)
        collection.run(progress)
        return _filled(snapshot, collection, reading)
    except UnreachableError as error:
        return replace(snapshot, unreachable=error.why, version=error.version)
    except OutOfTimeError:
        return replace(snapshot, unreachable=Unreachable(obstacle=Obstacle.TIMEOUT, message="no answer in time"))
    finally:
        reading.close()


def _filled(snapshot: Snapshot, collection: Collection, reading: Reading) -> Snapshot:
    engine = collection.engine
    if engine.info is not None:
        snapshot = replace(
            snapshot, info=engine.info.info, clock_at=engine.info.at, info_seconds=round(engine.info.seconds, 3)
        )
    return replace(
        snapshot,
        client_api_version=reading.connection.api_version,
        disk=engine.disk,
        summaries=collection.summaries,
        containers=collection.containers,
        stopped_before_window=collection.stopped_before_window,
        images=collection.images,
        events=engine.events,
        engine_samples=(engine.later,) if engine.later else (),
        networks=collection.networks,
        volumes=engine.volumes.volumes if engine.volumes else (),
        volume_warnings=engine.volumes.warnings if engine.volumes else (),
        plugins=engine.plugins,
        gaps=reading.gaps,
    )
