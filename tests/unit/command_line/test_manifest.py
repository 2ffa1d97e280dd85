"""`sickbay manifest`: YAML to paste into Slack, for either mode."""

import pytest
import yaml

from bot.manifest import manifest
from tests.unit.command_line.conftest import Run


@pytest.mark.parametrize(("arguments", "url"), [((), None), (("--url", "https://x.example"), "https://x.example")])
def test_the_manifest_is_printed(run: Run, arguments: tuple[str, ...], url: str | None) -> None:
    """Given an address or none, when the manifest is printed, then it is that of HTTP mode or of Socket Mode."""
    result = run("manifest", *arguments)

    assert result.exit_code == 0
    assert yaml.safe_load(result.stdout) == manifest(url)


def test_what_is_no_address_is_refused(run: Run) -> None:
    """Given a name without a scheme, when the manifest is asked for, then that is what is told."""
    result = run("manifest", "--url", "sickbay.example.com")

    assert result.exit_code == 2
    assert "--url must begin with https://" in result.stderr
