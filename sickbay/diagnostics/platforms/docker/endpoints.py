"""Networks that containers join and leave by hand: each start and each end of a container connects and parts it too."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from sickbay.diagnostics.platforms.docker.wire.engine import Event

#: What belongs together comes within so long of the event that it explains.
TOGETHER = timedelta(seconds=2)


class Joining(Struct, frozen=True, kw_only=True):
    """A container, by its id, that joined or left a network, as a field of its inspection shows it."""

    container: str
    field: str
    at: datetime
    joined: bool

    @property
    def before(self) -> str:
        """Give what the field was."""
        return "" if self.joined else "connected"

    @property
    def after(self) -> str:
        """Give what the field is."""
        return "connected" if self.joined else ""


class Endpoints:
    """Keeps what happened to endpoints until it is clear that it was no part of a start or an end."""

    def __init__(self) -> None:
        self._waiting: dict[tuple[str, str], Joining] = {}

    def __bool__(self) -> bool:
        """Say whether something is kept."""
        return bool(self._waiting)

    def hear(self, event: Event, died: Mapping[str, datetime]) -> None:
        """Take in that a network was joined or left; `died` says when containers ended."""
        attributes = event.actor.attributes
        container, network = attributes.get("container", ""), attributes.get("name", "")
        ended = died.get(container)
        if container and network and (ended is None or event.at - ended > TOGETHER):
            field = f"NetworkSettings.Networks[{network}]"
            joined = event.action == "connect"
            self._waiting[container, field] = Joining(container=container, field=field, at=event.at, joined=joined)

    def forget(self, container: str, field: str = "") -> None:
        """Drop what is kept of a container, which has started or ended; or of a field, which was told otherwise."""
        dropped = [key for key in self._waiting if key[0] == container and field in {"", key[1]}]
        for key in dropped:
            del self._waiting[key]

    def clear(self, until: datetime | None) -> Iterator[Joining]:
        """Yield what was done by hand for sure, by the engine's now; None where nothing more comes."""
        for key, one in list(self._waiting.items()):
            if until is None or until - one.at >= TOGETHER:
                del self._waiting[key]
                yield one
