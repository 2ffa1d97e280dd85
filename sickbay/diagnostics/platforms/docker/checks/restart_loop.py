"""A container starts, ends and is started again, over and over."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.docker.looping import loop_of
from sickbay.diagnostics.platforms.docker.ownership import quoted, remedy
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot


@check(
    "DKR-C104",
    title="Restart loop",
    severity=Severity.HIGH,
    remedy="Fix why it ends; until then `--restart on-failure:5` keeps it from spinning.",
    explains=("DKR-C105", "DKR-C106", "DKR-C115", "DKR-N111"),
)
def restart_loop(host: Snapshot) -> Iterator[Finding]:
    """The restart policy started the container again at least three times within ten minutes.

    Recognised by `die` events that nobody asked for, or by RestartCount while Docker waits to restart it or just has. A
    loop looks healthy whenever one happens to look between two ends, so the state alone is not trusted. Why it ends is
    another finding's answer.
    """
    for container in host.containers:
        loop = loop_of(host, container)
        if loop is None:
            continue
        deaths = loop.deaths
        yield Finding(
            subject=container.subject,
            summary=f"{container.name} has ended and been started again {loop.times} and is not staying up.",
            evidence=(
                container.evidence("RestartCount", loop.restarts),
                container.evidence("HostConfig.RestartPolicy.Name", container.inspect.host_config.restart_policy.name),
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
            count=len(deaths) if loop.seen else loop.restarts,
        )
