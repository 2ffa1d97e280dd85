"""The form of a diagnosis: what it offers while one types, what a choice changes in it, and its submission."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import msgspec
from slack_bolt import Ack, App
from slack_sdk import WebClient

from handlers.blocks.form import AUDIT, CHANNEL, CLUE, ELSE, FORM, SCOPE, TARGET, WINDOW, Place, diagnosis_form, options
from handlers.blocks.view import said
from handlers.desk import Desk
from handlers.grammar import Ask
from handlers.guard import Asker
from sickbay.diagnostics.targets import Request
from sickbay.jobs.model import Destination
from sickbay.settings.durations import parse_duration

#: Slack takes no more options at once.
_MOST = 100


def register(app: App, desk: Desk) -> None:
    """Listen to all that happens in the form."""
    app.options(TARGET)(partial(offer_targets, desk=desk))
    app.options(SCOPE)(partial(offer_scopes, desk=desk))
    app.action(TARGET)(choose_target)
    app.action(CLUE)(choose_clue)
    app.view(FORM)(partial(submit, desk=desk))


def offer_targets(ack: Ack, body: dict[str, Any], payload: dict[str, Any], desk: Desk) -> None:
    """Offer the targets whose name or platform holds what is typed."""
    typed = str(payload.get("value", "")).lower()
    known = desk.targets_for(Asker(body["user"]["id"], _place(body).channel))
    fits = [name for name, target in known.items() if typed in name.lower() or typed in target.platform]
    ack(options=options(fits)[:_MOST])


def offer_scopes(ack: Ack, body: dict[str, Any], payload: dict[str, Any], desk: Desk) -> None:
    """Offer what the target's last diagnosis found, and what is typed as it is."""
    typed = "".join(str(payload.get("value", "")).split())
    place = _place(body)
    known = desk.scopes(Asker(body["user"]["id"], place.channel), place.target)
    fits = [scope for scope in known if typed.lower() in scope.lower()]
    ack(options=options([*([typed] if typed and typed not in fits else []), *fits])[:_MOST])


def choose_target(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
    """Offer the scopes of the target that was chosen."""
    ack()
    _redraw(body, client, target=action["selected_option"]["value"])


def choose_clue(ack: Ack, body: dict[str, Any], action: dict[str, Any], client: WebClient) -> None:
    """Show the fields when none of the clues is meant."""
    ack()
    if action["selected_option"]["value"] == ELSE:
        _redraw(body, client, clues=())


def submit(ack: Ack, body: dict[str, Any], view: dict[str, Any], desk: Desk) -> None:
    """Submit the job; the form closes when it is accepted, and else says why not."""
    place, values = _place(body), view["state"]["values"]
    window, audit = _chosen(values, WINDOW), _one(values, AUDIT).get("selected_options")
    request = Request(window=parse_duration(window), audit=bool(audit))
    clue = _chosen(values, CLUE)
    if clue == ELSE:
        ack(response_action="update", view=diagnosis_form(msgspec.structs.replace(place, clues=())))
        return
    target, scope = _chosen(values, TARGET), _chosen(values, SCOPE)
    if clue:
        target, scope = place.clues[int(clue)].target, place.clues[int(clue)].scope
    urls = {item["channel_id"]: item["response_url"] for item in body.get("response_urls") or ()}
    channel = place.channel or _one(values, CHANNEL)["selected_conversation"]
    notice = desk.ask(
        Ask(target=target, request=msgspec.structs.replace(request, scope=scope)),
        asked_by=body["user"]["id"],
        destination=Destination(
            channel=channel, thread_ts=place.thread_ts, response_url=place.response_url or urls.get(channel)
        ),
        request_id=view["id"],
    )
    ack(response_action="update", view=said("Diagnose", notice)) if notice else ack()


def _place(body: Mapping[str, Any]) -> Place:
    return msgspec.json.decode(body["view"]["private_metadata"], type=Place)


def _redraw(body: dict[str, Any], client: WebClient, **changes: object) -> None:
    view = diagnosis_form(msgspec.structs.replace(_place(body), **changes))
    client.views_update(view_id=body["view"]["id"], hash=body["view"]["hash"], view=view)


def _one(values: Mapping[str, Any], block: str) -> dict[str, Any]:
    """Give the state of the field in a block; a scope's block is named for its target too."""
    found = [fields[block] for name, fields in values.items() if name.partition(":")[0] == block and block in fields]
    return dict(found[0]) if found else {}


def _chosen(values: Mapping[str, Any], block: str) -> str:
    option = _one(values, block).get("selected_option")
    return str(option["value"]) if option else ""
