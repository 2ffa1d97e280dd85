"""What one target's diagnosis asks of another: the registries of images that could not be pulled, or that run.

Only registries of the configuration are asked, in the target's own zone, all at the same time, and within what is left
of the budget. Whatever goes wrong with them is a gap of the diagnosis and never its end.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

import msgspec

from sickbay.diagnostics import catalogue
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.crew import Crew, OutOfTimeError
from sickbay.diagnostics.errors import CancelledError, DiagnosticsError
from sickbay.diagnostics.model import Gap, ReportTarget, Subject
from sickbay.diagnostics.platform import Snapshot
from sickbay.diagnostics.pulls import Pull
from sickbay.diagnostics.targets import Request, Target

#: Seconds that all registries together have, and those that are left for judging and telling.
MOST_SECONDS, RESERVE_SECONDS = 10.0, 0.5
#: Seconds in which a registry whose time is up still tells what was read until then.
_TELLING = 0.1
#: Images asked about at one registry, those that could not be pulled first.
MOST_IMAGES = 50


class Probe(msgspec.Struct, frozen=True):
    """A registry that was asked, and what it told."""

    target: ReportTarget
    snapshot: Snapshot


def ask(
    snapshot: Snapshot, target: Target, others: Iterable[Target], budget: Budget
) -> tuple[tuple[Probe, ...], tuple[Gap, ...]]:
    """Ask the registries among `others` about the snapshot's pulls; give their answers, and what is missing.

    Raises CancelledError.
    """
    near = [other for other in others if other.holds_images and other.zone == target.zone]
    if not near:
        return (), ()
    seconds = min(MOST_SECONDS, budget.remaining - RESERVE_SECONDS)
    try:
        wanted = list(_wanted(snapshot.request, snapshot.pulls(), near))
    except Exception as error:
        return (), (_gap("the registries of its images", error, seconds),)
    if not wanted or seconds <= 0:
        return (), tuple(_gap(f"{registry.name}: its images", OutOfTimeError(), 0) for registry, *_ in wanted)
    part = budget.part(seconds)
    crew = Crew(len(wanted), part)
    given = part.part(seconds - _TELLING)
    coming = [(registry, crew.submit(partial(_collect, registry, asked, given))) for registry, asked, _ in wanted]
    reason = f"of a registry, {MOST_IMAGES} images are asked about at most"
    probes = list[Probe]()
    gaps = [
        Gap(what=f"{registry.name}: {more} more of its images", reason=reason) for registry, _, more in wanted if more
    ]
    for registry, future in coming:
        try:
            probes.append(crew.wait(future))
        except CancelledError:
            raise
        except Exception as error:
            gaps.append(_gap(f"{registry.name}: its images", error, seconds))
    crew.close()
    return tuple(probes), tuple(gaps)


def joined(snapshot: Snapshot, probes: Sequence[Probe]) -> Mapping[Subject, frozenset[Subject]]:
    """Give what each subject depends on, in the snapshot and at the registries."""
    return _Joined([snapshot.upstream(), *(probe.snapshot.upstream() for probe in probes)])


class _Joined(Mapping[Subject, frozenset[Subject]]):
    """Several graphs as one, each asked only when it must: that of a cluster is made bit by bit."""

    def __init__(self, graphs: Sequence[Mapping[Subject, frozenset[Subject]]]) -> None:
        self._graphs = graphs

    def __getitem__(self, subject: Subject) -> frozenset[Subject]:
        return frozenset[Subject]().union(*(graph.get(subject, ()) for graph in self._graphs))

    def __iter__(self) -> Iterator[Subject]:
        return iter({subject for graph in self._graphs for subject in graph})

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _wanted(request: Request, pulls: Sequence[Pull], others: Sequence[Target]) -> Iterator[tuple[Target, Request, int]]:
    """Yield the registries to ask, each with the pulls of its images and how many images are left out."""
    by_image: dict[str, list[Pull]] = {}
    for pull in sorted(pulls, key=lambda pull: not pull.failed):
        by_image.setdefault(pull.image, []).append(pull)
    by_registry: dict[str, list[list[Pull]]] = {}
    for image, wanting in by_image.items():
        registry = next((other.name for other in others if other.serves(image)), None)
        if registry is not None:
            by_registry.setdefault(registry, []).append(wanting)
    for other in others:
        if images := by_registry.get(other.name):
            asked = tuple(pull for wanting in images[:MOST_IMAGES] for pull in wanting)
            about = Request(window=request.window, audit=request.audit, pulls=asked)
            yield other, about, max(0, len(images) - MOST_IMAGES)


def _collect(registry: Target, asked: Request, budget: Budget) -> Probe:
    platform = catalogue.load_platforms()[registry.platform]
    snapshot = platform.collect(registry, asked, budget, lambda _step: None)
    return Probe(ReportTarget(name=registry.name, platform=registry.platform, zone=registry.zone), snapshot)


def _gap(what: str, error: Exception, seconds: float) -> Gap:
    match error:
        case OutOfTimeError():
            return Gap(what=what, reason=f"no answer within {seconds:.0f} s" if seconds > 0 else "the time was up")
        case DiagnosticsError():
            return Gap(what=what, reason=str(error))
    return Gap(what=what, reason=f"{type(error).__name__}: {error}")
