"""`sickbay doctor`: is everything there that Sickbay needs, and if not, what to do about it."""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import msgspec
import typer

from bot.command_line.common import ConfigOption, Exit, secrets_or_exit, settings_or_exit

if TYPE_CHECKING:
    from slack_sdk.web import SlackResponse

    from sickbay.diagnostics.targets import Target
    from sickbay.settings import Secrets, Settings

#: Seconds that Redis and Slack have to answer, and that a target has to be read.
_SERVICE_SECONDS, _TARGET_SECONDS = 5, 15.0
#: Examinations at a time.
_CONCURRENT = 16


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """How one part is: `well` is None where that cannot be known, `advice` says what to do where it is not well."""

    part: str
    well: bool | None
    told: str
    advice: str = ""


Examination = Callable[[], Iterable[Finding]]


def doctor(*, config: ConfigOption = None) -> None:
    """Check the configuration, Redis, the database, Slack, targets and recorders. Exits 1 when one is not well."""
    settings, secrets = settings_or_exit(config), secrets_or_exit()
    well = True
    with ThreadPoolExecutor(_CONCURRENT) as pool:
        for findings in pool.map(lambda examine: tuple(examine()), _examinations(settings, secrets)):
            for found in findings:
                _show(found)
                well = well and found.well is not False
    raise typer.Exit(Exit.WELL if well else 1)


def _examinations(settings: "Settings", secrets: "Secrets") -> Iterator[Examination]:
    source = str(settings.file or "no file, built-in defaults")
    yield lambda: [Finding(part="Configuration", well=True, told=source)]
    yield lambda: [_redis(secrets)]
    yield lambda: [_database(settings, secrets)]
    yield from _slack(settings, secrets)
    if not settings.targets:
        yield lambda: [_no_target()]
    for target in settings.targets.values():
        yield lambda target=target: [_target(target)]  # type: ignore[misc]  # mypy cannot infer a bound default
    yield lambda: _memory(settings, secrets)


def _show(found: Finding) -> None:
    from sickbay.terminal import one_line

    sign = "–" if found.well is None else "✓" if found.well else "✗"
    typer.echo(f"{sign} {one_line(found.part)}: {one_line(found.told)}")
    if found.advice:
        typer.echo(f"  {one_line(found.advice)}")


def _redis(secrets: "Secrets") -> Finding:
    if secrets.redis_url is None:
        told = (
            "REDIS_URL is not set; `sickbay up` brings a Valkey of its own, `sickbay bot` and `sickbay worker` need one"
        )
        return Finding(part="Redis", well=None, told=told)
    import redis

    try:
        url = secrets.redis_url.get_secret_value()
        with redis.Redis.from_url(
            url, socket_timeout=_SERVICE_SECONDS, socket_connect_timeout=_SERVICE_SECONDS, retry=None
        ) as client:
            version = client.info("server").get("redis_version", "?")
    except (redis.RedisError, OSError, ValueError) as error:
        from sickbay.diagnostics.redaction import redact

        advice = "See that REDIS_URL is right (rediss:// for TLS) and that Redis runs and lets this machine in."
        return Finding(part="Redis", well=False, told=redact(str(error)) or type(error).__name__, advice=advice)
    return Finding(part="Redis", well=True, told=f"version {version}")


def _database(settings: "Settings", secrets: "Secrets") -> Finding:
    from bot.command_line.database import open_database
    from sickbay.incidents.database import DatabaseUnavailableError

    database = open_database(settings, secrets)
    try:
        version = database.version()
    except DatabaseUnavailableError as error:
        told, _, advice = str(error).rpartition(". ")
        return Finding(part="Database", well=False, told=told, advice=advice)
    told = f"version {version}" if version else "empty; the bot makes its tables when it starts"
    return Finding(part="Database", well=True if version else None, told=f"{database.name}, {told}")


def _slack(settings: "Settings", secrets: "Secrets") -> Iterator[Examination]:
    bot_token, app_token = secrets.slack_bot_token, secrets.slack_app_token
    if bot_token is None:
        told = "no tokens are set; `sickbay up` brings a local workspace, `sickbay bot` needs them"
        yield lambda: [Finding(part="Slack", well=None, told=told)]
        return
    yield lambda: _bot_token(bot_token.get_secret_value(), secrets.slack_api_url)
    if app_token:
        yield lambda: [_app_token(app_token.get_secret_value(), secrets.slack_api_url)]
        return
    told = (
        f"HTTP mode, on port {settings.http.port} of {settings.http.host}; "
        "only Slack's first request shows whether the secret is right"
    )
    yield lambda: [Finding(part="SLACK_SIGNING_SECRET", well=None, told=told)]


