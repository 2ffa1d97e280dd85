"""Pods whose init containers do not come to their end."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from sickbay.diagnostics.platforms.kubernetes.grouping import there
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.pods import ContainerStatus, Pod

#: Seconds after which an init container is called stuck; longer ones are migrations, which their log shows.
_PATIENCE = 300.0
#: Why a container waits where nothing of its own has failed.
_QUIET = frozenset({"", "PodInitializing", "ContainerCreating"})


class Stuck(Struct, frozen=True):
    """An init container that runs or waits, and since when."""

    container: str
    running: bool
    begun: datetime


def stuck_inits(cluster: Snapshot) -> Iterator[tuple[Pod, str, Stuck]]:
    """Yield the init containers that have run or waited for too long: of each pod the first that is not done."""
    for pod in filter(there, cluster.unsteady):
        sidecars = {item.name for item in pod.spec.init_containers if item.restart_policy == "Always"}
        undone = (status for status in pod.status.init_container_statuses if not _is_done(status, sidecars))
        status = next(undone, None)
        if status and (stuck := _stuck(pod, status)) and since(stuck.begun, cluster.now) >= _PATIENCE:
            yield pod, status.name, stuck


def _is_done(status: ContainerStatus, sidecars: set[str]) -> bool:
    """Say whether the next may start: it ended well, or is a sidecar, which runs on beside the others."""
    ended = status.state.terminated
    return (ended is not None and ended.exit_code == 0) or (
        status.state.running is not None and status.name in sidecars
    )


def _stuck(pod: Pod, status: ContainerStatus) -> Stuck | None:
    """Give the container where nothing of its own has failed: that is told by other checks."""
    running, waiting = status.state.running, status.state.waiting
    if running is None and (waiting is None or waiting.reason not in _QUIET):
        return None
    begun = running.started_at if running else pod.status.start_time
    return Stuck(status.name, running is not None, begun or pod.metadata.created_at)
