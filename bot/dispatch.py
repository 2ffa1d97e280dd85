"""How a request of Slack is dispatched: once, however often it is sent, and without harm where it is none.

Slack sends an event again when its acknowledgement did not arrive in time, and whoever got hold of a signed request
can send it again. Bolt's middleware ends before a listener begins, so it cannot know how that went; its dispatch does.
"""

import threading
import time
from collections.abc import Mapping
from typing import Any

import redis
import structlog
from slack_bolt import App, BoltRequest, BoltResponse

from bot.seen import Seen, State
from bot.shapes import misshapen, whole

log = structlog.get_logger()

#: Slack's own ids have about 30 characters.
_LONGEST_ID = 255
#: Seconds that a repeat waits for the first, which is under way: Slack itself waits three for an answer.
PATIENCE = 2.0
_LOOK_EVERY = 0.05
_OK, _BAD_REQUEST, _LATER = 200, 400, 503


class CarefulApp(App):
    """A Bolt app that acknowledges a repeated request without handling it, by `event_id` or `trigger_id`.

    A repeat while the first is under way waits for that, and is handled where it fails. Where it takes too long, the
    repeat is answered with 503, or in Socket Mode not at all, and Slack sends it once more. Without Redis every request
    is handled: what it puts on the queue has an id that follows from the request.
    """

    def __init__(self, seen: Seen, *, patience_s: float = PATIENCE, **settings: Any) -> None:
        super().__init__(**settings)
        self._seen = seen
        self._under_way = 0
        self._counting = threading.Lock()
        self._patience_s = patience_s

    @property
    def busy(self) -> bool:
        """Say whether somebody waits for an acknowledgement."""
        return self._under_way > 0

    def dispatch(self, req: BoltRequest) -> BoltResponse:
        """Handle a request that was verified."""
        with self._counting:
            self._under_way += 1
        try:
            return self._once(req)
        finally:
            with self._counting:
                self._under_way -= 1

    def _once(self, req: BoltRequest) -> BoltResponse:
        req.body = whole(req.body)
        request_id = _id_of(req.body)
        if request_id is None:
            return self._handle(req)
        try:
            state = self._begin(request_id)
        except redis.RedisError as error:
            log.warning("whether a request is a repeat is not known without Redis", error=str(error))
            return self._handle(req)
        if state is not State.NEW:
            log.info("a request came again", request_id=request_id, first=state.value)
            return BoltResponse(status=_OK if state is State.DONE else _LATER)
        response = self._handle(req)
        try:
            self._seen.end(request_id, well=response.status == _OK)
        except redis.RedisError as error:
            log.warning("a request that was handled is not remembered", request_id=request_id, error=str(error))
        return response

    def _begin(self, request_id: str) -> State:
        until = time.monotonic() + self._patience_s
        while (state := self._seen.begin(request_id)) is State.UNDER_WAY and time.monotonic() < until:
            time.sleep(_LOOK_EVERY)
        return state

    def _handle(self, req: BoltRequest) -> BoltResponse:
        if why := misshapen(req.body):
            log.warning("a request is not of Slack's shape", why=why, type=req.body.get("type"))
            return BoltResponse(status=_BAD_REQUEST)
        try:
            return super().dispatch(req)
        except Exception as error:
            # What a listener raises ends in Bolt; this is Bolt itself, which takes every payload for one of Slack's.
            log.warning("a request was not understood", error=repr(error))
            return BoltResponse(status=_BAD_REQUEST)


def _id_of(body: Mapping[str, object]) -> str | None:
    """Give Slack's own id of a request. A search in a menu and a closed form have none, and harm nobody twice."""
    request_id = body.get("event_id") or body.get("trigger_id")
    return request_id if isinstance(request_id, str) and len(request_id) <= _LONGEST_ID else None
