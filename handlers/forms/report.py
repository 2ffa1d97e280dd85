"""The form of a scheduled report: what it offers, and its submission, which says what was understood."""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import msgspec
from slack_bolt import Ack, App

from handlers.blocks import notices
from handlers.blocks import report_forms as forms
from handlers.blocks.form import options
from handlers.blocks.view import said
from handlers.grammar import GrammarError
from handlers.guard import Asker
from handlers.report_grammar import Wanted, wanted
from handlers.reports import Answer, NotTakenError, ReportDesk
from sickbay.incidents.database import DatabaseUnavailableError
from sickbay.incidents.heard import WhenError
from sickbay.incidents.schedule import ScheduleError
from sickbay.incidents.time_zones import TimeZoneError, one_zone

#: Slack takes no more options at once.
_MOST = 100
_CODE = re.compile(r"`([^`]*)`")
Values = Mapping[str, Mapping[str, Any]]
Submit = Callable[[ReportDesk, Wanted, forms.Behind, Asker, str], Answer]


def register(app: App, desk: ReportDesk) -> None:
    """Listen to both forms, and to what is typed in their menu."""
    app.options(forms.TARGETS)(partial(offer_targets, desk=desk))
    for callback_id, take in _SUBMITTED.items():
        app.view(callback_id)(partial(submit, take=take, desk=desk))


def offer_targets(ack: Ack, body: dict[str, Any], payload: dict[str, Any], desk: ReportDesk) -> None:
    """Offer what the person may have a report of there."""
    typed = str(payload.get("value", "")).lower()
    names = desk.offered(Asker(body["user"]["id"], _behind(body).channel))
    ack(options=options([name for name in names if typed in name.lower()])[:_MOST])


def submit(ack: Ack, body: dict[str, Any], view: dict[str, Any], take: Submit, desk: ReportDesk) -> None:
    """Take the form; it then says what was understood, or beside its fields what was not."""
    carried = _behind(body)
    try:
        new = _changed(view) if carried.number else _wanted(view["state"]["values"])
        answer = take(desk, new, carried, Asker(body["user"]["id"], carried.channel), view["id"])
    except WhenError as error:
        ack(response_action="errors", errors={forms.WHEN: _literal(error)})
    except TimeZoneError as error:
        ack(response_action="errors", errors={forms.ZONE: _literal(error)})
    except GrammarError as error:
        ack(response_action="errors", errors={forms.TARGETS: _literal(error)})
    except (NotTakenError, ScheduleError, DatabaseUnavailableError) as error:
        # Above the form, which keeps what was filled in.
        unavailable = isinstance(error, DatabaseUnavailableError)
        text = notices.database_unavailable(str(error)) if unavailable else str(error)
        ack(response_action="push", view=said("Report", text))
    else:
        ack(response_action="update", view=said("Report", answer.text))


_SUBMITTED: dict[str, Submit] = {
    forms.ADDING: lambda desk, new, _carried, asker, request_id: desk.add(new, asker, request_id),
    forms.EDITING: lambda desk, new, carried, asker, _request_id: desk.edit(carried.number, new, asker),
}


def _wanted(values: Values) -> Wanted:
    """Give what the form says. Raises GrammarError, TimeZoneError."""
    chosen = values[forms.TARGETS][forms.TARGETS].get("selected_options") or []
    return msgspec.structs.replace(
        wanted(",".join(item["value"] for item in chosen), ()),
        when=str(values[forms.WHEN][forms.WHEN].get("value") or ""),
        time_zone=one_zone(str(values[forms.ZONE][forms.ZONE].get("value") or "")),
        channel=str(values[forms.CHANNEL][forms.CHANNEL].get("selected_conversation") or ""),
        quiet=bool(values[forms.QUIET][forms.QUIET].get("selected_options")),
    )


def _changed(view: Mapping[str, Any]) -> Wanted:
    """Give what is otherwise than when the form was opened: what another changed since stays. Raises as `_wanted`."""
    new = _wanted(view["state"]["values"])
    try:
        shown = _wanted(_initial(view["blocks"]))
    except (GrammarError, TimeZoneError):
        return new
    return Wanted(
        **{name: value for name, value in msgspec.structs.asdict(new).items() if value != getattr(shown, name)}
    )


def _initial(blocks: Sequence[Mapping[str, Any]]) -> Values:
    """Give what the fields had when the form was opened, as a submission has it."""
    elements = {block["block_id"]: block["element"] for block in blocks if block["type"] == "input"}
    return {
        name: {
            name: {
                "value": element.get("initial_value"),
                "selected_options": element.get("initial_options"),
                "selected_conversation": element.get("initial_conversation"),
            }
        }
        for name, element in elements.items()
    }


def _behind(body: Mapping[str, Any]) -> forms.Behind:
    return msgspec.json.decode(body["view"]["private_metadata"], type=forms.Behind)


def _literal(error: Exception) -> str:
    """Give the sentence for a place where nothing is code."""
    return _CODE.sub("\N{LEFT DOUBLE QUOTATION MARK}\\1\N{RIGHT DOUBLE QUOTATION MARK}", str(error))
