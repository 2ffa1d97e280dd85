"""An app in place of a socket: it notes what it is sent, and answers what the test says."""

from typing import Any

from sickbay.simulator.delivery import Ack
from sickbay.simulator.events import Events
from sickbay.simulator.faults import Faults
from sickbay.simulator.journal import Journal
from sickbay.simulator.modals import Modals
from sickbay.simulator.one_time import OneTime
from sickbay.simulator.people import People
from sickbay.simulator.responses import Responses
from sickbay.simulator.scopes import Scopes
from sickbay.simulator.socket_mode import SocketMode
from sickbay.simulator.store import Store

Wire = dict[str, Any]


class ScriptedApp(SocketMode):
    """Acknowledges with `answer`; not at all where that is None."""

    def __init__(self, store: Store) -> None:
        super().__init__(Faults(), Journal(store))
        self.sent: list[tuple[str, Wire, int]] = []
        self.answer: Ack = Ack(acked=True)

    async def send(
        self, kind: str, name: str, payload: Wire, *, answerable: bool = True, retry: int = 0, reason: str = ""
    ) -> Ack:
        """Note the envelope, and answer."""
        self.sent.append((kind, payload, retry))
        return self.answer


class Scene:
    """A workspace's parts around a scripted app, without any server."""

    def __init__(self, **manifest: Any) -> None:
        self.store = Store()
        self.app = ScriptedApp(self.store)
        self.one_time = OneTime()
        self.told: list[tuple[Wire, str | None]] = []
        self.store.listeners.append(lambda event, user: self.told.append((event, user)))
        responses = Responses(self.store)
        self.modals = Modals(self.store, self.app, self.one_time)
        self.events = Events(self.store, self.app, manifest, Scopes(manifest, set()))
        self.people = People(self.store, self.app, self.one_time, responses, manifest, "http://127.0.0.1:1")

    def answers(self, payload: Any) -> None:
        """Let the app acknowledge with this."""
        self.app.answer = Ack(acked=True, payload=payload)
