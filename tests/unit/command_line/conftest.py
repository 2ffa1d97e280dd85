"""What tests of the command line share: a way to run it, on a machine with one fake target."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.command_line import application
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.targets import Target
from sickbay.settings import targets as reading
from tests.unit.jobs.house import client, valkey_url

__all__ = ["Run", "client", "run", "targets", "valkey_url"]

Run = Callable[..., Result]


@pytest.fixture
def targets() -> list[Target]:
    """The targets that are discovered: `local`, unless a test changes it."""
    return [DockerTarget(name="local", host="unix:///nowhere/docker.sock")]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, targets: Sequence[Target]) -> Run:
    """Run `sickbay` with arguments, in an empty directory, with no Slack and no Redis."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    slack = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL")
    for name in ("SICKBAY_CONFIG", "REDIS_URL", "DATABASE_URL", "AUDIT_KEY", *slack):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(reading, "discovered", lambda _environ: {target.name: target for target in targets})

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(application(), arguments, catch_exceptions=False)

    return invoke
