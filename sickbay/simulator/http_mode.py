"""Delivery over HTTP: signed requests to the app's one address, as Slack sends them where Socket Mode is off.

Sources: docs.slack.dev (verifying requests from Slack, Events API, implementing slash commands), as of 2026.
"""

import asyncio
import hashlib
import hmac
import json
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import urlencode

import urllib3

from sickbay.simulator.delivery import Ack
from sickbay.simulator.errors import SlackError
from sickbay.simulator.faults import Faults
from sickbay.simulator.journal import Journal
from sickbay.simulator.wire import Wire, decode, mapping

_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"
_OK = 200
#: Requests under way at once; bytes of an answer; seconds between two looks whether the app is there yet.
_AT_ONCE, _MOST, _LOOK_EVERY = 64, 1_000_000, 0.2


class _Answer:
    """An app's answer, as far as Slack reads it."""

    def __init__(self, answer: urllib3.BaseHTTPResponse) -> None:
        self.status = answer.status
        self.headers = answer.headers
        self.body = answer.read(_MOST)

    @property
    def payload(self) -> Any:
        """Give what the app answered: an object, text, or nothing."""
        if not self.body:
            return None
        try:
            return decode(self.body)
        except SlackError:
            return self.body.decode(errors="replace")


class HttpMode:
    """The app's request URL."""

    def __init__(self, url: str, signing_secret: str, faults: Faults, journal: Journal) -> None:
        self._url = url
        self._secret = signing_secret.encode()
        self._faults = faults
        self._journal = journal
        self._pool = urllib3.PoolManager(maxsize=_AT_ONCE, block=True, retries=False)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="to-app")
        self._verified = False

    @property
    def connected(self) -> bool:
        """Say whether the app has answered the challenge that Slack verifies a request URL with."""
        return self._verified

    @property
    def pauses(self) -> tuple[float, ...]:
        """Give the seconds before each of Slack's three retries of an event."""
        return self._faults.retry_pauses

    async def verify(self) -> None:
        """Send the challenge until the app answers it; it may be started long after the workspace."""
        challenge = secrets.token_hex(16)
        body = json.dumps({"type": "url_verification", "token": "local", "challenge": challenge}).encode()
        while not self._verified:
            try:
                answer = await self._post(body, _JSON, {})
                said = mapping(answer.payload).get("challenge", answer.payload)
                self._verified = answer.status == _OK and said == challenge
            except (TimeoutError, urllib3.exceptions.HTTPError):
                pass
            if not self._verified:
                await asyncio.sleep(_LOOK_EVERY)

    async def send(
        self, kind: str, name: str, payload: Wire, *, answerable: bool = True, retry: int = 0, reason: str = ""
    ) -> Ack:
        """Send a signed request, and wait for its answer as long as Slack would."""
        body, content_type = _encoded(kind, payload)
        again = {"x-slack-retry-num": str(retry), "x-slack-retry-reason": reason} if retry else {}
        shown: Wire = {"type": kind, "payload": payload, "headers": again, "accepts_response_payload": answerable}
        entry = self._journal.begin("to_app", "envelope", f"{kind} {name}", shown)
        copies = 2 if self._faults.takes_duplicate() else 1
        await asyncio.sleep(self._faults.latency)
        sent = [asyncio.ensure_future(self._post(body, content_type, again)) for _ in range(copies)]
        try:
            answer = await sent[0]
        except TimeoutError:
            return self._failed(entry, Ack(acked=False, reason="http_timeout"))
        except urllib3.exceptions.HTTPError:
            return self._failed(entry, Ack(acked=False, connected=False, reason="connection_failed"))
        if answer.status != _OK:
            wanted = answer.headers.get("x-slack-no-retry") != "1"
            return self._failed(entry, Ack(acked=False, connected=False, reason="http_error", again=wanted))
        self._journal.end(entry, "acked", answer.payload)
        return Ack(acked=True, payload=answer.payload, milliseconds=entry["ms"])

    def close(self) -> None:
        """Wait for no more answers."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _failed(self, entry: Wire, ack: Ack) -> Ack:
        self._journal.end(entry, "unacked", {"reason": ack.reason})
        return ack

    async def _post(self, body: bytes, content_type: str, headers: dict[str, str]) -> _Answer:
        """Send a signed body. Raises TimeoutError, and HTTPError where nobody is there."""
        signed = headers | self._signature(body) | {"Content-Type": content_type, "User-Agent": "Slackbot 1.0"}
        seconds = self._faults.ack_seconds
        ask = partial(self._ask, body, signed, seconds)
        try:
            # Not `wait_for`, which in Python 3.11 swallows a cancellation that comes together with the answer.
            async with asyncio.timeout(seconds):
                return await asyncio.get_running_loop().run_in_executor(self._threads, ask)
        except urllib3.exceptions.ReadTimeoutError:
            raise TimeoutError from None

    def _ask(self, body: bytes, headers: dict[str, str], seconds: float) -> _Answer:
        answer = self._pool.request(
            "POST", self._url, body=body, headers=headers, timeout=seconds, redirect=False, preload_content=False
        )
        try:
            return _Answer(answer)
        finally:
            answer.drain_conn()
            answer.release_conn()

    def _signature(self, body: bytes) -> dict[str, str]:
        now = str(int(time.time()))
        digest = hmac.new(self._secret, b"v0:%b:%b" % (now.encode(), body), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": now, "X-Slack-Signature": f"v0={digest}"}


def _encoded(kind: str, payload: Wire) -> tuple[bytes, str]:
    """Write a payload as Slack does: a command as a form, an interaction as JSON in a form, an event as JSON."""
    if kind == "slash_commands":
        return urlencode(payload).encode(), _FORM
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload)}).encode(), _FORM
    return json.dumps(payload).encode(), _JSON
