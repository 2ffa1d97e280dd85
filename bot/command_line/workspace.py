"""`sickbay workspace`: use the local workspace that `sickbay up` runs, from the terminal, or run one by itself."""

import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.command_line.common import ConfigOption, Exit, fail, settings_or_exit

if TYPE_CHECKING:
    from bot.command_line.page_client import Page
    from sickbay.simulator import Workspace

HELP = "A local Slack workspace: use the one that `sickbay up` runs, or run one by itself."
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy")
_NOT_RUNNING = "No local workspace is running; start it with `sickbay up`."


class ThreadFormat(StrEnum):
    """How a thread is printed."""

    TEXT = "text"
    JSON = "json"


def add_commands(app: typer.Typer) -> None:
    """Add the commands to their group."""
    app.command("send")(send)
    app.command("serve")(serve)


def serve(
    *,
    manifest: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The app's manifest, YAML or JSON; else Sickbay's own.")
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65_535, help="The port on 127.0.0.1; 0 takes any.")] = 0,
    request_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Where the app listens, in place of Socket Mode.")
    ] = None,
) -> None:
    """Run a local workspace alone, for developing any Slack app. It keeps nothing, and Slack's rate limits hold in it.

    Prints the address of its page, and what the app needs in its environment.
    """
    from bot.command_line.process import begin
    from sickbay.simulator import Workspace

    known = _manifest(manifest)
    try:
        workspace = Workspace(port=port, manifest=known, request_url=request_url)
    except OSError as error:
        fail(f"--port: {error}.", 1)
    stopping = begin("workspace", None)
    with workspace:
        workspace.faults.rates.enforced = True
        typer.echo(_told(workspace, request_url))
        stopping.wait()


def _manifest(path: Path | None) -> dict[str, Any]:
    """Read an app's manifest, or end the command with what is wrong with it."""
    import yaml

    from bot.manifest import manifest
    from sickbay.simulator.manifest import checked

    if path is None:
        return manifest()
    try:
        return checked(yaml.safe_load(path.read_text()))
    except (OSError, ValueError, yaml.YAMLError) as error:
        fail(f"--manifest {path}: {error}", Exit.USAGE)


def _told(workspace: "Workspace", request_url: str | None) -> str:
    signing, app = ("SLACK_SIGNING_SECRET", workspace.signing_secret), ("SLACK_APP_TOKEN", workspace.app_token)
    environment = [
        ("SLACK_API_URL", workspace.api_url),
        ("SLACK_BOT_TOKEN", workspace.bot_token),
        signing if request_url else app,
        # Slack's clients would send even what stays on this machine through a proxy.
        *((name, "") for name in _PROXIES if os.environ.get(name)),
    ]
    exports = "\n".join(f"  export {name}={value}" for name, value in environment)
    return f"The workspace:  {workspace.page_url}\n\nThe app needs:\n{exports}\n\nCtrl-C ends it; nothing is kept."


def send(
    channel: Annotated[str, typer.Argument(metavar="CHANNEL", help="Such as '#ops', or '@sickbay' for a direct one.")],
    text: Annotated[str, typer.Argument(metavar="TEXT", help="Such as '/diagnose local'.")],
    *,
    user: Annotated[str, typer.Option("--as", help="The user who says it.")] = "alice",
    wait: Annotated[bool, typer.Option("--wait", help="Wait until it is answered, and print the thread.")] = False,
    timeout: Annotated[float, typer.Option(help="Seconds to wait at most.")] = 120.0,
    form: Annotated[ThreadFormat, typer.Option("--format", help="How the thread is printed.")] = ThreadFormat.TEXT,
    config: ConfigOption = None,
) -> None:
    """Say something in the local workspace, as one of its users. Exits 1 when it is refused or not answered in time."""
    from bot.command_line.page_client import Page, PageError
    from bot.command_line.running import running

    workspace = running(settings_or_exit(config).data_directory)
    if workspace is None:
        fail(_NOT_RUNNING, 1)
    page = Page(workspace)
    try:
        messages = _say(page, (user, channel, text), timeout if wait else None)
        names = page.names() if wait else {}
    except PageError as error:
        fail(str(error), 1)
    if wait:
        _print(messages, names, form)


def _say(page: "Page", said: tuple[str, str, str], timeout: float | None) -> list[dict[str, Any]]:
    from bot.command_line.answer import await_answer

    user, channel, text = said
    place = page.find(user, channel)
    if timeout is None:
        page.say(place, text)
        return []
    with page.stream(place) as stream:
        page.say(place, text)
        return await_answer(page, place, stream, timeout)


def _print(messages: list[dict[str, Any]], names: dict[str, str], form: ThreadFormat) -> None:
    if form is ThreadFormat.JSON:
        import json

        typer.echo(json.dumps(messages, ensure_ascii=False, indent=2))
    else:
        from bot.command_line.rendering.messages import thread_as_text

        typer.echo(thread_as_text(messages, names), nl=False)
