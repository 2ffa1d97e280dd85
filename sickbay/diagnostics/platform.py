"""What a platform gives the engine: its manifest, and the shape that every platform's snapshot has."""

import importlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from threading import Event as Signal
from threading import Lock
from typing import Any, Protocol

import msgspec

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import PermanentError, UnknownRankingError
from sickbay.diagnostics.events import Batch, Told
from sickbay.diagnostics.model import Gap, Log, Subject, Table
from sickbay.diagnostics.pulls import Pull
from sickbay.diagnostics.targets import Request, Target
from sickbay.shapes import build_shapes

#: Told the name of each step (one of the platform's `steps`) as it starts.
Progress = Callable[[str], None]


class Snapshot(Protocol):
    """The frozen facts a collector read; a msgspec Struct, so that it can be saved, replayed and used as a test."""

    @property
    def taken_at(self) -> datetime:
        """Give the moment that counts as 'now' for the checks, by the collector's clock."""

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """Give what could not be read."""

    @property
    def request(self) -> Request:
        """Give what was asked: checks respect its window and scope."""

    def looked_at(self) -> Mapping[str, int]:
        """Give how many entities of each kind were read; empty when the target could not be read at all."""

    def upstream(self) -> Mapping[Subject, frozenset[Subject]]:
        """Give, for each subject, those whose faults can reach it, itself left out: the bounds of `explains`."""

    def pulls(self) -> tuple[Pull, ...]:
        """Give the images that could not be pulled, and those that run: registries are asked about them."""


_IMPORTING = Lock()
_IMPORTED: set[str] = set()


def _imported(name: str) -> Any:
    """Import what a platform's manifest names; its shapes are built before anybody uses them."""
    place, _, function = name.partition(":")
    with _IMPORTING:
        module = importlib.import_module(place)
        if place not in _IMPORTED:
            build_shapes("sickbay.diagnostics")
            _IMPORTED.add(place)
    return getattr(module, function)


def _nothing(_snapshot: object) -> tuple[()]:
    return ()


class Platform(msgspec.Struct, frozen=True, kw_only=True):
    """A platform's manifest. `collector` is `module:function`, imported only when a target of the platform is read.

    So is `ranking`, which gives the tables of `--top`; `ranks` are those of TOPS by which the platform can rank.
    And `answering`, which gives the tables that answer a scope by itself: whether two containers can talk, or who may
    pull an image; `logs`, which reads the logs that a scope names; and `scoping`, which gives what of a snapshot a
    person could type as a scope, the unwell first. `changing` gives what a snapshot by itself tells of changes,
    `measuring` its figures for trends (see Report.figures), and `watching` is the Watch of a target.
    `holds` gives the snapshots of other platforms that lie in one of this platform's, each with its platform's name:
    their own checks judge them, into the same report. `configurable` says whether a configuration may name targets of
    it.
    """

    name: str
    title: str
    target: type[Target]
    snapshot: type
    collector: str
    checks: str
    steps: tuple[str, ...]
    ranks: tuple[str, ...] = ()
    ranking: str = ""
    answering: str = ""
    logs: str = ""
    scoping: str = ""
    changing: str = ""
    measuring: str = ""
    watching: str = ""
    holds: Callable[[Any], Iterable[tuple[str, Snapshot]]] = _nothing
    configurable: bool = True

    def collect(self, target: Target, request: Request, budget: Budget, progress: Progress) -> Snapshot:
        """Read the target. Raises a DiagnosticsError where there is nothing to judge; all else becomes a Gap."""
        if request.top and request.top not in self.ranks:
            able = f"can be ranked by {' or '.join(self.ranks)}" if self.ranks else "cannot be ranked"
            raise UnknownRankingError(f"--top {request.top} is for Docker hosts; {target.name} ({self.title}) {able}.")
        collect: Callable[[Target, Request, Budget, Progress], Snapshot] = _imported(self.collector)
        return collect(target, request, budget, progress)

    def tables(self, snapshot: Snapshot) -> tuple[Table, ...]:
        """Give what was asked for beside the findings: the scope's own answer, a ranking, or nothing."""
        asked = [self.answering] if self.answering and snapshot.request.scope else []
        asked += [self.ranking] if snapshot.request.top in self.ranks else []
        givers: list[Callable[[Snapshot], tuple[Table, ...]]] = [_imported(name) for name in asked]
        return tuple(table for give in givers for table in give(snapshot))

    def read_logs(self, target: Target, request: Request, budget: Budget) -> tuple[Log, ...]:
        """Read the logs of what the request's scope names, the unwell first. Raises a DiagnosticsError."""
        read: Callable[[Target, Request, Budget], tuple[Log, ...]] = _imported(self.logs)
        return read(target, request, budget)

    def scopes(self, snapshot: Snapshot) -> Iterable[str]:
        """Give what a person could type to narrow a diagnosis to a part of this target, the unwell first."""
        give: Callable[[Snapshot], Iterable[str]] = _imported(self.scoping) if self.scoping else _nothing
        return give(snapshot)

    def changes(self, snapshot: Snapshot) -> Told:
        """Give the changes that a snapshot tells of by itself."""
        give: Callable[[Snapshot], Told] = _imported(self.changing) if self.changing else lambda _snapshot: Told()
        return give(snapshot)

    def figures(self, snapshot: Snapshot) -> Mapping[str, float]:
        """Give the measures of a snapshot that trends are drawn of."""
        give: Callable[[Snapshot], Mapping[str, float]] = _imported(self.measuring) if self.measuring else lambda _: {}
        return give(snapshot)

    def watch(self, target: Target, cursor: str, stopping: Signal) -> Iterator[Batch]:
        """Watch a target from a cursor on (empty: from now) until `stopping`. Raises a DiagnosticsError."""
        if not self.watching:
            raise PermanentError(f"{target.name} ({self.title}) cannot be watched.")
        watch: Callable[[Target, str, Signal], Iterator[Batch]] = _imported(self.watching)
        return watch(target, cursor, stopping)
