"""The forms of incidents: what they offer, and their submission."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import msgspec
from slack_bolt import Ack, App

from handlers.blocks import incident_forms as forms
from handlers.blocks.form import options
from handlers.blocks.view import said
from handlers.guard import Asker
from handlers.incident_grammar import Titled
from handlers.incidents import IncidentDesk
from sickbay.incidents.database import DatabaseUnavailableError
from sickbay.incidents.lifecycle import IncidentError
from sickbay.incidents.model import IncidentSeverity, Role
from sickbay.jobs.model import Destination

#: Slack takes no more options at once.
_MOST = 100
Values = Mapping[str, Mapping[str, Any]]
#: The last is the form's id: sent again, it makes its move no second time.
Submit = Callable[[IncidentDesk, forms.Behind, Values, Asker, str], str | None]


def register(app: App, desk: IncidentDesk) -> None:
    """Listen to all of them."""
    app.options(forms.TARGET)(partial(offer_targets, desk=desk))
    app.view(forms.OPENING)(partial(open_incident, desk=desk))
    for callback_id, make in _SUBMITTED.items():
        app.view(callback_id)(partial(submit, make=make, desk=desk))


def offer_targets(ack: Ack, body: dict[str, Any], payload: dict[str, Any], desk: IncidentDesk) -> None:
    """Offer the targets on which the person may open an incident there."""
    typed = str(payload.get("value", "")).lower()
    names = desk.targets_for(Asker(body["user"]["id"], _behind(body).channel))
    ack(options=options([name for name in names if typed in name.lower()])[:_MOST])


def open_incident(ack: Ack, body: dict[str, Any], view: dict[str, Any], desk: IncidentDesk) -> None:
    """Open the incident; the form closes when it is open, and else says why not."""
    carried, values = _behind(body), view["state"]["values"]
    wanted = Titled(
        title=_text(values, forms.NAME),
        severity=IncidentSeverity(_chosen(values, forms.SEVERITY)),
        target=_chosen(values, forms.TARGET),
        scope="".join(_text(values, forms.SCOPE).split()),
        own_channel=bool(values[forms.OWN_CHANNEL][forms.OWN_CHANNEL].get("selected_options")),
    )
    try:
        notice = desk.open(
            wanted,
            asked_by=body["user"]["id"],
            destination=Destination(channel=carried.channel, thread_ts=carried.thread_ts),
            request_id=view["id"],
        )
    except (IncidentError, DatabaseUnavailableError) as error:
        notice = str(error)
    ack(response_action="update", view=said("Incident", notice)) if notice else ack()


def submit(ack: Ack, body: dict[str, Any], view: dict[str, Any], make: Submit, desk: IncidentDesk) -> None:
    """Make the move of a form."""
    carried = _behind(body)
    notice = make(desk, carried, view["state"]["values"], Asker(body["user"]["id"], carried.channel), view["id"])
    ack(response_action="update", view=said("Incident", notice)) if notice else ack()


def _updated(desk: IncidentDesk, carried: forms.Behind, values: Values, asker: Asker, form: str) -> str | None:
    return desk.say(f"{carried.number} update {_text(values, forms.TOLD)}", asker, form)


def _judged(desk: IncidentDesk, carried: forms.Behind, values: Values, asker: Asker, form: str) -> str | None:
    return desk.say(f"{carried.number} sev {_chosen(values, forms.SEVERITY)}", asker, form)


def _linked(desk: IncidentDesk, carried: forms.Behind, values: Values, asker: Asker, form: str) -> str | None:
    return desk.say(f"{carried.number} link {_text(values, forms.ADDRESS)} {_text(values, forms.LABEL)}", asker, form)


def _reminded(desk: IncidentDesk, carried: forms.Behind, values: Values, asker: Asker, form: str) -> str | None:
    return desk.say(f"{carried.number} remind {_chosen(values, forms.MINUTES)}", asker, form)


def _assigned(desk: IncidentDesk, carried: forms.Behind, values: Values, asker: Asker, form: str) -> str | None:
    """Assign what the person changed in the form: others may have assigned since. The first of refusals is told."""
    refusals = []
    for role, before in zip(Role, carried.holders, strict=True):
        user = str(values[role.value][role.value].get("selected_user") or "")
        if user != before:
            refusals.append(desk.assign(carried.number, role, user, asker, f"{form}:{role}"))
    return next((refusal for refusal in refusals if refusal), None)


_SUBMITTED: dict[str, Submit] = {
    forms.UPDATING: _updated,
    forms.JUDGING: _judged,
    forms.LINKING: _linked,
    forms.REMINDING: _reminded,
    forms.ASSIGNING: _assigned,
}


def _behind(body: Mapping[str, Any]) -> forms.Behind:
    return msgspec.json.decode(body["view"]["private_metadata"], type=forms.Behind)


def _text(values: Values, block: str) -> str:
    return str(values[block][block].get("value") or "")


def _chosen(values: Values, block: str) -> str:
    chosen = values[block][block].get("selected_option")
    return str(chosen["value"]) if chosen else ""