def _bot_token(token: str, api_url: str) -> Iterator[Finding]:
    answer = _called("SLACK_BOT_TOKEN", "auth.test", token, api_url)
    if isinstance(answer, Finding):
        yield answer
        return
    yield Finding(part="SLACK_BOT_TOKEN", well=True, told=f"works in {answer.get('team', 'Slack')}")
    yield from _scopes({name.lower(): value for name, value in answer.headers.items()}.get("x-oauth-scopes"))


def _scopes(granted: str | None) -> Iterator[Finding]:
    """Compare what the token may do with what Sickbay does."""
    from bot.manifest import SCOPES

    if granted is None:
        yield Finding(part="Scopes", well=None, told="Slack does not say which the token has")
        return
    missing = SCOPES.keys() - {scope.strip() for scope in granted.split(",")}
    if not missing:
        yield Finding(part="Scopes", well=True, told=f"all {len(SCOPES)} are granted")
    for scope in sorted(missing):
        advice = "Give the app the manifest that `sickbay manifest` prints, and install it again."
        yield Finding(part=f"Scope {scope}", well=False, told=f"is not granted: {SCOPES[scope]}", advice=advice)


def _app_token(token: str, api_url: str) -> Finding:
    answer = _called("SLACK_APP_TOKEN", "apps.connections.open", token, api_url)
    return (
        answer if isinstance(answer, Finding) else Finding(part="SLACK_APP_TOKEN", well=True, told="works, Socket Mode")
    )


def _called(variable: str, method: str, token: str, api_url: str) -> "SlackResponse | Finding":
    """Call a method with the token that this variable holds; gives Slack's answer, or what is wrong."""
    from slack_sdk import WebClient
    from slack_sdk.errors import SlackApiError

    from bot.slack_errors import ADVICE, code_of

    client = WebClient(token, base_url=api_url, timeout=_SERVICE_SECONDS)
    try:
        return client.api_call(method)
    except SlackApiError as error:
        code = code_of(error)
        advice = ADVICE.get(code, f"{method} was refused; look the code up at https://docs.slack.dev.")
        return Finding(part=variable, well=False, told=code or "an answer that is not Slack's", advice=advice)
    except (OSError, ValueError) as error:
        advice = f"See that this machine reaches {api_url}, by a proxy (HTTPS_PROXY) where it needs one."
        return Finding(part=variable, well=False, told=str(error), advice=advice)


def _no_target() -> Finding:
    from bot.command_line.diagnose import NO_TARGET

    told, _, advice = NO_TARGET.partition("\n")
    return Finding(part="Targets", well=False, told=told, advice=advice)


def _target(target: "Target") -> Finding:
    """Read the target as a diagnosis would: that alone shows that its address, its rights and its API are well."""
    from bot.command_line.rendering.sentences import footer
    from sickbay.diagnostics import engine
    from sickbay.diagnostics.budget import Budget
    from sickbay.diagnostics.errors import DiagnosticsError
    from sickbay.diagnostics.targets import Request

    part = f"Target {target.name}"
    try:
        report = engine.diagnose(target, Request(), budget=Budget(_TARGET_SECONDS)).report
    except DiagnosticsError as error:
        return Finding(part=part, well=False, told=str(error), advice=f"`sickbay diagnose {target.name}` says more.")
    if not report.blind:
        return Finding(part=part, well=True, told=footer(report))
    first = next(iter(report.findings), None)
    told = first.summary if first else "; ".join(f"{gap.what}: {gap.reason}" for gap in report.gaps)
    advice = first.remedy.text if first else f"`sickbay diagnose {target.name}` says more."
    return Finding(part=part, well=False, told=told or "nothing could be read", advice=advice)


def _memory(settings: "Settings", secrets: "Secrets") -> Iterator[Finding]:
    """Say of each target that a recorder may watch whether one does; nothing where Redis, which would know, is away."""
    if secrets.redis_url is None:
        return
    from datetime import UTC, datetime, timedelta

    from sickbay.diagnostics import catalogue
    from sickbay.jobs.broker import connect
    from sickbay.jobs.errors import QueueUnavailableError
    from sickbay.jobs.event_log import EventLog

    platforms, now = catalogue.load_platforms(), datetime.now(UTC)
    memory = EventLog(connect(secrets.redis_url.get_secret_value(), sender=True))
    for target in settings.recorded.values():
        if not platforms[target.platform].watching:
            continue
        try:
            coverage = memory.history(target.zone, target.name, now - timedelta(seconds=1), now).coverage
        except QueueUnavailableError:
            return
        part = f"Memory of {target.name}"
        # What was missed until the last batch, a watch that works says too.
        away = [hole.reason for hole in coverage.holes if hole.until == now] if coverage else []
        if coverage and coverage.sources and not away:
            yield Finding(part=part, well=True, told="a recorder watches it")
            continue
        told = away[-1] if away else "no recorder has ever watched it"
        advice = "Run `sickbay recorder` near it, with zones that hold its own; its log says what it cannot watch."
        yield Finding(part=part, well=None, told=told, advice=advice)
