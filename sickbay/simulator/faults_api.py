"""Faults as the page's side panel asks for them, and anybody who has the page's token."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sickbay.simulator.errors import SlackError
from sickbay.simulator.faults import Faults
from sickbay.simulator.gate import Gate
from sickbay.simulator.socket_mode import SocketMode
from sickbay.simulator.store import Store
from sickbay.simulator.web_api.dispatch import METHODS
from sickbay.simulator.wire import Wire, number, sequence, string

_STATUSES = frozenset({429, 500, 502, 503})
#: Calls that are refused at once at most, and seconds that anything is delayed at most.
_MOST_CALLS, _MOST_SECONDS = 100, 30.0


class FaultsApi:
    """`GET /workspace/faults` tells what goes wrong; a `POST` with a `kind` changes it, and is answered the same."""

    def __init__(self, faults: Faults, sockets: SocketMode, store: Store, gate: Gate) -> None:
        self._faults = faults
        self._sockets = sockets
        self._store = store
        self._gate = gate
        self._kinds: dict[str, Callable[[Wire], Awaitable[None]]] = {
            "refuse": self._refuse,
            "duplicate": self._duplicate,
            "slow": self._slow,
            "acks": self._acks,
            "scopes": self._scopes,
            "rate_limits": self._rate_limits,
            "uninstall": self._uninstall,
            "drop": self._drop,
            "refresh": self._refresh,
            "clear": self._clear,
        }
        faults.used = self._tell

    @property
    def routes(self) -> list[Route]:
        """Give the routes."""
        path = "/workspace/faults"
        return [
            Route(path, self._gate.asked(self._state), methods=["GET"]),
            Route(path, self._gate.told(self._change), methods=["POST"]),
        ]

    async def _state(self, _request: Request) -> Response:
        return JSONResponse(self._faults.state() | {"methods": sorted(METHODS)})

    async def _change(self, body: Wire) -> Wire:
        kind = string(body.get("kind"))
        if kind not in self._kinds:
            raise _refused(f"kind must be one of {', '.join(self._kinds)}")
        await self._kinds[kind](body)
        self._tell()
        return self._faults.state()

    def _tell(self) -> None:
        self._store.tell({"type": "faults", "faults": self._faults.state()})

    async def _refuse(self, body: Wire) -> None:
        status, count = _number(body, "status", 500, 599), _number(body, "count", 1, _MOST_CALLS)
        if status not in _STATUSES:
            raise _refused(f"status must be one of {', '.join(map(str, sorted(_STATUSES)))}")
        seconds = _number(body, "retry_after", 1, _MOST_SECONDS)
        method = string(body.get("method")) or "*"
        self._faults.fail_next(method, status=int(status), count=int(count), retry_after=int(seconds))

    async def _duplicate(self, _body: Wire) -> None:
        self._faults.duplicate_next_event()

    async def _slow(self, body: Wire) -> None:
        self._faults.latency = _number(body, "seconds", 0, _MOST_SECONDS)

    async def _acks(self, body: Wire) -> None:
        self._faults.expect_acks_within(_number(body, "seconds", 3, _MOST_SECONDS))

    async def _scopes(self, body: Wire) -> None:
        # The same set, for the scopes are looked up in it.
        self._faults.missing_scopes.clear()
        self._faults.missing_scopes.update(map(string, sequence(body.get("missing"))))

    async def _rate_limits(self, body: Wire) -> None:
        self._faults.rates.enforced = bool(body.get("on"))

    async def _uninstall(self, _body: Wire) -> None:
        self._faults.uninstalled = True

    async def _drop(self, _body: Wire) -> None:
        await self._sockets.drop()

    async def _refresh(self, _body: Wire) -> None:
        await self._sockets.refresh()

    async def _clear(self, _body: Wire) -> None:
        self._faults.clear()


def _number(body: Wire, name: str, usual: float, most: float) -> float:
    value = number(body, name, usual, wrong="invalid_arguments")
    if not 0 <= value <= most:
        raise _refused(f"{name} must be 0 to {most:g}")
    return value


def _refused(sentence: str) -> SlackError:
    return SlackError("invalid_arguments", messages=[sentence])
