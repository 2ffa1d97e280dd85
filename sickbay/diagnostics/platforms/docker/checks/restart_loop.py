"""A container starts, ends and is started again, over and over."""

from collections.abc import Iterator
from datetime import timedelta

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.docker.ownership import quoted, remedy
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

_LOOP, _WITHIN = 3, timedelta(minutes=10)


@check(
    "DKR-C104",
    title="Restart loop",
    severity=Severity.HIGH,
    remedy="Fix why it ends; until then `--restart on-failure:5` keeps it from spinning.",
    explains=("DKR-C115",),
)
def restart_loop(host: Snapshot) -> Iterator[Finding]:
    """The restart policy started the container again at least three times within ten minutes.

    Recognised by `die` events, or by RestartCount while Docker waits to restart it. A loop looks healthy whenever one
    happens to look between two ends, so the state alone is not trusted. Why it ends is another finding's answer.
    """
    for container in host.containers:
        inspect, state = container.inspect, container.state
        if inspect.host_config.restart_policy.name in {"", "no"}:
            continue
        deaths = [event for event in host.events_of(container, "die") if host.taken_at - event.at <= _WITHIN]
        waiting = state.restarting or state.status == "restarting"
        recent = state.started_at >= host.taken_at - _WITHIN
        many = inspect.restart_count >= _LOOP and (waiting or (recent and len(deaths) >= 1))
        if len(deaths) < _LOOP and not many:
            continue
        times = max(len(deaths), inspect.restart_count if waiting or recent else 0)
        policy = inspect.host_config.restart_policy.name
        yield Finding(
            subject=container.subject,
            summary=f"{container.name} has ended and been started again {times} times and is not staying up.",
            evidence=(
                container.evidence("RestartCount", inspect.restart_count),
                container.evidence("HostConfig.RestartPolicy.Name", policy),
                host.evidence("GET /events", f"{len(deaths)} die events in the last 10 min"),
                container.evidence("State.Status", state.status),
            ),
            remedy=remedy(
                container,
                "Find why it ends (its exit code and log); until then keep it from spinning.",
                f"docker update --restart on-failure:5 {quoted(container)}",
            ),
            first_seen=deaths[0].at if deaths else None,
            last_seen=deaths[-1].at if deaths else None,
            count=times,
        )
