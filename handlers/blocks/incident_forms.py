"""The forms of incidents: opening one, an update, its severity, its roles, a link, and when to remind."""

import msgspec

from handlers.blocks.form import options
from handlers.blocks.incident import ROLE_NAMES, SEVERITIES, name_of
from handlers.blocks.text import Block, context, words
from handlers.blocks.view import field, form, option
from sickbay.incidents.lifecycle import TEXT, TITLE
from sickbay.incidents.model import Defaults, Incident, IncidentSeverity, Role
from sickbay.jobs.model import Destination

OPENING, UPDATING, JUDGING = "incident_opening", "incident_updating", "incident_judging"
ASSIGNING, LINKING, REMINDING = "incident_assigning", "incident_linking", "incident_reminding"
#: Block ids, each with an action of the same name in it.
NAME, SEVERITY, TARGET, SCOPE, OWN_CHANNEL = "title", "severity", "incident_target", "incident_scope", "own_channel"
TOLD, ADDRESS, LABEL, MINUTES = "told", "address", "label", "minutes"

_MINUTES = {"30 minutes": "30", "60 minutes": "60", "90 minutes": "90", "Never": "0"}


class Behind(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a form carries along: the channel and thread it came from, and the incident it is about.

    `holders` are the people that the form of the roles began with, in the order of Role.
    """

    channel: str
    thread_ts: str | None = None
    number: int = 0
    holders: tuple[str, ...] = ()

    @property
    def written(self) -> str:
        """Give it as a view's metadata."""
        return msgspec.json.encode(self).decode()


def behind(place: Destination, number: int = 0) -> Behind:
    """Give what a form that comes from there carries along."""
    return Behind(place.channel, place.thread_ts, number)


def opening_form(place: Destination, defaults: Defaults) -> Block:
    """Give the form of a new incident, which begins with what one has where nobody says otherwise."""
    target = {"type": "external_select", "action_id": TARGET, "min_query_length": 0, "placeholder": words("None")}
    scope = {"type": "plain_text_input", "action_id": SCOPE, "placeholder": words("payments/api"), "max_length": 250}
    box = [option("A channel of its own", OWN_CHANNEL)]
    own = {"type": "checkboxes", "action_id": OWN_CHANNEL, "options": box}
    own |= {"initial_options": box} if defaults.own_channel else {}
    return form(
        "Open an incident",
        [
            field("What is wrong", NAME, _text(NAME, TITLE)),
            field("Severity", SEVERITY, _severity(defaults.severity)),
            field("Target", TARGET, target, optional=True),
            field("Narrow it to", SCOPE, scope, optional=True),
            field("Where", OWN_CHANNEL, own, optional=True),
            context(
                "A card in this channel shows how it stands; people work in its thread. A target is diagnosed at once."
            ),
        ],
        callback_id=OPENING,
        submit="Open",
        metadata=behind(place).written,
    )


def update_form(incident: Incident, carried: Behind) -> Block:
    """Give the form of an update."""
    fields = [
        field("How does it stand", TOLD, _text(TOLD, TEXT, lines=True)),
        context(name_of(incident)),
    ]
    return form("Update", fields, callback_id=UPDATING, submit="Tell", metadata=carried.written)


def severity_form(incident: Incident, carried: Behind) -> Block:
    """Give the form of another severity."""
    fields = [field("Severity", SEVERITY, _severity(incident.severity)), context(name_of(incident))]
    return form("Severity", fields, callback_id=JUDGING, submit="Change", metadata=carried.written)


def roles_form(incident: Incident, carried: Behind) -> Block:
    """Give the form of the roles."""
    fields = []
    for role, name in ROLE_NAMES.items():
        element: Block = {"type": "users_select", "action_id": role.value, "placeholder": words("Nobody")}
        if incident.holder(role):
            element["initial_user"] = incident.holder(role)
        fields.append(field(name, role.value, element, optional=True))
    begun = msgspec.structs.replace(carried, holders=tuple(incident.holder(role) for role in Role))
    return form(
        "Roles", [*fields, context(name_of(incident))], callback_id=ASSIGNING, submit="Assign", metadata=begun.written
    )


def link_form(incident: Incident, carried: Behind) -> Block:
    """Give the form of a link."""
    address = {"type": "url_text_input", "action_id": ADDRESS, "placeholder": words("https://…")}
    fields = [field("Address", ADDRESS, address), field("Title", LABEL, _text(LABEL, 80), optional=True)]
    return form(
        "Add a link", [*fields, context(name_of(incident))], callback_id=LINKING, submit="Add", metadata=carried.written
    )


def remind_form(incident: Incident, carried: Behind) -> Block:
    """Give the form of the reminder."""
    choices = {value: option(text, value) for text, value in _MINUTES.items()}
    element = {"type": "static_select", "action_id": MINUTES, "options": list(choices.values())}
    now = choices.get(str(incident.remind_every))
    fields = [field("Without an update after", MINUTES, element | ({"initial_option": now} if now else {}))]
    return form(
        "Remind",
        [*fields, context(name_of(incident))],
        callback_id=REMINDING,
        submit="Remind",
        metadata=carried.written,
    )


def _severity(chosen: IncidentSeverity) -> Block:
    choices = options([severity.value for severity in SEVERITIES])
    initial = next(item for item in choices if item["value"] == chosen)
    return {"type": "static_select", "action_id": SEVERITY, "options": choices, "initial_option": initial}


def _text(action_id: str, most: int, *, lines: bool = False) -> Block:
    return {"type": "plain_text_input", "action_id": action_id, "max_length": most, "multiline": lines}
