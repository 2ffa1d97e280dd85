"""Whether a container is started again and again, by the engine's events or by its count of restarts."""

from datetime import timedelta

from msgspec import Struct

from sickbay.diagnostics.platforms.docker.exits import asked_to_end
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.engine import Event

_LOOP, _WITHIN = 3, timedelta(minutes=10)


class Loop(Struct, frozen=True, kw_only=True):
    """A loop: the ends of the last ten minutes that nobody asked for, and how often it was started again in all."""

    deaths: tuple[Event, ...]
    restarts: int

    @property
    def seen(self) -> bool:
        """Say whether the ends alone make it one."""
        return len(self.deaths) >= _LOOP

    @property
    def times(self) -> str:
        """Give how often it went round, in words."""
        return f"{len(self.deaths)} times in 10 min" if self.seen else f"{self.restarts} times so far"


def loop_of(host: Snapshot, container: Container) -> Loop | None:
    """Give the loop that the container is in, or nothing: without a restart policy there is none."""
    if container.inspect.host_config.restart_policy.name in {"", "no"}:
        return None
    lately = [event for event in host.events_of(container, "die") if host.taken_at - event.at <= _WITHIN]
    deaths = tuple(event for event in lately if not asked_to_end(host, container, event.at))
    loop = Loop(deaths=deaths, restarts=container.inspect.restart_count)
    return loop if loop.seen or _spinning(host, container, died=bool(deaths)) else None


def _spinning(host: Snapshot, container: Container, *, died: bool) -> bool:
    """Say whether its count of restarts tells of a loop now: it has ended again after a run of under ten minutes."""
    state = container.state
    if container.inspect.restart_count < _LOOP:
        return False
    if state.restarting or state.status == "restarting":
        return state.finished_at - state.started_at <= _WITHIN
    return died and state.started_at >= host.taken_at - _WITHIN
