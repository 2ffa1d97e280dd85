"""The incidents of a stage, the board that shows them, and what people do with them."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import msgspec

from bot.app import desk_of, guard_of
from bot.incidents import Board
from sickbay.incidents import lifecycle
from sickbay.incidents.database import Database
from sickbay.incidents.incidents import Incidents
from sickbay.incidents.lifecycle import Move
from sickbay.incidents.model import Incident, IncidentSeverity, IncidentState, Link, Opening, Role
from sickbay.incidents.timeline import Timeline
from tests.integration.slack.stage import TARGETS, Stage, text

Wire = dict[str, Any]

RUNBOOK = Link("Runbook", "https://example.com/runbook")
OPENING = Opening(
    request_id="1.2.a", title="checkout answers 5xx", severity=IncidentSeverity.SEV2, by="U0ALICE", channel="C0OPS",
    target="local", scope="web-1", links=(RUNBOOK,),
)  # fmt: skip
#: Turns after which a board that still has something to do never ends.
_MOST_TURNS = 300


class Room:
    """A board, the incidents that it shows, and the stage on which it shows them."""

    def __init__(self, stage: Stage, database: Database | None = None) -> None:
        self.stage = stage
        self.database = database or stage.database
        self.incidents = Incidents(self.database, clock=self.now)
        self.board = self.another()

    def another(self, stakeholders: str = "") -> Board:
        """Give a bot's board."""
        stage = self.stage
        team = msgspec.structs.replace(stage.team, database=self.database)
        desk = desk_of(stage.queue, TARGETS, team, guard_of(team), budget_s=60)
        return Board(
            self.incidents, Timeline(self.database), desk, stage.redis, stage.slack,
            stakeholders=stakeholders, clock=stage.clock,
        )  # fmt: skip

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.stage.clock(), UTC)

    def open(self, **changes: Any) -> int:
        """Open an incident, and have it shown; gives its number."""
        number = self.incidents.open(msgspec.structs.replace(OPENING, **changes)).number
        self.settle()
        return number

    def move(self, number: int, make: Callable[[Incident, datetime], Move], *, by: str = "U0BOB") -> None:
        """Make a move, and have it shown."""
        self.incidents.move(number, make, by=by)
        self.settle()

    def settle(self) -> None:
        """Have all shown, with the time that it takes."""
        for _ in range(_MOST_TURNS):
            self.board.turn()
            if not (self.incidents.unshown() or self.incidents.wanted() or self.incidents.due()):
                return
            self.stage.seconds += 1
        raise AssertionError("the board has never done")

    def channel(self, number: int) -> Wire:
        """Give the incident's channel."""
        return self.stage.workspace.store.channel(self.incidents.get(number).channel)

    def news(self, number: int) -> list[str]:
        """Give what the bot said in the incident's thread."""
        incident = self.incidents.get(number)
        return [text(item) for item in self.stage.messages(incident.channel, incident.thread_ts)]


def to_state(state: IncidentState) -> Callable[[Incident, datetime], Move]:
    return partial(_to_state, state)


def _to_state(state: IncidentState, incident: Incident, at: datetime) -> Move:
    return lifecycle.to_state(incident, state, at)


def updated(told: str) -> Callable[[Incident, datetime], Move]:
    return lambda incident, at: lifecycle.updated(incident, told, at)


def leading(user: str) -> Callable[[Incident, datetime], Move]:
    return lambda incident, _at: lifecycle.assigned(incident, Role.COMMANDER, user)


def buttons(message: Wire) -> list[str]:
    """Give what can be done with a message, in order."""
    blocks = [*message["blocks"], *(block for part in message.get("attachments", ()) for block in part["blocks"])]
    return [part["action_id"] for block in blocks if block["type"] == "actions" for part in block["elements"]]


def card_of(stage: Stage) -> Wire:
    """Give the only card in #ops, among what is shown there too."""
    (card,) = [item for item in stage.messages() if "attachments" in item]
    return card
