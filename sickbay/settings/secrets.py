"""Secrets and addresses that hold them: only from the environment, or from files that the environment names.

`SLACK_BOT_TOKEN` is the token itself, `SLACK_BOT_TOKEN_FILE` the file that holds it, as container platforms mount it.
"""

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from sickbay.incidents.audit_key import SHORTEST_KEY
from sickbay.settings.problems import Problem, SettingsError

SLACK_API_URL = "https://slack.com/api/"
_FILE_SUFFIX = "_FILE"
_DATABASE_SCHEMES = ("postgresql://", "postgres://")
_SIGNING_SECRET = re.compile(r"[0-9A-Za-z]{16,128}")
#: Characters of a secret that alerts are sent with.
_SHORTEST_SECRET = 16
_REDIS_SCHEMES = ("redis://", "rediss://", "unix://")


class _FilesOfSecrets(PydanticBaseSettingsSource):
    """Reads each `NAME_FILE`. Raises SettingsError."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """Not used: the whole source is read at once, so that all problems are told at once."""
        raise NotImplementedError

    def __call__(self) -> dict[str, Any]:
        found, problems = {}, []
        for field in self.settings_cls.model_fields:
            variable = field.upper() + _FILE_SUFFIX
            path = os.environ.get(variable)
            if not path:
                continue
            if os.environ.get(field.upper()):
                problems.append(Problem(place=variable, message=f"{field.upper()} is set as well; set one of them"))
                continue
            try:
                found[field] = Path(path).read_text(encoding="utf-8").strip()
            except OSError as error:
                problems.append(Problem(place=variable, message=f"{path} cannot be read: {error.strerror}"))
            except UnicodeDecodeError:
                problems.append(Problem(place=variable, message=f"{path} does not hold text"))
        if problems:
            raise SettingsError(problems)
        return found


class Secrets(BaseSettings):
    """What must not stand in a file that is shared. An empty variable counts as not set."""

    model_config = SettingsConfigDict(frozen=True, extra="ignore", env_ignore_empty=True)

    slack_bot_token: SecretStr | None = Field(default=None, description="Begins with xoxb-.")
    slack_app_token: SecretStr | None = Field(default=None, description="Begins with xapp-; scope connections:write.")
    slack_signing_secret: SecretStr | None = Field(
        default=None, description="In place of the app token: Slack then reaches the bot by HTTP."
    )
    slack_api_url: str = SLACK_API_URL
    redis_url: SecretStr | None = None
    database_url: SecretStr | None = None
    audit_key: SecretStr | None = Field(default=None, description="Proves the audit log; 32 characters or more.")
    alerts_alertmanager_token: SecretStr | None = None
    alerts_grafana_token: SecretStr | None = None
    alerts_pagerduty_secret: SecretStr | None = None
    alerts_azure_token: SecretStr | None = None
    alerts_generic_token: SecretStr | None = None

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - the signature is pydantic's
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read variables and the files they name, and nothing else."""
        return env_settings, _FilesOfSecrets(settings_cls)

    @field_validator("slack_bot_token")
    @classmethod
    def _is_bot_token(cls, token: SecretStr | None) -> SecretStr | None:
        return _begins_with("xoxb-", token, "a bot token; the app's page 'OAuth & Permissions' shows it")

    @field_validator("slack_app_token")
    @classmethod
    def _is_app_token(cls, token: SecretStr | None) -> SecretStr | None:
        return _begins_with("xapp-", token, "an app-level token; the app's page 'Basic Information' makes it")

    @field_validator("slack_signing_secret")
    @classmethod
    def _is_signing_secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and not _SIGNING_SECRET.fullmatch(secret.get_secret_value()):
            raise ValueError("is no signing secret; the app's page 'Basic Information' shows it")
        return secret

    @field_validator("redis_url")
    @classmethod
    def _is_redis_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url and not url.get_secret_value().startswith(_REDIS_SCHEMES):
            raise ValueError(f"must begin with one of {', '.join(_REDIS_SCHEMES)}")
        return url

    @field_validator("database_url")
    @classmethod
    def _is_database_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url and not url.get_secret_value().startswith(_DATABASE_SCHEMES):
            raise ValueError(f"must begin with one of {', '.join(_DATABASE_SCHEMES)}; without it, SQLite is used")
        try:
            _ = url and urlsplit(url.get_secret_value()).port
        except ValueError:
            raise ValueError("is no address: in its password, write @ : / ? # % as %40 %3A %2F %3F %23 %25") from None
        return url

    @field_validator("audit_key")
    @classmethod
    def _is_long_enough(cls, key: SecretStr | None) -> SecretStr | None:
        if key and len(key.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"must have at least {SHORTEST_KEY} characters; `openssl rand -hex 32` makes one")
        return key

    @field_validator(
        "alerts_alertmanager_token", "alerts_grafana_token", "alerts_pagerduty_secret", "alerts_azure_token",
        "alerts_generic_token",
    )  # fmt: skip
    @classmethod
    def _cannot_be_guessed(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and len(secret.get_secret_value()) < _SHORTEST_SECRET:
            raise ValueError(f"must have at least {_SHORTEST_SECRET} characters; `openssl rand -hex 32` makes one")
        return secret

    @field_validator("slack_api_url")
    @classmethod
    def _is_web_address(cls, url: str) -> str:
        if not url.startswith(("https://", "http://")):
            raise ValueError("must begin with https:// or http://")
        return url.rstrip("/") + "/"

    @property
    def has_slack(self) -> bool:
        """Say whether a bot can work in Slack: it has a token, and a way by which Slack reaches it."""
        return bool(self.slack_bot_token and (self.slack_app_token or self.slack_signing_secret))


def load_secrets() -> Secrets:
    """Read the secrets. Raises SettingsError, which names variables and never values."""
    try:
        secrets = Secrets()
    except ValidationError as error:
        raise SettingsError(
            [
                Problem(place=str(item["loc"][0]).upper(), message=item["msg"].removeprefix("Value error, "))
                for item in error.errors(include_input=False, include_url=False)
            ]
        ) from None
    if problem := _half_of_slack(secrets):
        raise SettingsError([problem])
    return secrets


def _half_of_slack(secrets: Secrets) -> Problem | None:
    """Give what is wrong where Slack is named by half: it needs the bot's token and one way in."""
    bot, socket, http = secrets.slack_bot_token, secrets.slack_app_token, secrets.slack_signing_secret
    if socket and http:
        message = "is set, and SLACK_APP_TOKEN as well; set one: the token for Socket Mode, the secret for HTTP mode"
        return Problem(place="SLACK_SIGNING_SECRET", message=message)
    if not bot and (socket or http):
        message = f"is not set, and {'SLACK_APP_TOKEN' if socket else 'SLACK_SIGNING_SECRET'} is; Slack needs both"
        return Problem(place="SLACK_BOT_TOKEN", message=f"{message}, the local workspace none")
    if bot and not (socket or http):
        message = "is not set, and SLACK_BOT_TOKEN is; Slack needs both (in HTTP mode SLACK_SIGNING_SECRET instead)"
        return Problem(place="SLACK_APP_TOKEN", message=f"{message}, the local workspace none")
    return None


def _begins_with(prefix: str, token: SecretStr | None, what: str) -> SecretStr | None:
    if token and not token.get_secret_value().startswith(prefix):
        raise ValueError(f"must begin with {prefix}: {what}")
    return token
