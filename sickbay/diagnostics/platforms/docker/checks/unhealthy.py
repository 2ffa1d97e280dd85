"""A container's own health check fails."""

from collections.abc import Iterator
from datetime import datetime

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.docker.ownership import owner_of, remedy
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.containers import Health, HealthProbe

_RETRIES = 3
_QUOTED = 120


@check(
    "DKR-C105",
    title="Failing health check",
    severity=Severity.HIGH,
    remedy="Run the check's command by hand to see what it sees; fix the application, or the check's timing.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C106", "DKR-C115"),
)
def unhealthy(host: Snapshot) -> Iterator[Finding]:
    """The health check failed at least as often in a row as its `retries` allow (3 by default): it is unhealthy.

    The last run's output is the evidence. A container that is still within its start period is left alone. Usual
    causes: the application hangs or listens elsewhere, the image lacks the check's program (curl), the timeout is too
    short.
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
        output = last.output.strip() if last else ""
        said = output.splitlines()[-1][:_QUOTED] if output else ""
        streak = f" has failed {health.failing_streak} times in a row" if health.failing_streak else " fails"
        evidence = [container.evidence("State.Health.FailingStreak", health.failing_streak)]
        if last:
            evidence.append(container.evidence("State.Health.Log[-1]", f"exit code {last.exit_code}: {output}"))
        if configured and len(configured.test) > 1:
            evidence.append(container.evidence("Config.Healthcheck.Test", " ".join(configured.test[1:])))
        yield Finding(
            subject=container.subject,
            summary=f"{container.name} runs, but its health check{streak}" + (f': "{said}".' if said else "."),
            evidence=(*evidence, *container.log_evidence()),
            remedy=_cure(container, last),
            owner=owner_of(container.labels),
            first_seen=_began(health),
            last_seen=host.taken_at,
            count=max(1, health.failing_streak),
        )


def _began(health: Health) -> datetime | None:
    """Give when the first of these failures ran, or nothing where the engine has forgotten: it keeps five runs."""
    streak = health.log[-health.failing_streak :] if health.failing_streak else ()
    return streak[0].start if streak and len(streak) == health.failing_streak else None


def _cure(container: Container, last: HealthProbe | None) -> Remedy | None:
    """Give the remedy where the last run says that the check itself is at fault."""
    if last and (last.exit_code in {126, 127} or "executable file not found" in last.output):
        return remedy(container, "The image lacks the check's program: install it, or check with one that is there.")
    if last and "exceeded timeout" in last.output:
        return remedy(
            container, "The check takes longer than it may: find what the application waits for, or raise its timeout."
        )
    return None
