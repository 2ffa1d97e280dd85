"""How an audit tells the weaknesses of many things: of one alone under its name, of several once for the host."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from sickbay.diagnostics.model import Evidence, Finding, Subject
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot

#: Owners that a finding of several names, and characters of the names that one piece of its evidence lists.
_OWNERS, _NAMES = 3, 200


class Theme(Struct, frozen=True):
    """What a check says of one thing, and of several: `runs without`, `run without`."""

    one: str
    many: str


class Weakness(Struct, frozen=True):
    """One weakness in words that follow the theme's, the field and value that prove it, and its number.

    `benchmark` is that of the CIS Docker Benchmark, such as `5.13`, or empty.
    """

    what: str
    field: str
    value: str
    benchmark: str = ""

    @property
    def numbered(self) -> str:
        """Give the number as it stands before a value, or nothing."""
        return f"CIS {self.benchmark}: " if self.benchmark else ""


class Weak(Struct, frozen=True, kw_only=True):
    """A thing with its weaknesses; `call` tells how it was read (`/containers/{}/json`, its name in the braces)."""

    subject: Subject
    call: str
    at: datetime
    owner: str | None = None
    weaknesses: tuple[Weakness, ...]


def of_running(host: Snapshot, theme: Theme, judge: Callable[[Container], Iterable[Weakness]]) -> Iterator[Finding]:
    """Yield the findings of one theme on the running containers."""
    running = [container for container in host.containers if container.state.running]
    weak = [
        Weak(
            subject=container.subject,
            call="/containers/{}/json",
            at=container.read_at,
            owner=owner_of(container.labels),
            weaknesses=weaknesses,
        )
        for container in running
        if (weaknesses := tuple(judge(container)))
    ]
    return told(host, theme, weak, "running containers", len(running))


def told(host: Snapshot, theme: Theme, weak: Sequence[Weak], things: str, total: int) -> Iterator[Finding]:
    """Yield what there is to say of one theme; the weak are some of a total of `things`."""
    if len(weak) > 1:
        yield _together(host, theme, weak, things, total)
    elif weak:
        yield _alone(theme, weak[0])


def _alone(theme: Theme, weak: Weak) -> Finding:
    return Finding(
        subject=weak.subject,
        summary=f"{weak.subject.name} {theme.one} {', '.join(found.what for found in weak.weaknesses)}.",
        evidence=tuple(
            Evidence(
                source=f"GET {weak.call.format(weak.subject.name)} {found.field}",
                value=f"{found.numbered}{found.value}",
                at=weak.at,
            )
            for found in weak.weaknesses
        ),
        owner=weak.owner,
    )


def _together(host: Snapshot, theme: Theme, weak: Sequence[Weak], things: str, total: int) -> Finding:
    alike: dict[str, list[tuple[str, Weakness]]] = {}
    for item in weak:
        for found in item.weaknesses:
            alike.setdefault(found.what, []).append((item.subject.name, found))
    common = sorted(alike.items(), key=lambda same: -len(same[1]))
    says = ", ".join(what if len(same) == len(weak) else f"{what} ({len(same)})" for what, same in common)
    every = weak[0].call.format("*")
    return Finding(
        subject=host.subject,
        summary=f"{len(weak)} of {total} {things} {theme.many} {says}.",
        evidence=tuple(
            Evidence(source=f"GET {every} {same[0][1].field}", value=_listed(same, total), at=host.taken_at)
            for _, same in common
        ),
        owner=_owners(weak),
        count=len(weak),
    )


def _listed(same: Sequence[tuple[str, Weakness]], total: int) -> str:
    """Give the number, the value once where it is the same throughout, and as many names as a line holds."""
    values = {found.value for _, found in same}
    if len(values) == 1 and len(same) == total:
        return f"{same[0][1].numbered}{same[0][1].value} in all"
    names = [name if len(values) == 1 else f"{name} ({found.value})" for name, found in sorted(same, key=_name)]
    shown = 1
    while shown < len(names) and len(", ".join(names[: shown + 1])) <= _NAMES:
        shown += 1
    rest = f" and {len(names) - shown} more" if shown < len(names) else ""
    value = f"{same[0][1].value} in " if len(values) == 1 else ""
    return f"{same[0][1].numbered}{value}{', '.join(names[:shown])}{rest}"


def _name(one: tuple[str, Weakness]) -> str:
    return one[0]


def _owners(weak: Iterable[Weak]) -> str | None:
    owners = sorted({item.owner for item in weak if item.owner})
    rest = f" and {len(owners) - _OWNERS} more" if len(owners) > _OWNERS else ""
    return f"{', '.join(owners[:_OWNERS])}{rest}" if owners else None
