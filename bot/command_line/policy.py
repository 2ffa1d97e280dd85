"""`sickbay policy`: ask the rules of the configuration what they decide, before anybody does in Slack."""

import re
from typing import TYPE_CHECKING, Annotated

import typer

from bot.command_line.common import ConfigOption, Exit, fail, nearest, settings_or_exit

if TYPE_CHECKING:
    from sickbay.diagnostics.targets import Target
    from sickbay.incidents.policy import Action, Decision
    from sickbay.settings import Settings

HELP = "Ask what the policy decides."
_USER, _GROUP, _CHANNEL = r"[UW][A-Z0-9]+", r"S[A-Z0-9]+", r"[CDG][A-Z0-9]+|direct"


def add_commands(app: typer.Typer) -> None:
    """Add the commands to their group."""
    # With a callback the group stays a group, although it has but one command.
    app.callback()(lambda: None)
    app.command("test")(decide)


def decide(
    *,
    user: Annotated[str, typer.Option(metavar="ID", help="Who asks, such as U012AB3CD.")],
    group: Annotated[list[str] | None, typer.Option(metavar="ID", help="A user group of theirs; repeatable.")] = None,
    channel: Annotated[str, typer.Option(metavar="ID", help="Where, such as C012AB3CD, or 'direct'.")],
    do: Annotated[str, typer.Option(metavar="ACTION", help="What: diagnose, logs, report, incident, mute or act.")],
    on: Annotated[str, typer.Option(metavar="TARGET", help="The target; left out for what is on none.")] = "",
    config: ConfigOption = None,
) -> None:
    """Say whether a request is allowed, and by which rule. Exits 1 when it is denied."""
    settings = settings_or_exit(config)
    from sickbay.incidents.policy import Policy

    action, target = _action_or_exit(do), _target_or_exit(on, settings)
    _check_id("--user", user, _USER)
    _check_id("--channel", channel, _CHANNEL)
    for member_of in group or ():
        _check_id("--group", member_of, _GROUP)
    # Every direct message has an id of its own, and all of them begin so.
    place = "D" if channel == "direct" else channel
    decision = Policy(settings.policy).decide(
        action, user=user, groups=frozenset(group or ()), channel=place, target=target
    )
    typer.echo(_told(decision))
    if not decision.allowed:
        raise typer.Exit(Exit.FINDINGS)


def _check_id(option: str, word: str, form: str) -> None:
    """End the command on what is no id of Slack's: names change, so the policy knows none."""
    if not re.fullmatch(form, word):
        fail(f"{option}: found {word!r}; allowed is an id of Slack's that matches {form}", Exit.USAGE)


def _told(decision: "Decision") -> str:
    from sickbay.incidents.policy import DEFAULT_RULE

    if decision.rule != DEFAULT_RULE:
        how = "allowed, by the rule" if decision.allowed else "denied, for only these rules allow it"
        return f"{how}: {decision.rule}"
    if decision.allowed:
        return "allowed, by default: reading is open, and no rule is about it"
    return "denied, by default: no rule is about it, and it does more than read"


def _action_or_exit(word: str) -> "Action":
    from sickbay.incidents.policy import Action

    try:
        return Action(word)
    except ValueError:
        fail(f"--do: there is no action {word!r}.{nearest(word, Action)} Allowed: {', '.join(Action)}.", Exit.USAGE)


def _target_or_exit(name: str, settings: "Settings") -> "Target | None":
    if name and name not in settings.targets:
        fail(f"--on: there is no target {name!r}.{nearest(name, settings.targets)}", Exit.USAGE)
    return settings.targets.get(name)
