"""The events of a fake engine: what it remembers and what comes, sent as Docker sends them, until it is cut."""

import json
import threading
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.unit.diagnostics.platforms.docker.fake_engine import FakeEngine, Handler

_REMEMBERED = 256


class EventStream:
    """Answers `/events` of a fake engine; `since` holds what each stream asked for, `open` how many are open."""

    def __init__(self, engine: FakeEngine) -> None:
        self.since = list[int]()
        self.open = 0
        self._remembered = list[dict[str, Any]]()
        self._sent = 0
        self._cuts = 0
        self._changed = threading.Condition()
        engine.routes["/events"] = self._serve

    def send(
        self, action: str, container: str, *, nano: int, kind: str = "container", scope: str = "", **attributes: str
    ) -> None:
        """Let something happen; an id is that of the fake engine's container of this name."""
        identity = container.encode().hex().ljust(64, "0") if kind == "container" else container
        named = {"name": container, "image": "web:1", **attributes} if kind == "container" else attributes
        actor = {"ID": identity, "Attributes": named}
        event = {
            "Type": kind,
            "Action": action,
            "Actor": actor,
            "scope": scope or "local",
            "time": nano // 10**9,
            "timeNano": nano,
        }
        with self._changed:
            self._remembered.append(event)
            self._sent += 1
            self._changed.notify_all()

    def forget(self) -> None:
        """Remember nothing any more, as an engine that was started anew."""
        with self._changed:
            self._remembered.clear()

    def cut(self) -> None:
        """End every stream."""
        with self._changed:
            self._cuts += 1
            self._changed.notify_all()

    def until_open(self, count: int) -> None:
        """Wait until so many streams are open."""
        with self._changed:
            assert self._changed.wait_for(lambda: self.open == count, timeout=10), self.open

    def _serve(self, handler: Handler) -> None:
        asked = parse_qs(urlsplit(handler.path).query).get("since", ["0"])[0]
        seconds, _, fraction = asked.partition(".")
        since = int(seconds) * 10**9 + int(fraction or 0)
        handler.send_response(200)
        handler.send_header("Transfer-Encoding", "chunked")
        handler.end_headers()
        with self._changed:
            self.since.append(since)
            waiting = [event for event in self._remembered[-_REMEMBERED:] if since and event["timeNano"] >= since]
            sent, cuts = self._sent, self._cuts
            self.open += 1
            self._changed.notify_all()
        try:
            while self._cuts == cuts:
                for event in waiting:
                    line = json.dumps(event, separators=(",", ":")).encode() + b"\n"
                    handler.wfile.write(f"{len(line):x}\r\n".encode() + line + b"\r\n")
                with self._changed:
                    self._changed.wait_for(lambda: self._sent > sent or self._cuts > cuts, timeout=0.05)  # noqa: B023
                    waiting, sent = self._remembered[len(self._remembered) - (self._sent - sent) :], self._sent
                if not waiting:
                    handler.wfile.write(b"1\r\n\n\r\n")  # tells a client that has left; an empty line is nothing
        except OSError:
            pass
        finally:
            handler.close_connection = True
            with self._changed:
                self.open -= 1
                self._changed.notify_all()
