"""The buttons of an incident's card, and of a reminder: moves at once, or the form of one."""

from collections.abc import Callable
from functools import partial
from typing import Any

from slack_bolt import Ack, App, Respond
from slack_sdk import WebClient

from handlers.blocks import incident as card
from handlers.blocks.incident_forms import behind, link_form, remind_form, roles_form, severity_form, update_form
from handlers.clicks import asker_of, show, thread_of
from handlers.guard import Asker
from handlers.incidents import IncidentDesk
from sickbay.incidents.model import IncidentState

_FORMS = {card.SEVERITY: severity_form, card.ROLES: roles_form, card.REMINDER: remind_form, card.ADD_LINK: link_form}

Move = Callable[[IncidentDesk, int, str, Asker], str | None]


def register(app: App, desk: IncidentDesk) -> None:
    """Listen to each."""
    for action_id, move in _MOVES.items():
        app.action(action_id)(partial(press, move=move, desk=desk))
    app.action(card.UPDATE)(partial(open_update, desk=desk))
    app.action(card.MORE)(partial(choose, desk=desk))


def press(
    ack: Ack, body: dict[str, Any], action: dict[str, Any], respond: Respond, move: Move, desk: IncidentDesk
) -> None:
    """Make the move of a button."""
    number, _, word = action["value"].partition(" ")
    notice = move(desk, int(number), word, asker_of(body))
    ack()
    if notice:
        respond(notice, replace_original=False)


def open_update(
    ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, respond: Respond, desk: IncidentDesk
) -> None:
    """Open the form of an update."""
    ack()
    incident = desk.changeable(int(action["value"]), asker_of(body))
    carried = behind(thread_of(body), int(action["value"]))
    show(body, client, respond, incident if isinstance(incident, str) else update_form(incident, carried))


def choose(
    ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient, respond: Respond, desk: IncidentDesk
) -> None:
    """Open what was chosen in the menu."""
    ack()
    number, _, word = action["selected_option"]["value"].partition(" ")
    place = thread_of(body)
    if word == card.TIMELINE:
        said = desk.take(f"{number} timeline", asked_by=body["user"]["id"], destination=place, request_id="")
        respond(said or "", replace_original=False)
        return
    incident = desk.changeable(int(number), asker_of(body))
    carried = behind(place, int(number))
    show(body, client, respond, incident if isinstance(incident, str) else _FORMS[word](incident, carried))


def _say(verb: str, desk: IncidentDesk, number: int, word: str, asker: Asker) -> str | None:
    return desk.say(f"{number} {verb} {word}", asker)


_MOVES: dict[str, Move] = {
    card.TAKE: lambda desk, number, _word, asker: desk.lead(number, asker),
    card.TO_STATE: lambda desk, number, word, asker: desk.advance(number, IncidentState(word), asker),
    card.RESOLVE: partial(_say, "resolve"),
    card.REOPEN: partial(_say, "reopen"),
    **dict.fromkeys(card.REMIND.values(), partial(_say, "remind")),
    card.POSTMORTEM: partial(_say, "postmortem"),
}
