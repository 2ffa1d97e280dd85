"""The classes of what the column ERROR of `docker service ps` says."""

import re
from enum import StrEnum
from functools import lru_cache

from sickbay.diagnostics.platforms.swarm.standing import Place
from sickbay.diagnostics.platforms.swarm.wire.tasks import ON_THE_WAY, Task


class Fault(StrEnum):
    """Why a task does not run."""

    RESOURCES = "resources"
    CONSTRAINTS = "constraints"
    PLUGIN = "plugin"
    PLATFORM = "platform"
    HOST_PORT = "host port"
    MAX_REPLICAS = "replicas per node"
    CLOSED = "nodes not available"
    NO_NODE = "no node"
    IMAGE = "image"
    BIND = "bind source"
    ADDRESS = "address"
    NETWORK = "network"
    SECRET = "secret or config"  # noqa: S105 - a class of faults
    COMMAND = "command"
    UNHEALTHY = "health check"
    EXIT = "exit"
    REFUSED = "refused"
    WAITING = "waiting"
    NEVER_ALLOCATED = "never allocated"


#: What the scheduler's filters say of the nodes that they leave out, the most telling first; the wording is swarmkit's.
_FILTERS: tuple[tuple[Fault, str], ...] = (
    (Fault.MAX_REPLICAS, r"max replicas per node limit exceed"),
    (Fault.HOST_PORT, r"host-mode port already in use on (\d+) node"),
    (Fault.RESOURCES, r"insufficient resources on (\d+) node"),
    (Fault.PLUGIN, r"missing plugin on (\d+) node"),
    (Fault.PLATFORM, r"unsupported platform on (\d+) node"),
    (Fault.CONSTRAINTS, r"scheduling constraints not satisfied on (\d+) node"),
    (Fault.CLOSED, r"(\d+) nodes? not available for new tasks"),
)
#: What engines say of a task that they could not start; the first that fits.
_FORMS: tuple[tuple[Fault, str], ...] = (
    (Fault.UNHEALTHY, r"unhealthy container"),
    (Fault.EXIT, r"task: non-zero exit"),
    (Fault.BIND, r"bind source path does not exist"),
    (Fault.SECRET, r"\b(?:secret|config)s? [^\n]*not (?:found|exist|available)|(?:secret|config) reference"),
    (
        Fault.ADDRESS,
        r"could not find an available|no available (?:IP|address)|failed to allocate (?:gateway|network IP)",
    ),
    (
        Fault.COMMAND,
        r"executable file not found|exec format error|exec: |permission denied: unknown|exec user process",
    ),
    (
        Fault.IMAGE,
        (
            r"no such image|pull access denied|manifest|unauthorized|image not found|invalid reference format"
            r"|toomanyrequests|failed to pull|registry"
        ),
    ),
    (Fault.NETWORK, r"\bnetwork\b"),
)


def fault_of(task: Task) -> Fault:
    """Give the class of a task's error; without one, where it stands on its way."""
    if task.status.err:
        return _of_error(task.status.err)
    if task.failed:
        return Fault.REFUSED
    return Fault.NEVER_ALLOCATED if task.state == ON_THE_WAY[0] else Fault.WAITING


def fault_in(place: Place) -> Fault:
    """Give the class of what keeps a place empty."""
    return fault_of(place.blamed)


@lru_cache(maxsize=1_000)  # the tasks of a service say the same, a thousand times over
def _of_error(error: str) -> Fault:
    if error.startswith("no suitable node"):
        return _of_scheduler(error)
    return next((fault for fault, form in _FORMS if re.search(form, error, re.IGNORECASE)), Fault.REFUSED)


def _of_scheduler(error: str) -> Fault:
    """Give the filter that left out most nodes; one that has to do with the service before closed nodes."""
    counted: dict[Fault, int] = {}
    for fault, form in _FILTERS:
        if found := re.search(form, error):
            counted[fault] = int(found[1]) if found.groups() else 1
    if not counted:
        return Fault.NO_NODE
    own = {fault: count for fault, count in counted.items() if fault is not Fault.CLOSED} or counted
    return max(own, key=lambda fault: own[fault])
