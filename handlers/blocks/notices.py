"""What only the asker sees: help, targets, and why something could not be done. All of it is mrkdwn, names escaped."""

from collections.abc import Iterable, Mapping

from handlers.blocks.text import code, escape
from handlers.grammar import USAGE
from sickbay.diagnostics.targets import Target

#: How many names a sentence lists before it only counts.
_NAMED = 12


def usage(targets: Mapping[str, Target]) -> str:
    """Give the grammar with examples that work here."""
    example = next(iter(targets), "TARGET")
    return (
        f"*What to type:* `/diagnose {USAGE}`\n"
        f"• {code('/diagnose ' + example)} looks at all of it\n"
        f"• {code(f'/diagnose {example} web-1')} looks at one container, Compose service or project\n"
        f"• {code(f'/diagnose {example} --since 2h')} counts only the last two hours, "
        "`--audit` adds what is built to fail some day\n"
        "• `/diagnose targets` lists what can be diagnosed\n"
        "In a thread, where Slack has no commands, and anywhere else: `@sickbay diagnose …`. In a direct message "
        "the words alone will do.\nSickbay only reads: it changes nothing."
    )


def targets(known: Mapping[str, Target]) -> str:
    """List the targets with their platform and zone."""
    if not known:
        return "No target is configured. Name one in `sickbay.yaml`, or start Docker on this machine and Sickbay again."
    rows = [f"• {code(item.name)} {escape(item.platform)}, zone {escape(item.zone)}" for item in known.values()]
    return "*Targets*\n" + "\n".join(rows)


def wrong_words(problem: str) -> str:
    """Say what was not understood, and the grammar."""
    return f"{escape(problem)}\n*What to type:* `/diagnose {USAGE}`, `/diagnose targets`, `/diagnose help`"


def unknown_target(name: str, nearest: Iterable[str], known: Mapping[str, Target]) -> str:
    """Say that there is no such target, and which are like it."""
    if not known:
        return targets(known)
    likely = list(nearest)
    if likely:
        return f"There is no target {code(name)}. Did you mean {', '.join(code(item) for item in likely)}?"
    names = ", ".join(code(item) for item in list(known)[:_NAMED])
    return f"There is no target {code(name)}. There are: {names}{' and more' if len(known) > _NAMED else ''}."


def queue_unavailable() -> str:
    """Say that Redis does not answer."""
    return (
        "Sickbay cannot take this right now: its queue (Redis) does not answer. Nothing was started; "
        "try again in a minute, and if it stays so, tell whoever runs Sickbay."
    )


def forgotten() -> str:
    """Say that the job is too old to run again."""
    return "That diagnosis is older than a week and forgotten. Type it again, please."


def too_late() -> str:
    """Say that there is nothing left to cancel."""
    return "That diagnosis has ended already."


def not_invited(channel: str) -> str:
    """Say how to let the bot into the channel."""
    return (
        f"I have the answer but may not write in <#{escape(channel)}>. Type `/invite @sickbay` there, then ask again "
        "(or ask me in a direct message)."
    )
