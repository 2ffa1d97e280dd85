"""What tests and scripts do as a person, from any thread: each call returns once the app has answered it."""

import base64
from collections.abc import Callable, Coroutine, Iterator, Mapping
from typing import Any, TypeVar

from sickbay.simulator.events import Events
from sickbay.simulator.modals import Modals
from sickbay.simulator.page_api import PageApi
from sickbay.simulator.people import People
from sickbay.simulator.store import Store
from sickbay.simulator.wire import Wire, sequence

T = TypeVar("T")

#: What a control has when nobody has touched it: the key of its state, and the key of its initial value.
_UNTOUCHED = {
    "checkboxes": ("selected_options", "initial_options"),
    "datepicker": ("selected_date", "initial_date"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "external_select": ("selected_option", "initial_option"),
    "multi_external_select": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "radio_buttons": ("selected_option", "initial_option"),
    "static_select": ("selected_option", "initial_option"),
    "timepicker": ("selected_time", "initial_time"),
    "users_select": ("selected_user", "initial_user"),
}


class Acts:
    """Says, clicks, chooses, opens and submits. All raise SlackError where Slack's own client would refuse."""

    def __init__(
        self, store: Store, page: PageApi, people: People, modals: Modals, events: Events, wait: Callable[..., Any]
    ) -> None:
        self._store = store
        self._page = page
        self._people = people
        self._modals = modals
        self._events = events
        self._run: Callable[[Coroutine[Any, Any, Any]], Any] = wait

    def say(self, user: str, channel: str, text: str, thread_ts: str, files: Mapping[str, bytes]) -> str:
        """Type, with files by name; gives the message's ts, or nothing for a command."""
        parts = [{"name": name, "content": base64.b64encode(body).decode()} for name, body in files.items()]

        async def on_loop() -> str:
            return str(self._page.say(user, channel, text, thread_ts, parts).get("ts", ""))

        return str(self._run(on_loop()))

    def shortcut(self, user: str, callback_id: str, channel: str, ts: str) -> bool:
        """Use a shortcut, on a message where `ts` names one; says whether the app acknowledged."""
        where = self._store.channel(channel)["id"] if ts else ""
        return bool(self._run(self._people.shortcut(user, callback_id, where, ts)).acked)

    def click(
        self, user: str, action_id: str, block_id: str | None, place: Mapping[str, str], chosen: Mapping[str, Any]
    ) -> bool:
        """Click or choose in a message (`channel`, `ts`) or a view (`view_id`); says whether the app acknowledged."""

        async def on_loop() -> bool:
            blocks = self._blocks(user, place)
            block, element = _find(blocks, action_id, block_id)
            action = {key: element[key] for key in ("type", "action_id", "value", "text") if key in element}
            where = {key: value for key, value in place.items() if value}
            ack = await self._people.click(user, action | {"block_id": block} | dict(chosen), **where)
            return ack.acked

        return bool(self._run(on_loop()))

    def options(self, user: str, action_id: str, typed: str, place: Mapping[str, str]) -> list[Wire]:
        """Type into an external select; gives the options that the app offers, those of groups one after another."""

        async def on_loop() -> list[Wire]:
            block, _ = _find(self._blocks(user, place), action_id, None)
            asked = {"action_id": action_id, "block_id": block, "value": typed, "message_ts": place.get("ts", "")}
            answer = await self._people.options(user, asked | dict(place))
            groups = sequence(answer.get("option_groups")) or [answer]
            return [option for group in groups for option in sequence(group.get("options"))]

        found: list[Wire] = self._run(on_loop())
        return found

    def open_home(self, user: str, tab: str) -> None:
        """Look at the app's Home or Messages, and return once the app was told."""
        self._run(self._events.home_opened(self._store.user(user)["id"], tab))

    def home(self, user: str) -> Wire | None:
        """Give what the app has published for a person."""
        return self._copied(lambda: self._store.homes.get(self._store.user(user)["id"]))

    def modal(self, user: str) -> Wire | None:
        """Give the modal that a person sees: the uppermost."""

        def top() -> Wire | None:
            stack = self._store.stacks.get(self._store.user(user)["id"])
            return self._store.views[stack[-1]] if stack else None

        return self._copied(top)

    def submit(self, user: str, values: Mapping[str, Mapping[str, Wire]], view_id: str) -> tuple[bool, Wire]:
        """Submit a view with what was filled in; gives whether the app acknowledged, and its errors by block."""

        async def on_loop() -> tuple[bool, Wire]:
            state = _untouched(self._store.view(view_id))
            for block, controls in values.items():
                state.setdefault(block, {}).update(controls)
            ack, errors = await self._modals.submit(self._store.user(user), view_id, {"values": state})
            return ack.acked, errors

        acked, errors = self._run(on_loop())
        return bool(acked), dict(errors)

    def close(self, user: str, view_id: str, cleared: bool) -> None:
        """Close a view, or the whole stack."""
        self._run(self._modals.close(self._store.user(user), view_id, cleared=cleared))

    def _copied(self, give: Callable[[], Wire | None]) -> Wire | None:
        async def on_loop() -> Wire | None:
            found = give()
            return dict(found) if found else None

        copied: Wire | None = self._run(on_loop())
        return copied

    def _blocks(self, user: str, place: Mapping[str, str]) -> list[Wire]:
        if place.get("view_id"):
            blocks: list[Wire] = self._store.view(place["view_id"])["blocks"]
            return blocks
        to, ts = self._store.user(user)["id"], place["ts"]
        hidden = (item for item in self._store.ephemerals if item["ts"] == ts and item["to"] == to)
        message = next(hidden, None) or self._store.message(self._store.channel(place["channel"])["id"], ts)
        attached = (block for part in message.get("attachments", []) for block in part.get("blocks", []))
        return [*message.get("blocks", []), *attached]


def _elements(block: Wire) -> Iterator[Wire]:
    yield from block.get("elements", [])
    yield from (block[key] for key in ("accessory", "element") if key in block)


def _find(blocks: list[Wire], action_id: str, block_id: str | None) -> tuple[str, Wire]:
    for block in blocks:
        for element in _elements(block):
            if element.get("action_id") == action_id and block_id in {None, block.get("block_id")}:
                return block.get("block_id", ""), element
    raise LookupError(f"no {action_id} there")


def _untouched(view: Wire) -> dict[str, Wire]:
    """Give the state of a view's inputs before a person fills them in."""
    state: dict[str, Wire] = {}
    for block in view["blocks"]:
        for element in _elements(block):
            if "action_id" in element and element["type"] != "button":
                now, first = _UNTOUCHED.get(element["type"], ("value", "initial_value"))
                empty: list[Wire] | None = [] if now.endswith("s") else None
                value = {"type": element["type"], now: element.get(first, empty)}
                state.setdefault(block["block_id"], {})[element["action_id"]] = value
    return state
