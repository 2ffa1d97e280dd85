"""Ask Harbor and Docker Trusted Registry how they are; others have no page that says so, and that is no fault."""

from typing import TypeVar

import msgspec

from sickbay.diagnostics.platforms.registry.collector.reading import Reading
from sickbay.diagnostics.platforms.registry.collector.session import Session
from sickbay.diagnostics.platforms.registry.collector.transport import Answer, UnreachableError
from sickbay.diagnostics.platforms.registry.snapshot import Component
from sickbay.diagnostics.platforms.registry.wire import DtrHealth, HarborHealth

H = TypeVar("H")

HARBOR, DTR = "/api/v2.0/health", "/_ping"
_MOST = 50


def read_health(session: Session, reading: Reading) -> tuple[Component, ...]:
    """Give the parts that a health page names, empty where there is none. Raises UnreachableError."""
    if harbor := _page(session, HARBOR, HarborHealth):
        return tuple(
            Component(
                name=reading.clean(item.name[:100]),
                well=item.status == "healthy",
                says=reading.clean(f"{item.status} {item.error}".strip()[:300]),
            )
            for item in harbor.components[:_MOST]
        )
    if dtr := _page(session, DTR, DtrHealth):
        says = reading.clean(dtr.error[:300]) or ("healthy" if dtr.healthy else "not healthy")
        return (Component(name="replica", well=dtr.healthy, says=says),)
    return ()


def _page(session: Session, path: str, kind: type[H]) -> H | None:
    """Give the page where it is one: many a server answers every path with a page of its own."""
    try:
        answer = session.ask("GET", path, accept="application/json")
        return msgspec.json.decode(answer.body, type=kind) if isinstance(answer, Answer) else None
    except (msgspec.DecodeError, UnreachableError):
        return None
