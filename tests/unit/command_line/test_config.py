"""`sickbay config`: what is wrong is told, what is right is confirmed, and the schema is JSON."""

import json
from pathlib import Path

import pytest

from tests.unit.command_line.conftest import Run


def test_a_valid_configuration_is_confirmed(run: Run, tmp_path: Path) -> None:
    """Given a valid file, when it is checked, then its targets are named."""
    (tmp_path / "sickbay.yaml").write_text("targets: {prod: {platform: docker, host: 'tcp://prod:2376'}}")

    result = run("config", "validate")

    assert result.exit_code == 0
    assert result.stdout == "sickbay.yaml: valid. Targets: prod (docker).\n"


def test_a_wrong_variable_is_told(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an address of Redis that is none, when the configuration is checked, then the variable is named."""
    monkeypatch.setenv("REDIS_URL", "localhost:6379")

    result = run("config", "validate")

    assert result.exit_code == 2
    assert "REDIS_URL: must begin with" in result.stderr


def test_the_schema_is_printed(run: Run) -> None:
    """Given nothing, when the schema is asked for, then it is JSON that describes the targets."""
    assert "targets" in json.loads(run("config", "schema").stdout)["properties"]
