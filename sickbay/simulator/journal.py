"""The log that the page shows under the hood: each envelope to the app and each call from it, with its timing."""

import time
from collections import deque
from typing import Any

from sickbay.simulator.store import Store

Wire = dict[str, Any]

_KEPT = 5000


class Journal:
    """Entries in the page's shape; a pending one is told again when it has its verdict."""

    def __init__(self, store: Store) -> None:
        self.entries: deque[Wire] = deque(maxlen=_KEPT)
        self._store = store
        self._count = 0

    def begin(self, direction: str, kind: str, name: str, body: Any) -> Wire:
        """Note that something began."""
        self._count += 1
        entry: Wire = {
            "id": self._count,
            "at": time.time(),
            "direction": direction,
            "kind": kind,
            "name": name,
            "ms": None,
            "verdict": "pending",
            "body": body,
            "answer": None,
        }
        self.entries.append(entry)
        self._store.tell({"type": "log", "entry": entry})
        return entry

    def end(self, entry: Wire, verdict: str, answer: Any = None) -> None:
        """Note how it ended."""
        entry.update(verdict=verdict, answer=answer, ms=round((time.time() - entry["at"]) * 1000, 1))
        self._store.tell({"type": "log", "entry": entry})
