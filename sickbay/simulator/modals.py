"""Views: opened and pushed by the app, submitted and closed by a person, and the app's answer to a submission."""

import secrets

from sickbay.simulator.delivery import Ack, Delivery
from sickbay.simulator.errors import SlackError
from sickbay.simulator.limits import check_view
from sickbay.simulator.one_time import OneTime
from sickbay.simulator.responses import named
from sickbay.simulator.store import APP_ID, BOT_ID, TEAM, Store
from sickbay.simulator.wire import Wire, mapping

_DEEPEST = 3
_PARTS = frozenset(
    [
        "type", "title", "blocks", "submit", "close", "private_metadata", "callback_id", "external_id",
        "notify_on_close", "clear_on_close", "submit_disabled",
    ]
)  # fmt: skip
#: What a view has where the app does not say otherwise.
_EMPTY = {"private_metadata": "", "callback_id": "", "notify_on_close": False, "clear_on_close": False}


class Modals:
    """Keeps each person's stack of modals and their Home."""

    def __init__(self, store: Store, delivery: Delivery, one_time: OneTime) -> None:
        self._store = store
        self._delivery = delivery
        self._one_time = one_time

    def open(self, trigger: str, view: Wire) -> Wire:
        """Open a modal for whoever acted. Raises SlackError."""
        check_view(view)
        user = self._one_time.pull(trigger)
        for view_id in self._stack(user):
            self._remove(user, view_id)
        return self._push(user, view)

    def push(self, trigger: str, view: Wire) -> Wire:
        """Open a modal on top of that person's others. Raises SlackError."""
        check_view(view)
        return self._push(self._one_time.pull(trigger), view)

    def update(self, view_id: str, view: Wire, digest: str = "", external_id: str = "") -> Wire:
        """Replace what a view shows; `external_id` is the app's own name of it. Raises SlackError."""
        known = self._store.views.get(view_id) or self._named(external_id)
        if known is None:
            raise SlackError("not_found")
        if digest and digest != known["hash"]:
            raise SlackError("hash_conflict")
        check_view(view)
        # Nothing of the old view stays: one without `submit` has no such button any more.
        for part in _PARTS - {"external_id"}:
            known.pop(part, None)
        known.update(_EMPTY | _parts(view) | {"hash": _hash(), "blocks": named(self._store, view["blocks"])})
        depth = self._stack(known["user"]).index(known["id"]) + 1
        self._store.tell({"type": "view", "view": known, "stack": depth}, known["user"])
        return known

    def publish(self, user: str, view: Wire, digest: str = "") -> Wire:
        """Show a person's Home. Raises SlackError."""
        check_view(view, home=True)
        person = self._store.user(user)["id"]
        if digest and digest != self._store.homes.get(person, {}).get("hash"):
            raise SlackError("hash_conflict")
        known = self._store.homes.get(person)
        # A Home stays the same view, so that what is clicked while it is published anew is still there.
        home = self._made(person, view) | ({"id": known["id"]} if known else {})
        self._store.homes[person] = home
        self._store.tell({"type": "home", "view": home}, home["user"])
        return home

    async def submit(self, user: Wire, view_id: str, state: Wire) -> tuple[Ack, Wire]:
        """Send what a person filled in, and do what the app answers; gives the errors by block, if there are any."""
        view = self._store.view(view_id)
        view["state"] = state
        payload = self._payload("view_submission", user, view) | {"response_urls": []}
        payload["trigger_id"] = self._one_time.trigger(user["id"])
        ack = await self._delivery.send("interactive", f"view_submission {view.get('callback_id', '')}", payload)
        answer = ack.payload if isinstance(ack.payload, dict) else {}
        action = answer.get("response_action")
        if not ack.acked or action == "errors":
            return ack, mapping(answer.get("errors"))
        if action in {"update", "push"}:
            check_view(mapping(answer.get("view")))
        if action == "update":
            self.update(view_id, answer["view"])
        elif action == "push":
            self._push(user["id"], answer["view"])
        else:
            for closed in self._stack(user["id"]) if action == "clear" else [view_id]:
                self._remove(user["id"], closed)
        return ack, {}

    async def close(self, user: Wire, view_id: str, *, cleared: bool = False) -> None:
        """Close a view, or with `cleared` the whole stack, and tell the app of those of which it asked to know.

        Raises SlackError where there is no such view.
        """
        view = self._store.view(view_id)
        cleared = cleared or bool(view.get("clear_on_close"))
        closed = [self._store.views[item] for item in self._stack(user["id"])[::-1]] if cleared else [view]
        for view in closed:
            self._remove(user["id"], view["id"])
        for view in closed:
            if view.get("notify_on_close"):
                payload = self._payload("view_closed", user, view) | {"is_cleared": cleared}
                await self._delivery.send("interactive", f"view_closed {view.get('callback_id', '')}", payload)

    def _push(self, user: str, view: Wire) -> Wire:
        if view.get("external_id") and self._named(view["external_id"]):
            raise SlackError("duplicate_external_id")
        stack = self._store.stacks.setdefault(user, [])
        if len(stack) >= _DEEPEST:
            raise SlackError("push_limit_reached")
        made = self._made(user, view)
        made |= {"root_view_id": stack[0] if stack else made["id"], "previous_view_id": stack[-1] if stack else None}
        stack.append(made["id"])
        self._store.views[made["id"]] = made
        self._store.tell({"type": "view", "view": made, "stack": len(stack)}, user)
        return made

    def _made(self, user: str, view: Wire) -> Wire:
        made: Wire = _EMPTY | {"external_id": "", "state": {"values": {}}} | _parts(view)
        return made | {
            "blocks": named(self._store, view["blocks"]),
            "id": self._store.id("V"),
            "team_id": TEAM["id"],
            "app_id": APP_ID,
            "bot_id": BOT_ID,
            "app_installed_team_id": TEAM["id"],
            "hash": _hash(),
            "user": user,
        }

    def _named(self, external_id: str) -> Wire | None:
        views = self._store.views.values()
        return next((view for view in views if external_id and view["external_id"] == external_id), None)

    def _stack(self, user: str) -> list[str]:
        return list(self._store.stacks.get(user, []))

    def _remove(self, user: str, view_id: str) -> None:
        self._store.stacks[user] = [item for item in self._stack(user) if item != view_id]
        self._store.views.pop(view_id, None)
        self._store.tell({"type": "view_closed", "view_id": view_id}, user)

    def _payload(self, kind: str, user: Wire, view: Wire) -> Wire:
        return {
            "type": kind,
            "token": "local",
            "api_app_id": APP_ID,
            "team": {"id": TEAM["id"], "domain": TEAM["domain"]},
            "enterprise": None,
            "is_enterprise_install": False,
            "user": {"id": user["id"], "username": user["name"], "name": user["name"], "team_id": TEAM["id"]},
            # The log keeps what was sent, though the app has the view show something else meanwhile.
            "view": dict(view),
        }


def _parts(view: Wire) -> Wire:
    """Give what an app may say of a view, and not what the workspace does: its id, owner and state."""
    return {key: value for key, value in view.items() if key in _PARTS and value is not None}


def _hash() -> str:
    return secrets.token_hex(8)
