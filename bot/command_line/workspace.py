"""`sickbay workspace`: use the local workspace that `sickbay up` runs, from the terminal."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.command_line.common import ConfigOption, fail, settings_or_exit

if TYPE_CHECKING:
    from bot.command_line.page_client import Page

HELP = "Use the local workspace that `sickbay up` runs."
_NOT_RUNNING = "No local workspace is running; start it with `sickbay up`."


class ThreadFormat(StrEnum):
    """How a thread is printed."""

    TEXT = "text"
    JSON = "json"


def add_commands(app: typer.Typer) -> None:
    """Add the commands to their group."""
    # With a callback the group stays a group, although it has but one command.
    app.callback()(lambda: None)
    app.command("send")(send)


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
