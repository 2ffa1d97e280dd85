"""Compose projects, told by Compose's own labels: their members, and which of them are down."""

from collections.abc import Iterable, Iterator, Mapping

from msgspec import Struct

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.docker.snapshot import COMPOSE, Container, Snapshot

_DOWN = frozenset({"exited", "dead", "created", "restarting"})
_STOPPED_BY_SIGNAL = frozenset({130, 137, 143})


class Project(Struct, frozen=True, kw_only=True):
    """One project: its containers but for one-off runs, those that failed, and what each of them depends on."""

    name: str
    members: tuple[Container, ...]
    down: tuple[Container, ...]
    upstream: Mapping[Subject, frozenset[Subject]]

    @property
    def incomplete(self) -> bool:
        """Say whether some are down while others run or wait for them."""
        return bool(self.down) and any(member.state.running or self._waits(member) for member in self.members)

    @property
    def first_down(self) -> Container:
        """Give the one to look at first: of those that wait for no other that is down, the one that ended first."""
        first = [member for member in self.down if not self._waits(member)] or self.down
        return min(first, key=lambda member: member.state.finished_at)

    def waiting_for(self, root: Container) -> tuple[str, ...]:
        """Give the other services that depend on a member."""
        services = {member.service for member in self.members if root.subject in self.upstream[member.subject]}
        return tuple(sorted(services - {"", root.service}))

    def differing(self) -> Iterator[tuple[Container, ...]]:
        """Yield the replicas of each service that were made from different configurations."""
        for replicas in by_service(self.members):
            if len({config_hash(member) for member in replicas} - {""}) > 1:
                yield replicas

    def _waits(self, member: Container) -> bool:
        return any(other.subject in self.upstream[member.subject] for other in self.down if other is not member)


def projects(host: Snapshot) -> Iterator[Project]:
    """Yield the projects of the host."""
    by_name: dict[str, list[Container]] = {}
    for container in host.containers:
        if container.project and not _one_off(container):
            by_name.setdefault(container.project, []).append(container)
    upstream = host.upstream()
    for name, members in by_name.items():
        down = tuple(member for member in members if _is_down(member))
        yield Project(name=name, members=tuple(members), down=down, upstream=upstream)


def by_service(containers: Iterable[Container]) -> Iterator[tuple[Container, ...]]:
    """Yield the replicas of each Compose service among these containers, but for one-off runs."""
    replicas: dict[tuple[str, str], list[Container]] = {}
    for item in containers:
        if item.project and not _one_off(item):
            replicas.setdefault((item.project, item.service), []).append(item)
    yield from map(tuple, replicas.values())


def config_hash(member: Container) -> str:
    """Give what Compose wrote down of the configuration that the container was made from, or nothing."""
    return member.labels.get(COMPOSE + "config-hash", "")


def standing(member: Container) -> str:
    """Give where a member stands, in words."""
    return f"{member.state.status} (exit code {member.state.exit_code})"


def _one_off(container: Container) -> bool:
    return container.labels.get(COMPOSE + "oneoff", "") == "True"


def _is_down(member: Container) -> bool:
    if member.state.status not in _DOWN:
        return False
    if member.state.status == "created":
        return bool(member.state.error)
    return (member.state.exit_code != 0 and member.state.exit_code not in _STOPPED_BY_SIGNAL) or member.state.oom_killed
