"""`sickbay up`: all in one process tree, with no configuration: Valkey, a local workspace, bot, worker and recorder.

This process owns Valkey and the workspace and watches the other three, which are the same commands as anywhere else,
told by their environment where to find the two. What is configured (REDIS_URL, Slack's tokens) is not replaced.
"""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import typer

from bot.command_line.common import ConfigOption, fail, secrets_or_exit, settings_or_exit

if TYPE_CHECKING:
    from bot.command_line.supervision import Child
    from sickbay.jobs.embedded import EmbeddedValkey
    from sickbay.settings import Secrets, Settings
    from sickbay.simulator import Workspace

#: The port of the local workspace's page, where it is free.
PORT = 8025
#: Seconds that the bot has to connect to the local workspace before its address is printed all the same.
CONNECT_SECONDS = 30.0
_CONNECT_LOOK_EVERY = 0.05
#: Seconds between two looks whether Valkey is still there.
_LOOK_EVERY = 1.0
#: Slack's socket client sends even loopback through a proxy, whatever NO_PROXY says; so the bot is shown none.
_NO_PROXIES = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "")
#: Workers and recorders hold the targets' credentials, never Slack's or the database's, nor what proves the audit log.
_NOT_FOR_WORKERS = (
    "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "DATABASE_URL", "AUDIT_KEY",
    "ALERTS_ALERTMANAGER_TOKEN", "ALERTS_GRAFANA_TOKEN", "ALERTS_PAGERDUTY_SECRET", "ALERTS_AZURE_TOKEN",
    "ALERTS_GENERIC_TOKEN",
)  # fmt: skip
_NO_TOKENS = dict.fromkeys((name + end for name in _NOT_FOR_WORKERS for end in ("", "_FILE")), "")


def up(*, config: ConfigOption = None) -> None:
    """Start everything, with no configuration; print what to open.

    With SLACK_BOT_TOKEN and SLACK_APP_TOKEN (in HTTP mode SLACK_SIGNING_SECRET) set it works in your Slack; with
    REDIS_URL set it uses that Redis.
    """
    settings, secrets = settings_or_exit(config), secrets_or_exit()
    from bot.command_line.data_directory import owned
    from bot.command_line.process import begin
    from bot.command_line.supervision import Supervisor
    from sickbay.jobs.embedded import DataDirectoryError

    stopping = begin("up", None)
    try:
        with ExitStack() as stack:
            stack.enter_context(owned(settings.data_directory))
            valkey = None if secrets.redis_url else stack.enter_context(_valkey(settings))
            workspace = None if secrets.has_slack else stack.enter_context(_workspace(settings))
            supervisor = stack.enter_context(Supervisor(_children(settings, valkey, workspace), stopping))
            _await_bot(workspace, stopping)
            if not stopping.is_set():
                _greet(settings, secrets, workspace)
            _watch(valkey, stopping)
    except DataDirectoryError as error:
        fail(str(error), 1)
    raise typer.Exit(supervisor.exit_code)


def _valkey(settings: "Settings") -> "EmbeddedValkey":
    from sickbay.jobs.embedded import EmbeddedValkey

    return EmbeddedValkey(settings.data_directory)


@contextmanager
def _workspace(settings: "Settings") -> "Iterator[Workspace]":
    """Run the local workspace, and remember where for `sickbay workspace`."""
    from bot.command_line.running import RunningWorkspace, forget, remember
    from bot.manifest import manifest
    from sickbay.simulator import Workspace

    with Workspace(port=_free_port(), data=settings.data_directory, manifest=manifest()) as workspace:
        remember(settings.data_directory, RunningWorkspace(address=workspace.address, token=workspace.token))
        try:
            yield workspace
        finally:
            forget(settings.data_directory)


def _free_port() -> int:
    """Give the usual port, so that bookmarks stay right, or 0 for any other where it is taken."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            return 0
    return PORT


def _children(
    settings: "Settings", valkey: "EmbeddedValkey | None", workspace: "Workspace | None"
) -> "tuple[Child, ...]":
    """Give the bot, the worker and the recorder, each with what it is told besides this process's own environment."""
    from bot.command_line.supervision import sickbay

    config = ("--config", str(settings.file.absolute())) if settings.file else ()
    redis = {"REDIS_URL": valkey.url} if valkey else {}
    slack = _slack(workspace) if workspace else {}
    return (
        sickbay("bot", *config, environment=redis | slack),
        sickbay("worker", *config, environment=redis | _NO_TOKENS),
        sickbay("recorder", *config, environment=redis | _NO_TOKENS),
    )


def _slack(workspace: "Workspace") -> dict[str, str]:
    return {
        "SLACK_BOT_TOKEN": workspace.bot_token,
        "SLACK_APP_TOKEN": workspace.app_token,
        "SLACK_API_URL": workspace.api_url,
        **_NO_PROXIES,
    }


def _greet(settings: "Settings", secrets: "Secrets", workspace: "Workspace | None") -> None:
    """Print what to do next."""
    typer.echo(f"Sickbay is up. Open {workspace.page_url}" if workspace else "Sickbay is up, in your Slack.")
    if secrets.slack_signing_secret:
        from bot.manifest import PATH

        typer.echo(f"Slack has to reach http://{settings.http.host}:{settings.http.port}{PATH} by an address of yours.")
    if settings.alerts.senders:
        typer.echo(f"Alerts are taken at http://{settings.http.host}:{settings.http.port}/alerts.")
    if target := next(iter(settings.targets), None):
        typer.echo(f"Type /diagnose {target} in {'the workspace' if workspace else 'Slack'}. Ctrl-C ends it.")
    else:
        from bot.command_line.diagnose import NO_TARGET

        typer.echo(f"{NO_TARGET}\nCtrl-C ends it.")


def _await_bot(workspace: "Workspace | None", stopping: threading.Event) -> None:
    """Wait until the bot has opened its connection to the workspace, so that the first command finds it there."""
    deadline = time.monotonic() + CONNECT_SECONDS
    while workspace and not workspace.connected and time.monotonic() < deadline:
        if stopping.wait(_CONNECT_LOOK_EVERY):
            return


def _watch(valkey: "EmbeddedValkey | None", stopping: threading.Event) -> None:
    """Wait until all should end; start Valkey again where it ended by itself. Raises DataDirectoryError."""
    import structlog

    while not stopping.wait(_LOOK_EVERY):
        if valkey and not valkey.running:
            structlog.get_logger(__name__).warning("Valkey ended and is started again")
            valkey.__exit__(None, None, None)
            valkey.__enter__()
