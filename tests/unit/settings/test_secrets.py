"""Secrets: from variables or from the files they name, and never shown."""

from pathlib import Path

import pytest

from sickbay.incidents.alerts.rules import AlertSettings, SenderName
from sickbay.settings import SettingsError, load_secrets
from sickbay.settings.alerts import VARIABLES as ALERTS
from sickbay.settings.alerts import alert_secrets

VARIABLES = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_API_URL", "REDIS_URL", "DATABASE_URL",
             "AUDIT_KEY", *ALERTS.values())  # fmt: skip


@pytest.fixture(autouse=True)
def _none_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(f"{name}_FILE", raising=False)


def test_nothing_set_is_no_error() -> None:
    """Given no variables, when secrets are loaded, then there are none, and Slack is the real one."""
    secrets = load_secrets()

    assert not secrets.has_slack
    assert secrets.redis_url is None
    assert secrets.slack_api_url == "https://slack.com/api/"


def test_an_empty_variable_counts_as_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given an empty variable, as Compose passes them, when secrets are loaded, then it is not set."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "")

    assert load_secrets().slack_bot_token is None


def test_secrets_come_from_variables_and_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Given one token in a variable and one in a file, when secrets are loaded, then both are there."""
    (tmp_path / "token").write_text("xapp-from-file\n")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-from-variable")
    monkeypatch.setenv("SLACK_APP_TOKEN_FILE", str(tmp_path / "token"))

    secrets = load_secrets()

    assert secrets.has_slack
    assert secrets.slack_bot_token
    assert secrets.slack_bot_token.get_secret_value() == "xoxb-from-variable"
    assert secrets.slack_app_token
    assert secrets.slack_app_token.get_secret_value() == "xapp-from-file"


def test_a_signing_secret_takes_the_place_of_the_app_token(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Given a bot token and a file with a signing secret, when secrets are loaded, then a bot can work in Slack."""
    (tmp_path / "secret").write_text("8f742231b10e8888abcd99eee0a85a51\n")
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-1")
    monkeypatch.setenv("SLACK_SIGNING_SECRET_FILE", str(tmp_path / "secret"))

    secrets = load_secrets()

    assert secrets.has_slack
    assert secrets.slack_signing_secret
    assert secrets.slack_signing_secret.get_secret_value() == "8f742231b10e8888abcd99eee0a85a51"


def test_secrets_do_not_print(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given secrets, when they are printed, then their values are not."""
    monkeypatch.setenv("REDIS_URL", "redis://:s3cr3t@redis")

    assert "s3cr3t" not in repr(load_secrets())


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"SLACK_BOT_TOKEN": "xoxb-s3cr3t"}, "SLACK_APP_TOKEN: is not set, and SLACK_BOT_TOKEN is; Slack needs both"),
        ({"SLACK_APP_TOKEN": "xapp-s3cr3t"}, "SLACK_BOT_TOKEN: is not set, and SLACK_APP_TOKEN is; Slack needs both"),
        (
            {"SLACK_SIGNING_SECRET": "s3cr3t" * 5},
            "SLACK_BOT_TOKEN: is not set, and SLACK_SIGNING_SECRET is; Slack needs both",
        ),
        (
            {"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1", "SLACK_SIGNING_SECRET": "s3cr3t" * 5},
            "SLACK_SIGNING_SECRET: is set, and SLACK_APP_TOKEN as well; set one",
        ),
        ({"SLACK_SIGNING_SECRET": "xoxb-s3cr3t-s3cr3t"}, "SLACK_SIGNING_SECRET: is no signing secret"),
        ({"SLACK_BOT_TOKEN": "s3cr3t", "SLACK_APP_TOKEN": "xapp-1"}, "SLACK_BOT_TOKEN: must begin with xoxb-"),
        ({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xoxb-s3cr3t"}, "SLACK_APP_TOKEN: must begin with xapp-"),
        ({"REDIS_URL": "http://s3cr3t"}, "REDIS_URL: must begin with one of redis://"),
        ({"DATABASE_URL": "mysql://u:s3cr3t@db/x"}, "DATABASE_URL: must begin with one of postgresql://, postgres://"),
        ({"DATABASE_URL": "postgresql://u:s3cr3t/x@db/x"}, "DATABASE_URL: is no address: in its password, write @ : /"),
        ({"SLACK_API_URL": "slack.com"}, "SLACK_API_URL: must begin with https://"),
        ({"REDIS_URL_FILE": "/nowhere/redis"}, "REDIS_URL_FILE: /nowhere/redis cannot be read: No such file"),
        (
            {"REDIS_URL": "redis://s3cr3t", "REDIS_URL_FILE": "/x"},
            "REDIS_URL_FILE: REDIS_URL is set as well; set one of them",
        ),
    ],
)
def test_what_is_wrong_names_the_variable_and_not_its_value(
    variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a wrong variable, when secrets are loaded, then the refusal names it, and its value is not shown."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as refused:
        load_secrets()

    assert expected in str(refused.value)
    assert "s3cr3t" not in str(refused.value)


def test_the_key_of_the_audit_can_be_mounted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Given the audit's key in a file, when secrets are loaded, then it is there."""
    (tmp_path / "key").write_text("k" * 32 + "\n")
    monkeypatch.setenv("AUDIT_KEY_FILE", str(tmp_path / "key"))

    key = load_secrets().audit_key

    assert key
    assert key.get_secret_value() == "k" * 32


def test_a_key_that_could_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a short key of the audit, when secrets are loaded, then it is told how to make one, without the key."""
    monkeypatch.setenv("AUDIT_KEY", "hunter2")

    with pytest.raises(SettingsError, match="AUDIT_KEY: must have at least 32 characters; `openssl rand") as refused:
        load_secrets()
    assert "hunter2" not in str(refused.value)


def test_each_configured_sender_of_alerts_has_its_secret(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Given two senders with a secret each, and SNS, which needs none, when they are asked for, then both are there."""
    (tmp_path / "secret").write_text("of-pagerduty-0123456789\n")
    monkeypatch.setenv("ALERTS_ALERTMANAGER_TOKEN", "of-alertmanager-01234567")
    monkeypatch.setenv("ALERTS_PAGERDUTY_SECRET_FILE", str(tmp_path / "secret"))
    alerts = AlertSettings(senders=(SenderName.ALERTMANAGER, SenderName.PAGERDUTY, SenderName.SNS))

    assert alert_secrets(alerts, load_secrets()) == {
        "alertmanager": "of-alertmanager-01234567",
        "pagerduty": "of-pagerduty-0123456789",
    }


def test_a_configured_sender_without_its_secret_is_told() -> None:
    """Given a sender whose secret is not set, when it is asked for, then the variable is named."""
    with pytest.raises(SettingsError, match="ALERTS_GRAFANA_TOKEN: is not set"):
        alert_secrets(AlertSettings(senders=(SenderName.GRAFANA,)), load_secrets())


@pytest.mark.parametrize("variable", ALERTS.values())
def test_a_secret_that_can_be_guessed_is_refused(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    """Given a short secret of a sender, when secrets are loaded, then it is refused, and not shown."""
    monkeypatch.setenv(variable, "s3cr3t")

    with pytest.raises(SettingsError, match=f"{variable}: must have at least 16 characters") as refused:
        load_secrets()
    assert "s3cr3t" not in str(refused.value)
