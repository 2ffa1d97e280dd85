"""How a task ended: what its exit code and its log say, and what to do."""

import shlex

from sickbay.diagnostics.exit_codes import CRASHES, meaning, signal_of
from sickbay.diagnostics.model import Remedy
from sickbay.diagnostics.platforms.swarm.capacity import memory
from sickbay.diagnostics.platforms.swarm.faults import Fault, fault_of
from sickbay.diagnostics.platforms.swarm.ownership import remedy
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.services import Service
from sickbay.diagnostics.platforms.swarm.wire.tasks import Task

_QUOTED = 120
_SIGKILL = 9


def says(swarm: Snapshot, task: Task) -> str:
    """Give how it ended, as a part of a sentence."""
    code = task.status.container_status.exit_code
    if fault_of(task) is Fault.UNHEALTHY:
        return f"its health check failed, so the engine ended it (exit code {code})"
    return f"the last exited with code {code}: {meaning(code)}{_log_says(swarm, task)}"


def cure(swarm: Snapshot, service: Service, task: Task) -> Remedy:
    """Give the remedy of an ending."""
    name, node = shlex.quote(service.name), swarm.node_name(task.node_id)
    logs = f"docker service logs --tail 100 {name}"
    code = task.status.container_status.exit_code
    if fault_of(task) is Fault.UNHEALTHY:
        text = "Mend what the health check asks, or the check itself; a slow start needs a start period."
        return remedy(service, text, logs)
    if code == 0:
        text = "A service's tasks should not end: run it in the foreground, or make it a job (--mode replicated-job)."
        return remedy(service, text, logs)
    if signal_of(code) == _SIGKILL:
        limit = service.template.resources.limits.memory_bytes
        held = (
            f"its memory limit is {memory(limit)}"
            if limit
            else "it has no memory limit, the node's memory may be used up"
        )
        text = f"The swarm does not tell who sent SIGKILL; {held}. Ask the engine of node {node} whether it was that."
        inspect = f"docker inspect --format '{{{{.State.OOMKilled}}}}' {task.status.container_status.container_id[:12]}"
        return remedy(service, text, inspect)
    if signal_of(code) in CRASHES:
        return remedy(service, "The program crashed: look for its core dump and its last log lines.", logs)
    return remedy(service, "Mend what its log names; the swarm goes on starting it.", logs)


def _log_says(swarm: Snapshot, task: Task) -> str:
    log = swarm.logs.get(task.id)
    if log is None or not (last := log.last_line):
        return ""
    error = log.last_error or last
    return f'; its {"last line was" if error == last else "log says"} "{error[:_QUOTED]}"'
