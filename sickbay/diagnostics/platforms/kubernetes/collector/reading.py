"""The calls of one diagnosis, under way at the same time, and the account of what they could not read."""

import re
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from functools import partial
from typing import TypeVar

from msgspec import Struct

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import Crew, OutOfTimeError
from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.kubernetes.collector.connection import CallError, Connection, Query
from sickbay.diagnostics.platforms.kubernetes.collector.decoding import ShapeError, decode, decode_page, next_page
from sickbay.diagnostics.platforms.kubernetes.resources import ResourceKind
from sickbay.diagnostics.platforms.kubernetes.wire.base import Resource
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Version

R = TypeVar("R")
#: Lists, objects and logs read at the same time; pages of lists on their way at the same time.
CALLS, PAGES = 8, 8
#: Pages of one list that may be on their way or wait to be decoded: more would only fill the memory.
PAGES_WAITING = 3
#: Objects a page, as kubectl asks for.
PAGE = 500
#: How often a list whose token expired half-way is started again.
RESTARTS = 2
_NOT_FOUND, _FORBIDDEN, _GONE = 404, 403, 410
_REFUSED = re.compile(
    r'cannot (?P<verb>\w+) resource "(?P<resource>[^"]+)" in API group "(?P<group>[^"]*)"(?P<where>.*)$'
)
#: Asks for the metadata of objects alone.
_METADATA = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"
_NO_QUERY: Query = {}


class Listing(Struct, frozen=True):
    """A list as far as it was read; `complete` when to its end. `why` tells what is missing."""

    items: tuple[Resource, ...] = ()
    complete: bool = True
    why: str = ""
    status: int = 0


class Reading:
    """Starts calls and waits for them; `gaps` says what is missing in the end."""

    def __init__(self, connection: Connection, budget: Budget) -> None:
        self.connection = connection
        self.budget = budget
        self._crew = Crew(CALLS, budget)
        self._ahead = Crew(PAGES, budget)
        self._gaps: dict[str, Gap] = {}
        self._unfinished: list[str] = []

    def open(self) -> Version:
        """Connect. Raises UnreachableError, OutOfTimeError and CancelledError."""
        return self._crew.wait(self._crew.submit(self.connection.open))

    def start(self, call: Callable[[], R]) -> "Future[R]":
        """Queue one call."""
        return self._crew.submit(call)

    def start_list(self, kind: ResourceKind, namespace: str = "", query: Query = _NO_QUERY) -> "Future[Listing]":
        """Queue the reading of a list, page by page."""
        return self._crew.submit(partial(self._list, kind, namespace, query))

    def start_object(self, kind: ResourceKind, namespace: str, name: str) -> "Future[Resource | None]":
        """Queue the reading of one object; None where it is not there."""
        return self._crew.submit(partial(self._object, kind, namespace, name))

    def finish(self, what: str, future: "Future[R]") -> R | None:
        """Give the answer, or None after noting why there is none. Raises CancelledError."""
        try:
            return self._crew.wait(future)
        except OutOfTimeError:
            self._unfinished.append(what)
        except (CallError, ShapeError) as error:
            self.note(what, str(error), error.status if isinstance(error, CallError) else 0)
        return None

    def finish_list(self, kind: ResourceKind, future: "Future[Listing]") -> Listing:
        """Give the list as far as there is one, after noting what is missing. Raises CancelledError."""
        listing = self.finish(kind.plural, future)
        if listing is None:
            return Listing(complete=False)
        if not listing.complete:
            self.note(kind.plural, listing.why, listing.status)
        return listing

    def note(self, what: str, reason: str, status: int = 0) -> None:
        """Note a gap; a refusal of RBAC names the verb and the resource that it takes. The same is noted once."""
        refused = _REFUSED.search(reason) if status == _FORBIDDEN else None
        if refused:
            group = f".{refused['group']}" if refused["group"] else ""
            what = f"{what}: needs {refused['verb']} on {refused['resource']}{group}"
            reason = f"RBAC refuses it{refused['where']}"
        self._gaps.setdefault(what, Gap(what=what, reason=reason))

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Give what could not be read."""
        if not self._unfinished:
            return tuple(self._gaps.values())
        return (Gap(what="not read: " + ", ".join(self._unfinished), reason="the time was up"), *self._gaps.values())

    def close(self) -> None:
        """Drop what is still queued and close the connection."""
        self._crew.close()
        self._ahead.close()
        self.connection.close()

    def _object(self, kind: ResourceKind, namespace: str, name: str) -> Resource | None:
        for api in kind.apis:
            try:
                return decode(self.connection.get(kind.path(api, namespace, name)), kind.shape)
            except CallError as error:
                if error.status != _NOT_FOUND:
                    raise
        return None

    def _list(self, kind: ResourceKind, namespace: str, query: Query) -> Listing:
        """Read the list from the newest place that serves it; one that is served nowhere is empty."""
        for api in kind.apis:
            listing = self._list_at(kind.path(api, namespace), kind, query)
            if listing.status != _NOT_FOUND:
                return listing
        return Listing()

    def _list_at(self, path: str, kind: ResourceKind, query: Query) -> Listing:
        for restart in range(RESTARTS + 1):
            items, misshapen = list[Resource](), 0
            try:
                for page in self._pages(path, query, _METADATA if kind.opaque else ""):
                    found, unfit = decode_page(page, kind.shape)
                    items += found
                    misshapen += unfit
            except CallError as error:
                if error.status == _GONE and restart < RESTARTS:
                    continue
                why = f"read {len(items)}, then: {error}" if items else str(error)
                return Listing(tuple(items), complete=False, why=why, status=error.status)
            why = f"{misshapen} of them have an unknown shape" if misshapen else ""
            return Listing(tuple(items), complete=not misshapen, why=why)
        raise AssertionError("unreachable")

    def _pages(self, path: str, query: Query, accept: str = "") -> Iterator[bytes]:
        """Yield the pages. Raises CallError and ShapeError.

        The server begins with the next one as soon as this one's head has come: it is made while this one still
        arrives and is decoded, and at most so many wait to be taken.
        """
        coming = deque[Future[bytes]]()

        def start(token: str) -> None:
            more = {"continue": token} if token else {}
            call = partial(self.connection.get, path, {"limit": PAGE, **query, **more}, accept=accept, begun=begun)
            coming.append(self._ahead.submit(call))

        def begun(head: bytes) -> None:
            if len(coming) < PAGES_WAITING and (token := _token_in(head)):
                start(token)

        start("")
        while coming:
            body = self._ahead.wait(coming[0])
            coming.popleft()
            if not coming and (token := next_page(body)):
                start(token)
            yield body


def _token_in(head: bytes) -> str:
    """Give the token of the next page where the beginning of this one tells it already."""
    try:
        return next_page(head)
    except ShapeError:
        return ""
