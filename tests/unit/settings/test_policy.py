"""The policy in the configuration: rules are read, and a rule that cannot mean what it says is refused."""

import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from sickbay.incidents.policy import Action, Rule
from sickbay.settings import SettingsError, load_settings
from sickbay.settings.schema import json_schema

ROOT = Path(__file__).parents[3]
TARGETS = "targets: {prod: {platform: docker, host: 'tcp://prod:1', labels: {team: payments}}}\n"


def problem_of(tmp_path: Path, text: str) -> str:
    file = tmp_path / "given.yaml"
    file.write_text(text)
    with pytest.raises(SettingsError) as refused:
        load_settings(file)
    (problem,) = refused.value.problems
    return str(problem).removeprefix(str(file))


def test_rules_are_read(tmp_path: Path) -> None:
    """Given a rule with all of its keys, when settings are loaded, then it is there as it was written."""
    file = tmp_path / "given.yaml"
    file.write_text(
        TARGETS
        + """
policy:
  - name: on call
    users: [U1, W2]
    groups: [S1]
    channels: [C1, G1, direct]
    do: [logs, mute]
    on: [pro*, team=payments]
"""
    )

    assert load_settings(file).policy == (
        Rule(
            name="on call",
            users=("U1", "W2"),
            groups=("S1",),
            channels=("C1", "G1", "direct"),
            do=(Action.LOGS, Action.MUTE),
            on=("pro*", "team=payments"),
        ),
    )


def test_without_a_policy_there_are_no_rules(tmp_path: Path) -> None:
    """Given no policy, when settings are loaded, then there are no rules."""
    file = tmp_path / "given.yaml"
    file.write_text(TARGETS)

    assert load_settings(file).policy == ()


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        ("{name: a, do: [logs]}", ":2: policy: found keys and values; allowed is a list"),
        ("[logs]", ":2: policy[0]: found \"logs\" (text); allowed are keys and values"),
        ("[{do: [logs]}]", ":2: policy[0].name: is required and missing"),
        ("[{name: a}]", ":2: policy[0].do: is required and missing"),
        ("[{name: a, do: []}]", ":2: policy[0].do: found a list; allowed is a list with at least"),
        ("[{name: a, do: logs}]", ":2: policy[0].do: found \"logs\" (text); allowed is a list"),
        ("[{name: a, do: [log]}]", ":2: policy[0].do[0]: found \"log\" (text); input should be 'diagnose', 'logs', "),
        ("[{name: a, do: [logs], user: [U1]}]", ":2: policy[0].user: unknown key; did you mean 'users'?; allowed: "),
        ("[{name: a, do: [logs], users: ['@bob']}]", ":2: policy[0].users[0]: found \"@bob\" (text); allowed is what"),
        ("[{name: a, do: [logs], users: [S1]}]", ":2: policy[0].users[0]: found \"S1\" (text); allowed is what "),
        ("[{name: a, do: [logs], users: []}]", ":2: policy[0].users: found a list; allowed is a list with at least"),
        ("[{name: a, do: [logs], groups: [U1]}]", ":2: policy[0].groups[0]: found \"U1\" (text); allowed is what "),
        ("[{name: a, do: [logs], channels: ['#ops']}]", ":2: policy[0].channels[0]: found \"#ops\" (text); allowed is"),
        ("[{name: a, do: [logs], channels: [D1]}]", ":2: policy[0].channels[0]: found \"D1\" (text); allowed is what"),
        ("[{name: default, do: [logs]}]", ":2: policy[0].name: 'default' stands for what holds without rules"),
        ("[{name: 'a,b', do: [logs]}]", ":2: policy[0].name: found \"a,b\" (text); allowed is what "),
        ("\n- {name: a, do: [logs]}\n- {name: a, do: [act]}", ":4: policy[1].name: another rule is named 'a' too"),
        ("[{name: a, do: [logs], on: [prdo]}]", ":2: policy[0].on[0]: no target of this file matches 'prdo'; its "),
        ("[{name: a, do: [logs], on: [team=x]}]", ":2: policy[0].on[0]: no target of this file matches 'team=x'"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused(policy: str, expected: str, tmp_path: Path) -> None:
    """Given one mistake in a rule, when settings are loaded, then its place is told, and what is allowed."""
    problem = problem_of(tmp_path, f"{TARGETS}policy: {policy}")

    assert problem.startswith(expected), problem


def test_a_target_that_is_found_at_start_may_be_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a file without targets, when a rule names one that is not found today, then that is no mistake."""
    monkeypatch.setattr("sickbay.settings.targets.discovered", lambda _environ: {})
    file = tmp_path / "given.yaml"
    file.write_text("policy: [{name: a, do: [logs], on: [local]}]")

    assert load_settings(file).policy[0].on == ("local",)


def test_the_policy_of_the_example_is_valid(tmp_path: Path) -> None:
    """Given the example's policy, when its comment marks are taken away, then it is valid."""
    example = (ROOT / "sickbay.example.yaml").read_text()
    commented = re.search(r"^# policy:\n(?:#  .*\n)+", example, re.MULTILINE)
    assert commented
    file = tmp_path / "given.yaml"
    file.write_text(example + "\n" + re.sub(r"^# ", "", commented[0], flags=re.MULTILINE))

    assert [rule.name for rule in load_settings(file).policy] == ["platform team", "anybody reports in the open"]


@pytest.mark.parametrize(
    ("rule", "fits"),
    [
        ({"name": "a", "do": ["logs"], "users": ["U1"], "channels": ["direct"]}, True),
        ({"name": "a", "do": ["log"]}, False),
        ({"name": "a", "do": ["logs"], "users": ["bob"]}, False),
        ({"name": "a", "do": ["logs"], "user": ["U1"]}, False),
    ],
)
def test_the_schema_says_the_same(rule: dict[str, object], fits: bool) -> None:
    """Given a rule, when it is checked against the schema for editors, then it fits where the settings take it."""
    assert Draft202012Validator(json_schema()).is_valid({"policy": [rule]}) is fits
