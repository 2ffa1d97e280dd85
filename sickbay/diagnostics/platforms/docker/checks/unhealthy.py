"""A container's own health check fails."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

_RETRIES = 3
_QUOTED = 120


@check(
    "DKR-C105",
    title="Failing health check",
    severity=Severity.HIGH,
    remedy="Run the check's command by hand to see what it sees; fix the application, or the check's timing if it starts slowly.",
    explains=("DKR-C115",),
)
def unhealthy(host: Snapshot) -> Iterator[Finding]:
    """The health check failed at least as often in a row as its `retries` allow (3 by default), so the engine calls it unhealthy.

    The last run's output is the evidence. A container that is still within its start period is left alone. Usual causes:
    the application hangs or listens elsewhere, the image lacks the check's program (curl), the timeout is too short.
    """
    for container in host.containers:
        health = container.state.health
        if health is None or not container.state.running or health.status == "starting":
            continue
        configured = container.inspect.config.healthcheck
        retries = (configured.retries if configured else 0) or _RETRIES
        if health.status != "unhealthy" and health.failing_streak < retries:
            continue
        last = health.log[-1] if health.log else None
        said = last.output.strip().splitlines()[-1][:_QUOTED] if last and last.output.strip() else ""
        command = " ".join(configured.test[1:]) if configured else ""
        evidence = [container.evidence("State.Health.FailingStreak", health.failing_streak)]
        if last:
            evidence.append(
                container.evidence("State.Health.Log[-1]", f"exit code {last.exit_code}: {last.output.strip()}")
            )
        if command:
            evidence.append(container.evidence("Config.Healthcheck.Test", command))
        yield Finding(
            subject=container.subject,
            summary=f"{container.name} runs, but its health check has failed {health.failing_streak} times in a row"
            + (f': "{said}".' if said else "."),
            evidence=(*evidence, *container.log_evidence()),
            first_seen=health.log[0].start if health.log else None,
            last_seen=host.taken_at,
            count=health.failing_streak,
        )
