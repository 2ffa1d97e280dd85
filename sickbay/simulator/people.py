"""What a person does in the workspace, and what the app answers: commands, messages, clicks, selects, shortcuts."""

import re
from typing import Any

from sickbay.simulator import files
from sickbay.simulator.delivery import Ack, Delivery
from sickbay.simulator.elements import offered_options
from sickbay.simulator.errors import SlackError
from sickbay.simulator.one_time import OneTime
from sickbay.simulator.responses import Responses
from sickbay.simulator.store import APP_ID, TEAM, Store
from sickbay.simulator.wire import Wire, mapping

_BROADCASTS = ("here", "channel", "everyone")
_MENTION = re.compile(r"(?<![\w<])[@#][\w-]*\w")


class People:
    """Turns what a person does into envelopes, and what the app answers into what the person sees."""

    def __init__(
        self, store: Store, delivery: Delivery, one_time: OneTime, responses: Responses, manifest: Wire, base_url: str
    ) -> None:
        self._store = store
        self._delivery = delivery
        self._one_time = one_time
        self._responses = responses
        self._base_url = base_url
        self.commands: list[Wire] = manifest.get("features", {}).get("slash_commands", [])
        self.shortcuts: list[Wire] = manifest.get("features", {}).get("shortcuts", [])

    def is_command(self, text: str) -> bool:
        """Say whether the text is a command and not a message."""
        return text.startswith("/")

    def check_command(self, text: str, thread_ts: str) -> None:
        """Refuse what Slack would refuse before the app hears of it. Raises SlackError with Slack's sentence."""
        name, _ = _command(text)
        if thread_ts:
            raise SlackError("not_supported_in_threads", messages=[f"{name} is not supported in threads. Sorry!"])
        if all(command["command"] != name for command in self.commands):
            raise SlackError("unknown_command", messages=[f"{name} is not a valid command."])

    async def command(self, user: str, channel: str, text: str) -> Ack:
        """Send a slash command and show its answer, or Slack's sentence where there was none."""
        name, words = _command(text)
        acting, where = self._store.user(user), self._store.channel(channel)
        payload: Wire = {
            "token": "local",
            "team_id": TEAM["id"],
            "team_domain": TEAM["domain"],
            "channel_id": where["id"],
            "channel_name": where["name"] or "directmessage",
            "user_id": acting["id"],
            "user_name": acting["name"],
            "command": name,
            "text": self._escaped(words, named=True) if self._escapes(name) else _entities(words),
            "api_app_id": APP_ID,
            "is_enterprise_install": "false",
            "response_url": self._response_url(where["id"], acting["id"]),
            "trigger_id": self._one_time.trigger(acting["id"]),
        }
        ack = await self._delivery.send("slash_commands", name, payload)
        if not ack.acked:
            error = "operation_timeout" if ack.connected else "dispatch_failed"
            self._failed(name, error, where["id"], acting["id"])
        elif ack.payload:
            self._show(name, ack.payload, where["id"], acting["id"])
        return ack

    def _show(self, name: str, payload: Any, channel: str, user: str) -> None:
        """Show what the app answered a command with, or to the person alone why Slack would not."""
        try:
            answer = {"text": payload} if isinstance(payload, str) else mapping(payload)
            self._responses.show(answer, channel=channel, user=user)
        except SlackError as error:
            self._failed(name, error.code, channel, user)

    def _failed(self, name: str, error: str, channel: str, user: str) -> None:
        failed = {"type": "command_failed", "channel": channel, "command": name}
        self._store.tell(failed | {"message": f'{name} failed with the error "{error}"'}, user)

    def message(self, user: str, channel: str, text: str, thread_ts: str, parts: list[Wire] | None = None) -> Wire:
        """Post what a person says, with the `parts` as files. Raises SlackError."""
        acting, where = self._store.user(user), self._store.channel(channel)
        if acting["id"] not in where["members"]:
            raise SlackError("not_in_channel")
        if where["is_archived"]:
            raise SlackError("is_archived")
        said: Wire = {"user": acting["id"], "team": TEAM["id"], "text": self._escaped(text)}
        if thread_ts:
            answered = self._store.message(where["id"], thread_ts)
            said["thread_ts"] = answered.get("thread_ts", answered["ts"])
        if parts:
            shared = files.attached(self._store, self._base_url, user=acting["id"], parts=parts)
            said |= {"subtype": "file_share", "files": shared, "upload": False, "display_as_bot": False}
        return self._store.post(where["id"], said)

    async def click(
        self, user: str, action: Wire, *, channel: str = "", ts: str = "", view_id: str = "", state: Any = None
    ) -> Ack:
        """Send a click on something in a message or a view. Raises SlackError."""
        acting = self._store.user(user)
        payload = self._interaction("block_actions", acting) | {
            "actions": [action | {"action_ts": self._store.ts()}],
            "state": state or {"values": {}},
        }
        if view_id:
            view = self._store.view(view_id)
            payload |= {"container": {"type": "view", "view_id": view_id}, "view": view}
        else:
            payload |= self._message_context(acting["id"], channel, ts)
        return await self._delivery.send("interactive", f"block_actions {action.get('action_id', '')}", payload)

    async def options(self, user: str, asked: Wire) -> Wire:
        """Ask the app for a select's options; gives what it offers, or `refused`, what Slack would not show of it.

        `acked` says whether the app answered at all. Raises SlackError.
        """
        acting = self._store.user(user)
        payload = self._interaction("block_suggestion", acting) | {
            key: asked[key] for key in ("action_id", "block_id", "value")
        }
        if asked.get("view_id"):
            view = self._store.view(asked["view_id"])
            payload |= {"container": {"type": "view", "view_id": view["id"]}, "view": view}
        else:
            payload |= self._message_context(acting["id"], asked["channel"], asked["message_ts"])
        ack = await self._delivery.send("interactive", f"block_suggestion {asked['action_id']}", payload)
        offered = mapping(ack.payload)
        wrong = [f"{what} [json-pointer:{where}]" for what, where in offered_options(offered)]
        return {"acked": ack.acked, "refused": wrong} | ({} if wrong else offered)

    async def shortcut(self, user: str, callback_id: str, channel: str, ts: str) -> Ack:
        """Send a shortcut, on a message where `ts` names one. Raises SlackError."""
        acting = self._store.user(user)
        kind = "message_action" if ts else "shortcut"
        payload = self._interaction(kind, acting) | {"callback_id": callback_id, "action_ts": self._store.ts()}
        if ts:
            context = self._message_context(acting["id"], channel, ts)
            payload |= {key: context[key] for key in ("channel", "message", "response_url")} | {"message_ts": ts}
        return await self._delivery.send("interactive", f"{kind} {callback_id}", payload)

    def _interaction(self, kind: str, user: Wire) -> Wire:
        return {
            "type": kind,
            "token": "local",
            "api_app_id": APP_ID,
            "team": {"id": TEAM["id"], "domain": TEAM["domain"]},
            "enterprise": None,
            "is_enterprise_install": False,
            "user": {"id": user["id"], "username": user["name"], "name": user["name"], "team_id": TEAM["id"]},
            "trigger_id": self._one_time.trigger(user["id"]),
        }

    def _message_context(self, user: str, channel: str, ts: str) -> Wire:
        where = self._store.channel(channel)
        hidden = next((item for item in self._store.ephemerals if item["ts"] == ts and item["to"] == user), None)
        message = hidden or self._store.message(where["id"], ts)
        thread_ts = message.get("thread_ts", "")
        container = {"type": "message", "message_ts": ts, "channel_id": where["id"], "is_ephemeral": bool(hidden)}
        url = self._response_url(where["id"], user, message_ts=ts, ephemeral=bool(hidden), thread_ts=thread_ts)
        return {
            "container": container | ({"thread_ts": thread_ts} if thread_ts else {}),
            "channel": {"id": where["id"], "name": where["name"] or "directmessage"},
            "message": message,
            "response_url": url,
        }

    def _response_url(
        self, channel: str, user: str, *, message_ts: str = "", ephemeral: bool = False, thread_ts: str = ""
    ) -> str:
        key = self._one_time.response(channel, user, message_ts=message_ts, ephemeral=ephemeral, thread_ts=thread_ts)
        return f"{self._base_url}/hooks/{key}"

    def _escapes(self, name: str) -> bool:
        """Say whether the manifest wants a command's mentions as Slack's ids."""
        return any(command["command"] == name and command.get("should_escape") for command in self.commands)

    def _escaped(self, text: str, *, named: bool = False) -> str:
        """Write text as Slack stores it: entities, mentions of who and what is there, in commands with their names."""
        known = {f"@{word}": f"<!{word}>" for word in _BROADCASTS}
        for user in self._store.users.values():
            known[f"@{user['name']}"] = f"<@{user['id']}|{user['name']}>" if named else f"<@{user['id']}>"
        for group in self._store.usergroups.values():
            handle = f"@{group['handle']}"
            known[handle] = f"<!subteam^{group['id']}|{handle}>" if named else f"<!subteam^{group['id']}>"
        for item in self._store.channels.values():
            if item["name"]:
                known[f"#{item['name']}"] = f"<#{item['id']}|{item['name']}>"
        return _MENTION.sub(lambda match: known.get(match[0], match[0]), _entities(text))


def _command(text: str) -> tuple[str, str]:
    """Split what a person typed into the command's name and its words."""
    name, *words = text.split(maxsplit=1)
    return name, words[0].strip() if words else ""


def _entities(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
