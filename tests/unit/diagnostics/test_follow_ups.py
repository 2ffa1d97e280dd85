"""What a diagnosis asks of registries: only those of the configuration, within the budget, and never at its cost."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest

from sickbay.diagnostics import catalogue, engine, follow_ups, recordings
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.check import Check, check
from sickbay.diagnostics.errors import CancelledError, PermanentError
from sickbay.diagnostics.model import Finding, Gap, Report, ReportTarget, Severity, Subject
from sickbay.diagnostics.platform import Platform, Progress
from sickbay.diagnostics.pulls import Pull
from sickbay.diagnostics.targets import Request, Target

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
WEB, REGISTRY = Subject("container", "web"), Subject("registry", "lan")
FAILED = Pull(image="lan/web:9", subject=WEB, failed=True)


class Toy(msgspec.Struct, frozen=True, kw_only=True):
    """A host or a registry, as small as one can be."""

    wanted: tuple[Pull, ...] = ()
    taken_at: datetime = NOW
    gaps: tuple[Gap, ...] = ()
    request: Request = Request()
    seen: int = 1

    def looked_at(self) -> Mapping[str, int]:
        return {"things": self.seen} if self.seen else {}

    def upstream(self) -> Mapping[Subject, frozenset[Subject]]:
        return {pull.subject: frozenset({REGISTRY}) for pull in self.request.pulls}

    def pulls(self) -> tuple[Pull, ...]:
        return self.wanted


class ToyRegistry(Target):
    """A registry that serves what begins with its prefix."""

    holds_images: ClassVar[bool] = True

    prefix: str = "lan/"

    def serves(self, image: str) -> bool:
        return image.startswith(self.prefix)


HOST, LAN = Target(name="host", platform="host"), ToyRegistry(name="lan", platform="registry")
Read = Callable[[Request, Budget], Toy]


def declared(code: str, subject: Subject, explains: tuple[str, ...] = ()) -> Check[object]:
    @check(code, title="Ill", severity=Severity.HIGH, remedy="Mend it.", explains=explains)
    def judge(_snapshot: object) -> Iterator[Finding]:
        """Stand for a check."""
        yield Finding(subject=subject, summary="Ill.", evidence=())

    return judge


CHECKS = {
    "host": (declared("DKR-I101", WEB),),
    "registry": (declared("REG-101", REGISTRY, ("DKR-I101",)),),
}


class House:
    """Diagnoses a host that wants images; `registry` is what a registry answers. Remembers what was asked of whom."""

    def __init__(self) -> None:
        self.host = Toy(wanted=(FAILED,))
        self.registry: Read = lambda request, _budget: Toy(request=request)
        self.asked: dict[str, Request] = {}

    def platform(self, name: str) -> Platform:
        house = self

        class Canned(Platform, frozen=True):
            def collect(self, target: Target, request: Request, budget: Budget, progress: Progress) -> Toy:
                if name == "host":
                    return msgspec.structs.replace(house.host, request=request)
                house.asked[target.name] = request
                return house.registry(request, budget)

        return Canned(name=name, title=name, target=Target, snapshot=Toy, collector="", checks="", steps=())

    def diagnose(self, *others: Target, budget: Budget | None = None) -> engine.Diagnosis:
        return engine.diagnose(HOST, Request(), budget=budget or Budget(), others=others or (HOST, LAN))


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    made = House()
    monkeypatch.setattr(catalogue, "load_platforms", lambda: {name: made.platform(name) for name in CHECKS})
    monkeypatch.setattr(catalogue, "checks_of", CHECKS.__getitem__)
    return made


def linked(report: Report) -> list[tuple[str, tuple[str, ...]]]:
    return [(finding.code, finding.explained_by) for finding in report.findings]


def test_a_failed_pull_is_explained_by_its_registry(house: House) -> None:
    """Given a failed pull from a registry of the configuration, then its finding explains the host's, in one report."""
    report = house.diagnose().report

    assert linked(report) == [("REG-101", ()), ("DKR-I101", ("REG-101@registry/lan",))]
    assert report.looked_at == {"things": 1, "registries": 1}
    assert house.asked == {"lan": Request(pulls=(FAILED,))}


@pytest.mark.parametrize(
    "other",
    [
        LAN.model_copy(update={"prefix": "else.where/"}),
        LAN.model_copy(update={"zone": "private"}),
        Target(name="lan", platform="host"),
    ],
)
def test_who_does_not_serve_the_image_in_this_zone_is_not_asked(house: House, other: Target) -> None:
    """Given a registry of other images, one of another zone, or no registry at all, then nobody is asked."""
    assert linked(house.diagnose(HOST, other).report) == [("DKR-I101", ())]
    assert house.asked == {}


def test_failed_pulls_come_first_and_images_are_bounded(house: House) -> None:
    """Given more images than may be asked about, then those that failed are, and each with all whom it concerns."""
    running = [Pull(image=f"lan/{number}", subject=WEB) for number in range(follow_ups.MOST_IMAGES)]
    again = Pull(image="lan/0", subject=Subject("container", "other"))
    house.host = Toy(wanted=(*running, again, FAILED))

    report = house.diagnose().report

    asked = house.asked["lan"].pulls
    assert asked[0] == FAILED
    assert again in asked
    assert len({pull.image for pull in asked}) == follow_ups.MOST_IMAGES
    assert [gap.what for gap in report.gaps] == ["lan: 1 more of its images"]


