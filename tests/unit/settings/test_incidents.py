"""The section `incidents`: what is valid is read, and what is not is refused with what is allowed."""

from pathlib import Path

import pytest

from sickbay.incidents.model import Defaults, IncidentSeverity
from sickbay.settings import Settings, SettingsError, load_settings


def settings_of(tmp_path: Path, incidents: str) -> Settings:
    file = tmp_path / "sickbay.yaml"
    file.write_text(f"targets: {{prod: {{platform: docker, host: 'tcp://prod:2376'}}}}\nincidents: {incidents}\n")
    return load_settings(file)


def test_without_the_section_there_is_a_reminder_and_a_thread(tmp_path: Path) -> None:
    """Given an empty section, when settings are loaded, then an incident is sev3, in a thread, with a reminder."""
    incidents = settings_of(tmp_path, "{}").incidents

    assert incidents.defaults == Defaults(severity=IncidentSeverity.SEV3, own_channel=False, remind_every=30)
    assert incidents.stakeholders is None


def test_a_whole_section_is_read(tmp_path: Path) -> None:
    """Given all that can be set, when settings are loaded, then it is there."""
    incidents = settings_of(
        tmp_path, "{severity: sev1, own_channel: true, remind_after: never, stakeholders: C0GENERAL}"
    ).incidents

    assert incidents.defaults == Defaults(severity=IncidentSeverity.SEV1, own_channel=True, remind_every=0)
    assert incidents.stakeholders == "C0GENERAL"


@pytest.mark.parametrize(
    ("incidents", "told"),
    [
        ("{severity: sev5}", "severity: found \"sev5\" (text); input should be 'sev1', 'sev2', 'sev3' or 'sev4'"),
        ("{own_channel: often}", 'own_channel: found "often" (text); input should be a valid boolean'),
        ("{remind_after: 30s}", 'remind_after: found "30s" (text); allowed is never, or 1m to 24h, such as 30m'),
        ("{remind_after: 2d}", 'remind_after: found "2d" (text); allowed is never, or 1m to 24h, such as 30m'),
        ("{remind_after: 30}", "remind_after: found 30 (a number); allowed is never, or 1m to 24h, such as 30m"),
        ("{stakeholders: '#general'}", 'stakeholders: found "#general" (text); allowed is what matches ^[CG]'),
        ("{remind: 30m}", "remind: unknown key; did you mean 'remind_after'?"),
    ],
)
def test_what_is_wrong_is_refused(tmp_path: Path, incidents: str, told: str) -> None:
    """Given a value that is none, when settings are loaded, then the sentence says where and what is allowed."""
    with pytest.raises(SettingsError) as refused:
        settings_of(tmp_path, incidents)

    (problem,) = refused.value.problems
    assert told in str(problem)
