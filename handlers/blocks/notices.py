"""What only the asker sees: help, targets, and why something could not be done. All of it is mrkdwn, names escaped."""

from collections.abc import Iterable, Mapping, Sequence

from handlers.blocks.text import code, date, escape
from handlers.grammar import USAGE
from sickbay.diagnostics.model import Judged, Judgement
from sickbay.diagnostics.targets import Target
from sickbay.incidents.policy import DEFAULT_RULE
from sickbay.jobs.model import Mute

#: How many names a sentence lists before it only counts.
_NAMED = 12
#: How many targets a list shows: the longest names stay inside Slack's 4,000 characters.
_LISTED = 30


def usage(targets: Mapping[str, Target]) -> str:
    """Give the grammar with examples that work here."""
    example = next(iter(targets), "TARGET")
    return (
        f"*What to type:* `/diagnose {USAGE}`\n"
        f"• {code('/diagnose ' + example)} looks at all of it\n"
        f"• {code(f'/diagnose {example} web-1')} looks at one container, Compose service or project\n"
        f"• {code(f'/diagnose {example} web-1~db-1')} says whether these two can talk, and if not, why\n"
        f"• {code(f'/diagnose {example} --since 2h')} counts only the last two hours, "
        "`--audit` adds what is built to fail some day\n"
        f"• {code(f'/diagnose {example} changes --since 2h')} lists what changed\n"
        f"• {code(f'/diagnose {example} --top cpu')} ranks what runs there; also `memory`, `net`, `disk`, `errors`\n"
        "• `/diagnose` alone opens a form; `/diagnose targets` lists what can be diagnosed\n"
        f"• {code(f'/diagnose logs {example} web-1')} reads the end of a log; `/diagnose explain DKR-C102` tells what "
        "a check means\n"
        "• `@sickbay lint` with a Dockerfile or Compose file attached says what is wrong in it; so does 'Lint this' in "
        "a message's menu\n"
        "In a thread, where Slack has no commands, and anywhere else: `@sickbay diagnose …`. In the thread of a "
        "diagnosis `@sickbay again`, `@sickbay since 2h`, `@sickbay changes` and `@sickbay logs web-1` go on from it. "
        "In a direct message the words alone will do.\nSickbay only reads: it changes nothing."
    )


def targets(known: Mapping[str, Target]) -> str:
    """List the targets with their platform and zone."""
    if not known:
        return (
            "No target is configured that you may diagnose here. Name one in `sickbay.yaml`, or start Docker on this "
            "machine and Sickbay again; and where there are targets, `policy` in that file says who may diagnose them."
        )
    rows = [f"• {code(item.name)} {escape(item.platform)}, zone {escape(item.zone)}" for item in known.values()]
    rest = f"\nand {len(rows) - _LISTED} more" if len(rows) > _LISTED else ""
    return "*Targets*\n" + "\n".join(rows[:_LISTED]) + rest


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


def holds_a_secret() -> str:
    """Say that what was typed looks like a secret, which the channel would see."""
    return (
        "What you want to narrow it to looks like a secret, so I did not take it. Name a container, a service or a "
        "pod; and if it is a secret, replace it where it is valid."
    )


def nothing_to_lint(others: Sequence[str]) -> str:
    """Say what can be linted; `others` are the files that cannot."""
    if others:
        named = ", ".join(code(name) for name in others[:3]) + (" and others" if len(others) > 3 else "")
        return f"I lint Dockerfiles and Compose files: {named} {'is' if len(others) == 1 else 'are'} neither."
    return (
        "There is no Dockerfile and no Compose file in that message. "
        "Attach one, or write it as a code block, and ask again."
    )


def too_many_documents(count: int, most: int) -> str:
    """Say how many documents are linted at once."""
    return f"I lint at most {most} files of a message, and that one has {count}. Send them in parts."


def document_too_large(name: str) -> str:
    """Say how large a document may be."""
    return f"{code(name)} is larger than 1 MB, the most that I lint. A file of that size is hardly written by hand."


def queue_unavailable() -> str:
    """Say that Redis does not answer."""
    return (
        "Sickbay cannot take this right now: its queue (Redis) does not answer. "
        "Try again in a minute, and if it stays so, tell whoever runs Sickbay."
    )


def forgotten() -> str:
    """Say that the job is too old to run again."""
    return "That diagnosis is older than a week and forgotten. Type it again, please."


def unreadable() -> str:
    """Say that another version wrote the job, or something broke its record."""
    return "This version of Sickbay cannot read that diagnosis any more. Type it again, please."


def too_late() -> str:
    """Say that there is nothing left to cancel."""
    return "That diagnosis has ended already."


def not_invited(channel: str) -> str:
    """Say how to let the bot into the channel."""
    return (
        f"I may not write in <#{escape(channel)}>, so the answer cannot be shown there. "
        "Type `/invite @sickbay` there and ask again, or ask me in a direct message."
    )


def no_entry(channel: str, reason: str) -> str:
    """Say that Slack keeps the bot from writing in the channel, where an invitation would not help."""
    return (
        f"Slack does not let me write in <#{escape(channel)}> ({escape(reason)}), so the answer cannot be shown there. "
        "Ask in another channel, or ask me in a direct message."
    )


def refused(action: str, target: str, rule: str) -> str:
    """Say that the policy does not let the asker do it, and whom to ask."""
    where = f" on {code(target)}" if target else ""
    by = f" (only by rule {code(rule)})" if rule != DEFAULT_RULE else ""
    return (
        f"You may not do that here: {code(action)}{where} is not allowed for you in this channel{by}. "
        "Whoever runs Sickbay can allow it under `policy` in its configuration."
    )


def unknown_code(name: str) -> str:
    """Say that no check has such a code."""
    return f"There is no check {code(name)}. Its code stands beside each finding, such as `DKR-C102`."


def no_diagnosis_here() -> str:
    """Say that there is nothing in the thread that one could go on from."""
    return (
        "There is no diagnosis in this thread to go on from. Name the target: `@sickbay diagnose TARGET`, "
        "or `@sickbay logs TARGET NAME`."
    )


def nothing_before() -> str:
    """Say that there is no earlier run to compare with."""
    return "This is the first run that I remember of this target and scope: there is nothing to compare it with."


def database_unavailable(problem: str) -> str:
    """Say that the database does not answer."""
    return f"Sickbay cannot do this right now: {escape(problem)}"


def muted(mute: Mute) -> str:
    """Say what is muted, where, and until when."""
    return (
        f"{code(mute.code)} about {code(mute.subject)} is muted in this channel until {date(mute.until)}: "
        "the next answers only count it."
    )


def no_incident_here() -> str:
    """Say that the thread is no incident's."""
    return "There is no incident in this thread. `/incident open TITLE` opens one."


def judged(said: Judged) -> str:
    """Say what was noted of a finding, and what follows from it."""
    word = {Judgement.CAUSE: "the cause", Judgement.SYMPTOM: "a symptom", Judgement.IRRELEVANT: "irrelevant"}
    return (
        f"Noted: {code(said.code)} about {code(said.subject)} is {word[said.judgement]}. "
        "The next diagnoses in this incident are ranked by that."
    )