def test_gaps_of_a_registry_carry_its_name(house: House) -> None:
    """Given a registry that could not tell all, then the report's gap names it."""
    house.registry = lambda request, _budget: Toy(request=request, gaps=(Gap(what="its tags", reason="denied"),))

    assert house.diagnose().report.gaps == (Gap(what="lan: its tags", reason="denied"),)


@pytest.mark.parametrize(
    ("error", "reason"), [(PermanentError("No."), "No."), (ZeroDivisionError("by zero"), "ZeroDivisionError: by zero")]
)
def test_a_registry_that_fails_costs_only_its_own_answer(house: House, error: Exception, reason: str) -> None:
    """Given a registry whose reading raises, then the host's report is made, with a gap."""

    def broken(_request: Request, _budget: Budget) -> Toy:
        raise error

    house.registry = broken
    report = house.diagnose().report

    assert linked(report) == [("DKR-I101", ())]
    assert report.gaps == (Gap(what="lan: its images", reason=reason),)
    assert report.looked_at == {"things": 1}


def test_a_registry_that_hangs_does_not_make_the_answer_late(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a registry that never answers, then the report comes within the budget, and says so."""
    monkeypatch.setattr(follow_ups, "RESERVE_SECONDS", 9.8)
    released = threading.Event()

    def hang(request: Request, _budget: Budget) -> Toy:
        released.wait(60)
        return Toy(request=request)

    house.registry = hang
    began = time.monotonic()
    try:
        report = house.diagnose(budget=Budget(10)).report
    finally:
        released.set()

    assert time.monotonic() - began < 10
    assert linked(report) == [("DKR-I101", ())]
    assert [gap.what for gap in report.gaps] == ["lan: its images"]


def test_a_registry_is_given_no_more_than_its_share(house: House) -> None:
    """Given a budget of a minute, then the registry is asked to be done within the seconds that registries have."""
    given: list[float] = []

    def note(request: Request, budget: Budget) -> Toy:
        given.append(budget.seconds)
        return Toy(request=request)

    house.registry = note
    house.diagnose(budget=Budget(60))

    assert [follow_ups.MOST_SECONDS - seconds < 0.2 for seconds in given] == [True]
    assert given[0] < follow_ups.MOST_SECONDS


def test_what_was_read_when_the_time_was_up_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a registry that uses up its time, then what it has until then is in the report."""
    monkeypatch.setattr(follow_ups, "_TELLING", follow_ups.MOST_SECONDS - 0.2)

    def slow(request: Request, budget: Budget) -> Toy:
        time.sleep(budget.remaining)
        return Toy(request=request)

    house.registry = slow

    assert house.diagnose().report.looked_at == {"things": 1, "registries": 1}


def test_an_audit_is_one_of_the_registry_too(house: House) -> None:
    """Given an audit of a window, then the registry is asked for the same."""
    request = Request(audit=True, window=timedelta(hours=1))

    engine.diagnose(HOST, request, budget=Budget(), others=[LAN])

    assert house.asked["lan"] == msgspec.structs.replace(request, pulls=(FAILED,))


def test_without_time_nobody_is_asked(house: House) -> None:
    """Given a budget that reading the host used up, then no registry is asked, and that is a gap."""
    report = house.diagnose(budget=Budget(0.1)).report

    assert house.asked == {}
    assert report.gaps == (Gap(what="lan: its images", reason="the time was up"),)


def test_a_person_who_cancels_ends_it(house: House) -> None:
    """Given an asker who cancels while the registry is asked, then the diagnosis ends."""
    cancelled = threading.Event()

    def cancel(request: Request, _budget: Budget) -> Toy:
        cancelled.set()
        time.sleep(0.3)
        return Toy(request=request)

    house.registry = cancel
    with pytest.raises(CancelledError):
        house.diagnose(budget=Budget(60, cancelled=cancelled.is_set))


def test_a_host_that_told_nothing_stays_unseen(house: House) -> None:
    """Given a host that told nothing but a failed pull, then what its registry told does not hide that."""
    house.host = Toy(wanted=(FAILED,), seen=0)

    assert house.diagnose().report.blind


def test_a_replay_says_what_the_diagnosis_said_of_registries_too(house: House, tmp_path: Path) -> None:
    """Given a diagnosis that asked a registry, when it is saved and replayed, then the findings are the same."""
    diagnosis, file = house.diagnose(), tmp_path / "snapshot.json"

    recordings.save(file, diagnosis.report.target, diagnosis.snapshot, diagnosis.probes)

    assert recordings.replay(file).findings == diagnosis.report.findings


def test_a_recording_without_registries_is_replayed_as_before(house: House, tmp_path: Path) -> None:
    """Given a recording from before registries were asked, then it loads."""
    file, target = tmp_path / "snapshot.json", ReportTarget(name="host", platform="host", zone="default")
    recordings.save(file, target, house.host)
    told = msgspec.json.decode(file.read_bytes())
    del told["probes"]
    file.write_bytes(msgspec.json.encode(told))

    assert linked(recordings.replay(file)) == [("DKR-I101", ())]
