"""`sickbay bot`: the Slack process alone, for more machines than one."""

import os
from typing import TYPE_CHECKING, NoReturn

from bot.command_line.common import ConfigOption, Exit, LifelineOption, fail, secrets_or_exit, settings_or_exit

#: Bolt looks for these itself, and would let them stand above what it is given.
_READ_BY_BOLT = ("SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET")

if TYPE_CHECKING:
    from pydantic import SecretStr
    from slack_bolt.error import BoltError
    from slack_sdk.errors import SlackApiError


def bot(*, config: ConfigOption = None, lifeline: LifelineOption = None) -> None:
    """Run the Slack process alone. Needs SLACK_BOT_TOKEN, SLACK_APP_TOKEN and REDIS_URL.

    With SLACK_SIGNING_SECRET in place of SLACK_APP_TOKEN, Slack reaches it by HTTP, on http.host and http.port.
    """
    settings, secrets = settings_or_exit(config), secrets_or_exit()
    if secrets.slack_bot_token is None:
        fail("SLACK_BOT_TOKEN, SLACK_APP_TOKEN: are not set; without Slack at hand, use `sickbay up`.", Exit.USAGE)
    if secrets.redis_url is None:
        fail("REDIS_URL: is not set; the bot and the workers meet in Redis.", Exit.USAGE)
    import structlog
    from slack_bolt.error import BoltError
    from slack_sdk.errors import SlackApiError

    from bot.command_line.audit import audit_key_or_exit
    from bot.command_line.database import open_database, upgrade_or_exit
    from bot.command_line.process import begin
    from bot.process import run_bot
    from sickbay.health import AddressError
    from sickbay.incidents.alerts.senders import senders_of
    from sickbay.incidents.policy import Policy
    from sickbay.settings import SettingsError
    from sickbay.settings.alerts import alert_secrets

    for name in _READ_BY_BOLT:
        os.environ.pop(name, None)
    try:
        senders = senders_of(settings.alerts, alert_secrets(settings.alerts, secrets))
    except SettingsError as error:
        fail(str(error), Exit.USAGE)
    reached = bool(secrets.slack_signing_secret or senders)
    stopping = begin("bot", lifeline)
    database = open_database(settings, secrets)
    before, after = upgrade_or_exit(database)
    if before != after:
        structlog.get_logger(__name__).info("database upgraded", database=database.name, before=before, after=after)
    try:
        run_bot(
            redis_url=secrets.redis_url.get_secret_value(),
            bot_token=secrets.slack_bot_token.get_secret_value(),
            app_token=_value(secrets.slack_app_token),
            signing_secret=_value(secrets.slack_signing_secret),
            api_url=secrets.slack_api_url,
            targets=settings.targets,
            budget_s=settings.budget_seconds,
            policy=Policy(settings.policy),
            database=database,
            audit_key=audit_key_or_exit(settings, secrets),
            stopping=stopping,
            # A child of `sickbay up` needs no health check, for its parent watches it; but others may have to reach it.
            http=(settings.http.host, settings.http.port) if lifeline is None or reached else None,
            defaults=settings.incidents.defaults,
            stakeholders=settings.incidents.stakeholders or "",
            senders=senders,
            alerts=settings.alerts,
        )
    except (SlackApiError, BoltError) as error:
        _refused(error)
    except AddressError as error:
        fail(str(error), Exit.USAGE)
    except OSError as error:
        fail(f"Slack does not answer at {secrets.slack_api_url}: {error}", 1)


def _value(secret: "SecretStr | None") -> str | None:
    return secret.get_secret_value() if secret else None


def _refused(error: "SlackApiError | BoltError") -> NoReturn:
    """End with what to do; by the code that says whether another start could help."""
    from bot.slack_errors import ADVICE, code_of

    code = code_of(error)
    if code in ADVICE:
        fail(f"Slack refuses the token ({code}). {ADVICE[code]}", Exit.USAGE)
    fail(f"Slack refuses: {code or error}", 1)
