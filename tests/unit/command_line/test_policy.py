"""`sickbay policy test`: what the rules decide is told, and by which of them."""

from pathlib import Path

import pytest

from tests.unit.command_line.conftest import Run

POLICY = """
targets: {prod: {platform: docker, host: 'tcp://prod:2376'}}
policy:
  - {name: on call, do: [logs, mute], on: [prod], users: [U1], groups: [S1], channels: [C1, direct]}
  - {name: leads, do: [logs], users: [U3]}
"""


@pytest.fixture(autouse=True)
def _policy(tmp_path: Path) -> None:
    (tmp_path / "sickbay.yaml").write_text(POLICY)


@pytest.mark.parametrize(
    ("asked", "told", "code"),
    [
        ("--user U1 --channel C1 --do logs --on prod", "allowed, by the rule: on call\n", 0),
        ("--user U2 --group S9 --group S1 --channel C1 --do mute --on prod", "allowed, by the rule: on call\n", 0),
        ("--user U1 --channel direct --do logs --on prod", "allowed, by the rule: on call\n", 0),
        ("--user U2 --channel C1 --do logs --on prod", "denied, for only these rules allow it: on call, leads\n", 1),
        ("--user U1 --channel C2 --do mute --on prod", "denied, for only these rules allow it: on call\n", 1),
        ("--user U2 --channel C1 --do diagnose --on prod", "allowed, by default: reading is open, and no", 0),
        ("--user U1 --channel C1 --do report", "denied, by default: no rule is about it", 1),
    ],
)
def test_the_decision_is_told_with_its_rule(run: Run, asked: str, told: str, code: int) -> None:
    """Given rules, when a request is tested, then the answer, the rule and the exit code say the same."""
    result = run("policy", "test", *asked.split())

    assert result.stdout.startswith(told)
    assert result.exit_code == code


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("--user @bob --channel C1 --do logs", "--user: found '@bob'; allowed is an id of Slack's"),
        ("--user U1 --channel #ops --do logs", "--channel: found '#ops'; allowed is an id of Slack's"),
        ("--user U1 --group oncall --channel C1 --do logs", "--group: found 'oncall'; allowed is an id of Slack's"),
        ("--user U1 --channel C1 --do log", "--do: there is no action 'log'. Nearest: logs. Allowed: diagnose, "),
        ("--user U1 --channel C1 --do logs --on prdo", "--on: there is no target 'prdo'. Nearest: prod."),
    ],
)
def test_what_is_not_known_is_no_decision(run: Run, asked: str, told: str) -> None:
    """Given a name that is no id, action or target, when it is tested, then it is refused rather than denied."""
    result = run("policy", "test", *asked.split())

    assert result.stderr.startswith(told)
    assert result.exit_code == 2
