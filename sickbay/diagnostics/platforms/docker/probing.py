"""What a container's own health check says: whether it fails, since when, and whether the check itself is at fault."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from sickbay.diagnostics.model import Evidence, Remedy
from sickbay.diagnostics.platforms.docker.ownership import remedy
from sickbay.diagnostics.platforms.docker.snapshot import Container
from sickbay.diagnostics.platforms.docker.wire.containers import Health, HealthProbe

_RETRIES = 3


class Failing(Struct, frozen=True, kw_only=True):
    """A health check that fails."""

    container: Container
    health: Health

    @property
    def last(self) -> HealthProbe | None:
        """Give the last run, where the engine has noted one."""
        return self.health.log[-1] if self.health.log else None

    @property
    def output(self) -> str:
        """Give what the last run wrote."""
        return self.last.output.strip() if self.last else ""

    @property
    def began(self) -> datetime | None:
        """Give when the first of these failures ran, or nothing where the engine has forgotten: it keeps five runs."""
        streak = self.health.log[-self.health.failing_streak :] if self.health.failing_streak else ()
        return streak[0].start if streak and len(streak) == self.health.failing_streak else None

    @property
    def cure(self) -> Remedy | None:
        """Give the remedy where the last run says that the check itself is at fault."""
        exit_code = self.last.exit_code if self.last else 0
        if exit_code in {126, 127} or "executable file not found" in self.output:
            text = "The image lacks the check's program: install it, or check with one that is there."
            return remedy(self.container, text)
        if "exceeded timeout" in self.output:
            text = "The check takes longer than it may: find what the application waits for, or raise its timeout."
            return remedy(self.container, text)
        return None

    def evidence(self) -> Iterator[Evidence]:
        """Yield how often it failed, what its last run said, and what it runs."""
        configured = self.container.inspect.config.healthcheck
        yield self.container.evidence("State.Health.FailingStreak", self.health.failing_streak)
        if self.last:
            told = f"exit code {self.last.exit_code}: {self.output}"
            yield self.container.evidence("State.Health.Log[-1]", told)
        if configured and len(configured.test) > 1:
            yield self.container.evidence("Config.Healthcheck.Test", " ".join(configured.test[1:]))


def failing(container: Container) -> Failing | None:
    """Give the health check where it failed as often in a row as its `retries` allow, and is past its start period."""
    health, configured = container.state.health, container.inspect.config.healthcheck
    if health is None or not container.state.running or health.status == "starting":
        return None
    retries = (configured.retries if configured else 0) or _RETRIES
    if health.status != "unhealthy" and health.failing_streak < retries:
        return None
    return Failing(container=container, health=health)
