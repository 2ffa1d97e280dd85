"""Read one cluster, or the part of it that a scope needs, into a Snapshot: the only package that knows the SDK.

connection.py bounds every call, lists.py pages, collection.py reads the whole cluster, a namespace, a node or what
hangs together with one name. Nothing but GET is ever sent, and neither secrets nor `nodes/proxy` are asked for.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import OutOfTimeError
from sickbay.diagnostics.platform import Progress
from sickbay.diagnostics.platforms.kubernetes.collector.collection import Collection
from sickbay.diagnostics.platforms.kubernetes.collector.connection import Connection
from sickbay.diagnostics.platforms.kubernetes.collector.credentials import UnreachableError
from sickbay.diagnostics.platforms.kubernetes.collector.reading import Reading
from sickbay.diagnostics.platforms.kubernetes.snapshot import Obstacle, Snapshot, Unreachable
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from sickbay.diagnostics.targets import Request


def collect(
    target: KubernetesTarget,
    request: Request,
    budget: Budget,
    progress: Progress,
    document: Mapping[str, Any] | None = None,
) -> Snapshot:
    """Read the cluster within the budget, by the kubeconfig `document` where one is given in place of a file.

    What cannot be read is a Gap; an API server that cannot be talked to is `Snapshot.unreachable`. Raises
    UnknownScopeError and CancelledError.
    """
    snapshot = Snapshot(request=request, taken_at=datetime.now(UTC), cluster=target.name, address="")
    reading = Reading(Connection(target, budget, document), budget)
    try:
        progress("API server")
        version = reading.open()
        snapshot = replace(snapshot, version=version, address=reading.connection.address)
        collection = Collection(reading, target, request)
        return collection.fill(snapshot, progress)
    except UnreachableError as error:
        return replace(snapshot, unreachable=error.why, address=reading.connection.address)
    except OutOfTimeError:
        return replace(snapshot, unreachable=Unreachable(obstacle=Obstacle.TIMEOUT, message="no answer in time"))
    finally:
        reading.close()
