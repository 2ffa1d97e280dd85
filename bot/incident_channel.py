"""The channel that an incident may have for itself: created, with its people in it, its topic, its card, its links."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from functools import partial

import structlog

from bot.rate_limit import RateLimit, seldom
from bot.showing import take_turn
from bot.shown import Memory, Shown
from bot.slack import NameRefusedError, Slack
from handlers.blocks.incident_news import topic
from sickbay.diagnostics.errors import PermanentError
from sickbay.incidents.lifecycle import is_person
from sickbay.incidents.model import Incident, Role

log = structlog.get_logger()

#: Characters of a channel's name; a suffix needs three of Slack's 80.
_NAME = 77
#: Names that are tried when others have the first ones.
_TRIES = 9
#: Characters of a bookmark's title.
_TITLE = 100
_CHANNEL = "channel"
_UNFIT = re.compile(r"[^a-z0-9]+")


def channel_names(incident: Incident) -> Iterator[str]:
    """Yield the names that its channel may have, the best first: `inc-42-checkout-5xx`, then shorter ones, then others.

    Of letters that Slack does not take in a name, accents are left out, and all others are hyphens.
    """
    latin = unicodedata.normalize("NFKD", incident.title.lower())
    words = _UNFIT.sub("-", "".join(letter for letter in latin if not unicodedata.combining(letter)))
    name = f"inc-{incident.number}-{words.strip('-')}"[:_NAME].strip("-")
    yield name
    yield f"inc-{incident.number}"
    for number in range(2, _TRIES):
        yield f"{name}-{number}"


def create_channel(slack: Slack, limit: RateLimit, memory: Memory, incident: Incident) -> str:
    """Give the id of its channel, created where there is none yet. Raises PermanentError where it cannot have one.

    One whose creation got no answer may stay behind empty: to look for it would take a scope to list all channels.
    """
    made = memory.get(_CHANNEL)
    if made:
        return made.ts
    for name in dict.fromkeys(channel_names(incident)):
        take_turn(limit, seldom("conversations.create"))
        try:
            return memory.put(_CHANNEL, Shown(ts=slack.create_channel(name))).ts
        except NameRefusedError as error:
            log.info("another name is tried", incident=incident.number, name=name, error=str(error))
    raise PermanentError("Slack takes none of its names")


def furnish(slack: Slack, limit: RateLimit, memory: Memory, incident: Incident) -> None:
    """Pin its card, invite its people, set its topic, put its links above it. Raises TemporaryError.

    What Slack refuses for good is logged, and left.
    """
    channel, title = incident.channel, topic(incident)
    once = partial(_once, limit, memory)
    once("pins.add", "pinned", incident.thread_ts, partial(slack.pin, channel, incident.thread_ts))
    for user in dict.fromkeys((incident.opened_by, *(incident.holder(role) for role in Role))):
        if is_person(user):
            once("conversations.invite", f"invited:{user}", user, partial(slack.invite, channel, user))
    once("conversations.setTopic", "topic", title, partial(slack.set_topic, channel, title))
    for link in incident.links:
        act = partial(slack.bookmark, channel, link.title[:_TITLE], link.url)
        once("bookmarks.add", f"bookmark:{link.url}", link.url, act)


def _once(limit: RateLimit, memory: Memory, method: str, key: str, value: str, act: Callable[[], None]) -> None:
    """Do it, unless it was done with this value."""
    known = memory.get(key)
    if known and known.hash == value:
        return
    take_turn(limit, seldom(method))
    try:
        act()
    except PermanentError as error:
        log.warning("an incident's channel lacks something", what=key, error=str(error))
    memory.put(key, Shown(hash=value))
