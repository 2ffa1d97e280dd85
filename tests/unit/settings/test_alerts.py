"""The section `alerts`: what fits together is read, and what does not is refused with where it stands."""

import re
from pathlib import Path

import pytest

from sickbay.incidents.alerts.rules import SenderName
from sickbay.settings import SettingsError, load_settings

ROOT = Path(__file__).parents[3]
TARGET = "targets: {prod: {platform: docker, host: 'tcp://prod:2376'}}\n"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"


def problem_of(tmp_path: Path, alerts: str) -> str:
    file = tmp_path / "sickbay.yaml"
    file.write_text(f"{TARGET}alerts: {alerts}\n")
    with pytest.raises(SettingsError) as refused:
        load_settings(file)
    (problem,) = refused.value.problems
    return str(problem).removeprefix(f"{file}:2: alerts.")


def test_a_whole_section_is_read(tmp_path: Path) -> None:
    """Given all that can be set, when settings are loaded, then it is there."""
    file = tmp_path / "sickbay.yaml"
    file.write_text(
        f"{TARGET}alerts: {{senders: [alertmanager, sns], topics: ['{TOPIC}'], "
        "targets: [{match: {cluster: 'prod-*'}, target: prod, scope: '{namespace}/{deployment}'}], "
        "incidents: [{match: {severity: critical}, severity: sev1, channel: C0OPS, own_channel: true}]}"
    )

    alerts = load_settings(file).alerts

    assert alerts.senders == (SenderName.ALERTMANAGER, SenderName.SNS)
    assert alerts.topics == (TOPIC,)
    assert alerts.about({"cluster": "prod-1", "namespace": "shop", "deployment": "web"}) == ("prod", "shop/web")
    rule = alerts.incident({"severity": "critical"})
    assert rule
    assert (rule.severity, rule.channel, rule.own_channel) == ("sev1", "C0OPS", True)


@pytest.mark.parametrize(
    ("alerts", "expected"),
    [
        ("{senders: [alertmanger]}", "senders[0]: found \"alertmanger\" (text)"),
        ("{senders: [sns]}", "senders: `sns` needs `topics`"),
        (f"{{topics: ['{TOPIC}']}}", "topics: are those of `sns`, which `senders` does not name"),
        ("{senders: [sns], topics: ['arn:aws:s3:::alarms']}", "topics[0]: found"),
        ("{targets: [{target: prdo}]}", "targets[0].target: no target of this file is named 'prdo'; did you mean"),
        ("{targets: [{target: prod, scope: '{namespace'}]}", "targets[0].scope: found"),
        ("{targets: [{target: prod, matches: {}}]}", "targets[0].matches: unknown key; did you mean 'match'?"),
        ("{targets: [{target: prod, match: {a: 1}}]}", "targets[0].match.a: found 1 (a number); allowed is text"),
        ("{incidents: [{severity: sev2}]}", "incidents[0].channel: is required and missing"),
        ("{incidents: [{severity: sev9, channel: C0OPS}]}", "incidents[0].severity: found \"sev9\" (text)"),
        ("{incidents: [{severity: sev2, channel: '#ops'}]}", "incidents[0].channel: found \"#ops\" (text)"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(tmp_path: Path, alerts: str, expected: str) -> None:
    """Given a mistake, when settings are loaded, then it is told at its place."""
    assert problem_of(tmp_path, alerts).startswith(expected)


def test_no_sender_is_open_by_default(tmp_path: Path) -> None:
    """Given no section, when settings are loaded, then nobody's alerts are taken."""
    file = tmp_path / "sickbay.yaml"
    file.write_text(TARGET)

    assert load_settings(file).alerts.senders == ()


def test_what_the_guides_show_is_valid(tmp_path: Path) -> None:
    """Given the sections that the example and the guide show, when they are copied, then they are valid."""
    commented = re.search(r"^# alerts:\n(#  .*\n)+", (ROOT / "sickbay.example.yaml").read_text(), re.MULTILINE)
    shown = re.search(r"```yaml\n(alerts:\n[^`]*)```", (ROOT / "docs" / "alerts.md").read_text())
    assert commented
    assert shown

    for section in (re.sub(r"^# ", "", commented[0], flags=re.MULTILINE), shown[1]):
        file = tmp_path / "sickbay.yaml"
        file.write_text(TARGET + section)
        assert load_settings(file).alerts.incidents
