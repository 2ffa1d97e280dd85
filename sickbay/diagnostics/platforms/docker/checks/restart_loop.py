"""A container starts, ends and is started again, over and over."""

from collections.abc import Iterator
from datetime import timedelta

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.docker.exits import asked_to_end
from sickbay.diagnostics.platforms.docker.ownership import quoted, remedy
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot

_LOOP, _WITHIN = 3, timedelta(minutes=10)


@check(
    "DKR-C104",
    title="Restart loop",
    severity=Severity.HIGH,
    remedy="Fix why it ends; until then `--restart on-failure:5` keeps it from spinning.",
    explains=("DKR-C105", "DKR-C106", "DKR-C115"),
)
def restart_loop(host: Snapshot) -> Iterator[Finding]:
    """The restart policy started the container again at least three times within ten minutes.

    Recognised by `die` events that nobody asked for, or by RestartCount while Docker waits to restart it or just has. A
    loop looks healthy whenever one happens to look between two ends, so the state alone is not trusted. Why it ends is
    another finding's answer.
    """
    for container in host.containers:
        inspect, policy = container.inspect, container.inspect.host_config.restart_policy.name
        if policy in {"", "no"}:
            continue
        lately = [event for event in host.events_of(container, "die") if host.taken_at - event.at <= _WITHIN]
        deaths = [event for event in lately if not asked_to_end(host, container, event.at)]
        if len(deaths) < _LOOP and not _spinning(host, container, bool(deaths)):
            continue
        seen = len(deaths) >= _LOOP
        counted = f"{len(deaths)} times in 10 min" if seen else f"{inspect.restart_count} times so far"
        yield Finding(
            subject=container.subject,
            summary=f"{container.name} has ended and been started again {counted} and is not staying up.",
            evidence=(
                container.evidence("RestartCount", inspect.restart_count),
                container.evidence("HostConfig.RestartPolicy.Name", policy),
                host.evidence("GET /events", f"{len(deaths)} die events in the last 10 min"),
                container.evidence("State.Status", container.state.status),
            ),
            remedy=remedy(
                container,
                "Find why it ends (its exit code and log); until then keep it from spinning.",
                f"docker update --restart on-failure:5 {quoted(container)}",
            ),
            first_seen=deaths[0].at if deaths else None,
            last_seen=deaths[-1].at if deaths else host.taken_at,
            count=len(deaths) if seen else inspect.restart_count,
        )


def _spinning(host: Snapshot, container: Container, died: bool) -> bool:
    """Say whether its count of restarts tells of a loop now: it has ended again after a run of under ten minutes."""
    state = container.state
    if container.inspect.restart_count < _LOOP:
        return False
    if state.restarting or state.status == "restarting":
        return state.finished_at - state.started_at <= _WITHIN
    return died and state.started_at >= host.taken_at - _WITHIN
