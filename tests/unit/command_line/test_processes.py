"""`sickbay bot` and `sickbay worker`: without what they need, they say what that is, and that no restart will help."""

import pytest

from tests.unit.command_line.conftest import Run


@pytest.mark.parametrize(
    ("command", "variables", "expected"),
    [
        ("worker", {}, "REDIS_URL: is not set"),
        ("bot", {"REDIS_URL": "redis://nowhere"}, "SLACK_BOT_TOKEN, SLACK_APP_TOKEN: are not set"),
        ("bot", {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"}, "REDIS_URL: is not set"),
        ("bot", {"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN: is not set"),
        ("up", {"SLACK_BOT_TOKEN": "xoxb-1"}, "SLACK_APP_TOKEN: is not set"),
    ],
)
def test_what_is_missing_is_told(
    command: str, variables: dict[str, str], expected: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a variable that is missing, when a process is started, then it ends with 2 and names the variable."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    result = run(command)

    assert result.exit_code == 2
    assert expected in result.stderr
