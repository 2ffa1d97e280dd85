"""The kernel ended a container because it used more memory than it may."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.docker.exits import clock, killed_for_memory
from sickbay.diagnostics.platforms.docker.limits import memory_limit, more_memory
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot


@check(
    "DKR-C102",
    title="Out of memory",
    severity=Severity.CRITICAL,
    remedy="Find what uses the host's memory, and give each container a limit that it can live with.",
    explains=("DKR-C101", "DKR-C103", "DKR-C104", "DKR-C105", "DKR-C106", "DKR-C115", "DKR-N111"),
)
def out_of_memory(host: Snapshot) -> Iterator[Finding]:
    """The kernel killed a process of the container because its memory limit, or the host's memory, was used up.

    Recognised by the engine's own word alone: `State.OOMKilled`, or an `oom` event. Exit code 137 without either only
    says SIGKILL. Usual causes: a limit below what the application needs at its peak, a leak, a heap larger than the
    limit.
    """
    for container in host.containers:
        events = killed_for_memory(host, container)
        state = container.state
        flagged = state.oom_killed and (state.running or state.finished_at >= host.window_start)
        if not (events or flagged):
            continue
        last = events[-1].at if events else None if state.running else state.finished_at
        limit = memory_limit(container)
        when = f", last at {clock(last, host.taken_at)}" if last else ", since it last started"
        times = f", {len(events)} times since {clock(events[0].at, host.taken_at)}" if len(events) > 1 else ""
        allowed = f"more than its limit of {limit}" if limit else "more than the host had left"
        evidence = [container.evidence("State.OOMKilled", str(state.oom_killed).lower())]
        if limit:
            evidence.append(container.evidence("HostConfig.Memory", f"{container.inspect.host_config.memory} bytes"))
        evidence += [
            host.evidence("GET /events", f"{event.at:%H:%M:%S} UTC oom {container.name}") for event in events[-3:]
        ]
        yield Finding(
            subject=container.subject,
            summary=f"The kernel killed a process of {container.name} for using {allowed}{when}{times}.",
            evidence=(*evidence, *container.log_evidence()),
            remedy=more_memory(container),
            owner=owner_of(container.labels),
            first_seen=events[0].at if events else last,
            last_seen=last,
            count=max(1, len(events)),
        )
