"""Where alerts arrive: `/alerts/SENDER` for each sender that the configuration names, and nowhere else.

An alert is answered with 200 once it is stored, and not before; where it cannot be, the sender is told to try again.
"""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

import structlog
from prometheus_client import Counter
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.http import RefusedError, body_of
from sickbay.incidents.alerts.model import Alert, AlertError, SenderUnavailableError
from sickbay.incidents.alerts.rules import SenderName
from sickbay.incidents.alerts.senders import Sender
from sickbay.incidents.database import DatabaseUnavailableError

log = structlog.get_logger()

TAKEN = Counter("sickbay_alerts", "Alerts that were stored, told again or not, by sender.", ["sender"])
REFUSED = Counter("sickbay_alerts_refused", "Requests that were not taken, by sender and status.", ["sender", "status"])

#: Alerts are stored one transaction at a time; more threads only verify meanwhile.
_THREADS = 4
#: Requests that may wait for a thread, and the seconds that one waits at most.
_WAITING, _PATIENCE = 64, 15.0
#: Requests a second from one address, and at once; a thousand alerts a minute one by one are 17 a second.
_RATE, _AT_ONCE = 50.0, 200.0
#: Addresses that are remembered.
_ADDRESSES = 1_000
#: Seconds after which a sender may try again.
_AGAIN = {"Retry-After": "5"}
_RETRIED = frozenset({429, 503})
_UNPROVEN = "Not from this sender."


class AlertEndpoint:
    """Takes alerts to `store`. Nobody is woken: who shows incidents looks every second, and alerts come in crowds."""

    def __init__(
        self,
        senders: Mapping[SenderName, Sender],
        store: Callable[[Sequence[Alert]], None],
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._senders = senders
        self._store = store
        self._clock = clock
        self._pace = _Pace(monotonic)
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="alerts")
        self._waiting = 0

    @property
    def routes(self) -> list[Route]:
        """Give the ways in: none for a sender that is not configured."""
        return [
            Route(f"/alerts/{name}", partial(self._answer, name, sender), methods=["POST"])
            for name, sender in self._senders.items()
        ]

    def close(self) -> None:
        """Wait for what is being stored."""
        self._threads.shutdown()

    async def _answer(self, name: SenderName, sender: Sender, request: Request) -> Response:
        host = request.client.host if request.client else ""
        try:
            taken = await self._taken(sender, request, host)
        except RefusedError as refused:
            REFUSED.labels(name, refused.status).inc()
            log.warning("alerts were not taken", sender=name, status=refused.status, why=str(refused), host=host)
            headers = _AGAIN if refused.status in _RETRIED else None
            return PlainTextResponse(str(refused), status_code=refused.status, headers=headers)
        TAKEN.labels(name).inc(taken)
        return PlainTextResponse(f"Alerts taken: {taken}")

    async def _taken(self, sender: Sender, request: Request, host: str) -> int:
        """Give how many alerts were stored. Raises RefusedError."""
        if not self._pace.allows(host):
            raise RefusedError("Too many requests.", 429)
        headers = dict(request.headers)
        if not sender.expects(headers):
            raise RefusedError(_UNPROVEN, 401)
        body = await body_of(request)
        if self._waiting >= _WAITING:
            raise RefusedError("Too many requests wait for the database.", 503)
        self._waiting += 1
        try:
            work = asyncio.get_running_loop().run_in_executor(self._threads, self._take, sender, headers, body)
            return await asyncio.wait_for(work, _PATIENCE)
        except AlertError as error:
            raise RefusedError(str(error), 400) from error
        except (DatabaseUnavailableError, SenderUnavailableError) as error:
            # The reason is for the log of this machine; the sender learns no more than what to do.
            log.warning("alerts cannot be taken now", error=str(error))
            raise RefusedError("Not now. Try again.", 503) from error
        except TimeoutError as error:
            raise RefusedError("Not in time. Try again.", 503) from error
        finally:
            self._waiting -= 1

    def _take(self, sender: Sender, headers: Mapping[str, str], body: bytes) -> int:
        now = self._clock()
        if not sender.admits(headers, body, now):
            raise RefusedError(_UNPROVEN, 401)
        alerts = sender.read(body, now)
        self._store(alerts)
        return len(alerts)


class _Pace:
    """A bucket of tokens for each address, so that one which floods leaves the others their turn."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def allows(self, address: str) -> bool:
        """Take a token, if there is one."""
        now = self._monotonic()
        tokens, since = self._buckets.pop(address, (_AT_ONCE, now))
        tokens = min(_AT_ONCE, tokens + (now - since) * _RATE)
        self._buckets[address] = (max(0.0, tokens - 1), now)
        while len(self._buckets) > _ADDRESSES:
            self._buckets.popitem(last=False)
        return tokens >= 1
