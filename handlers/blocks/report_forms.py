"""The form of a scheduled report, a new one or one that there is."""

from collections.abc import Sequence

import msgspec

from handlers.blocks.form import options
from handlers.blocks.text import Block, context, words
from handlers.blocks.view import field, form, option
from handlers.report_grammar import DIGEST
from sickbay.incidents.schedule import Schedule

ADDING, EDITING = "report_adding", "report_editing"
#: Block ids, each with an action of the same name in it.
TARGETS, WHEN, ZONE, CHANNEL, QUIET = "report_targets", "report_when", "report_zone", "report_channel", "report_quiet"
#: The button that opens the form of a new one.
OPEN = "report_open"


class Behind(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the form carries along: the channel that it came from, and the report that it is about."""

    channel: str
    number: int = 0

    @property
    def written(self) -> str:
        """Give it as a view's metadata."""
        return msgspec.json.encode(self).decode()


def adding_form(channel: str, zone: str) -> Block:
    """Give the form of a new report, which comes in that channel unless another is chosen."""
    blocks = _fields((), "", zone, "" if channel.startswith("D") else channel, quiet=False)
    return form("New report", blocks, callback_id=ADDING, submit="Add", metadata=Behind(channel).written)


def editing_form(schedule: Schedule, channel: str) -> Block:
    """Give the form of a report as it is."""
    zone = schedule.recurrence.time_zone
    targets = schedule.targets or (DIGEST,)
    blocks = _fields(targets, schedule.words, zone, schedule.channel, quiet=schedule.quiet)
    carried = Behind(channel, schedule.number).written
    return form(f"Report {schedule.number}", blocks, callback_id=EDITING, submit="Change", metadata=carried)


def _fields(targets: Sequence[str], when: str, zone: str, channel: str, *, quiet: bool) -> list[Block]:
    chosen: Block = {"type": "multi_external_select", "action_id": TARGETS, "min_query_length": 0}
    chosen |= {"placeholder": words(f"Targets, or {DIGEST} for their digest")}
    chosen |= {"initial_options": options(targets)} if targets else {}
    box = [option("Only when something has changed", QUIET)]
    return [
        field("What", TARGETS, chosen),
        field("When", WHEN, _text(WHEN, when, "every weekday at 09:00")),
        field("Time zone", ZONE, _text(ZONE, zone, "Europe/London")),
        field("Where", CHANNEL, _conversation(channel)),
        field(
            "Quiet",
            QUIET,
            {"type": "checkboxes", "action_id": QUIET, "options": box} | ({"initial_options": box} if quiet else {}),
            optional=True,
        ),
        context("When may also be: hourly, every 15 min, mondays 8:30, monthly on the 1st at 9:00, or a cron line."),
    ]


def _text(action_id: str, value: str, example: str) -> Block:
    element = {"type": "plain_text_input", "action_id": action_id, "placeholder": words(example), "max_length": 200}
    return element | ({"initial_value": value} if value else {})


def _conversation(channel: str) -> Block:
    element: Block = {"type": "conversations_select", "action_id": CHANNEL, "placeholder": words("Where it comes")}
    return element | ({"initial_conversation": channel} if channel else {})
