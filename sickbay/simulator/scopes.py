"""Which scope of the bot's token each method and event takes, and which the app was granted.

Sources: docs.slack.dev (each method's and each event's page), as of 2026.
"""

from collections.abc import Mapping

from sickbay.simulator.errors import SlackError
from sickbay.simulator.wire import Wire, mapping, sequence

#: Methods that take one of these scopes.
_METHODS: Mapping[str, tuple[str, ...]] = {
    "assistant.threads.setStatus": ("assistant:write", "chat:write"),
    "assistant.threads.setSuggestedPrompts": ("assistant:write", "chat:write"),
    "assistant.threads.setTitle": ("assistant:write", "chat:write"),
    "bookmarks.add": ("bookmarks:write",),
    "bookmarks.edit": ("bookmarks:write",),
    "bookmarks.list": ("bookmarks:read",),
    "bookmarks.remove": ("bookmarks:write",),
    "bots.info": ("users:read",),
    "chat.appendStream": ("chat:write",),
    "chat.delete": ("chat:write",),
    "chat.deleteScheduledMessage": ("chat:write",),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.scheduleMessage": ("chat:write",),
    "chat.startStream": ("chat:write",),
    "chat.stopStream": ("chat:write",),
    "chat.unfurl": ("links:write",),
    "chat.update": ("chat:write",),
    "conversations.canvases.create": ("canvases:write",),
    "emoji.list": ("emoji:read",),
    "files.completeUploadExternal": ("files:write",),
    "files.delete": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "files.info": ("files:read",),
    "files.list": ("files:read",),
    "pins.add": ("pins:write",),
    "pins.list": ("pins:read",),
    "pins.remove": ("pins:write",),
    "reactions.add": ("reactions:write",),
    "reactions.get": ("reactions:read",),
    "reactions.remove": ("reactions:write",),
    "team.info": ("team:read",),
    "usergroups.list": ("usergroups:read",),
    "usergroups.users.list": ("usergroups:read",),
    "users.info": ("users:read",),
    "users.list": ("users:read",),
    "users.lookupByEmail": ("users:read.email",),
}
#: Methods that take a scope of the kind of conversation: `channels:`, `groups:` or `im:`.
_OF_A_KIND: Mapping[str, str] = {
    "conversations.archive": "manage",
    "conversations.create": "manage",
    "conversations.history": "history",
    "conversations.info": "read",
    "conversations.invite": "manage",
    "conversations.join": "join",
    "conversations.kick": "manage",
    "conversations.list": "read",
    "conversations.members": "read",
    "conversations.open": "write",
    "conversations.rename": "manage",
    "conversations.replies": "history",
    "conversations.setPurpose": "manage",
    "conversations.setTopic": "manage",
    "conversations.unarchive": "manage",
    "users.conversations": "read",
}
#: Finer scopes that do as well as `channels:manage`; of a private channel it is `groups:write`.
_MANAGE: Mapping[str, str] = {
    "conversations.invite": "write.invites",
    "conversations.setPurpose": "write.topic",
    "conversations.setTopic": "write.topic",
}
_EVENTS: Mapping[str, str] = {
    "app_mention": "app_mentions:read",
    "link_shared": "links:read",
    "member_joined_channel": "channels:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "pin_added": "pins:read",
    "pin_removed": "pins:read",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
}
#: What lets an app post in public channels of which it is no member. Only who names it has it.
POST_ANYWHERE = "chat:write.public"


def needed(method: str, kind: str = "channels") -> tuple[str, ...]:
    """Give the scopes of which a method takes one, in a conversation of this kind; none where it takes none."""
    if method not in _OF_A_KIND:
        return _METHODS.get(method, ())
    what = _OF_A_KIND[method]
    if what == "write":
        return ("im:write", "mpim:write")
    if what == "join":
        return ("channels:join",)
    if what != "manage":
        return (f"{kind}:{what}",)
    finer = (f"{kind}:{_MANAGE[method]}",) if method in _MANAGE else ()
    return (("channels:manage" if kind == "channels" else f"{kind}:write"), *finer)


_ALL = frozenset(
    {scope for method in _METHODS for scope in needed(method)}
    | {scope for method in _OF_A_KIND for kind in ("channels", "groups", "im") for scope in needed(method, kind)}
    | set(_EVENTS.values())
    | {"commands"}
)


class Scopes:
    """What the app was granted: the scopes of its manifest, or, where that names none, all of them."""

    def __init__(self, manifest: Wire, missing: set[str]) -> None:
        named = mapping(mapping(manifest.get("oauth_config")).get("scopes")).get("bot")
        self._granted = _ALL if named is None else frozenset(map(str, sequence(named)))
        #: Taken away by a test; looked at anew each time.
        self._missing = missing

    @property
    def granted(self) -> frozenset[str]:
        """Give the scopes of the bot's token."""
        return self._granted - self._missing

    def check(self, method: str, kind: str = "channels") -> None:
        """Refuse a call of a method in a conversation of this kind. Raises SlackError as Slack does."""
        wanted = needed(method, kind)
        if wanted and not self.granted & set(wanted):
            told = {"needed": wanted[0], "provided": ",".join(sorted(self.granted))}
            raise SlackError("missing_scope", more=told)

    def hears(self, event: str) -> bool:
        """Say whether the app may be told of an event, named as in its manifest."""
        return _EVENTS.get(event) in {None, *self.granted}


def kind_of(channel: Wire | None) -> str:
    """Give how Slack's scopes call a conversation: `channels`, `groups` or `im`."""
    if channel is None or not channel["is_private"]:
        return "channels"
    return "im" if channel["is_im"] else "groups"
