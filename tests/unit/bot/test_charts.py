"""The picture of a report: drawn for any runs, legible on its own ground, and told in words."""

import struct
import subprocess
import sys
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.charts import MOST_TARGETS, chart, described, series, targets
from sickbay.diagnostics.model import Severity
from sickbay.incidents.summaries import FoundOnce, PastRun, RunSummary, TargetSummary

AT = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)


def target(name: str, *severities: Severity, **figures: float) -> TargetSummary:
    found = tuple(
        FoundOnce(id=str(number), code="DKR-C101", subject="container/db", severity=severity, summary="It died.")
        for number, severity in enumerate(severities)
    )
    return TargetSummary(target=name, findings=found, figures=figures)


def runs(*summaries: tuple[TargetSummary, ...], apart: timedelta = timedelta(days=1)) -> list[PastRun]:
    return [
        PastRun(at=AT + number * apart, summary=RunSummary(targets=summary)) for number, summary in enumerate(summaries)
    ]


SILENT = TargetSummary(target="lab", failure="it is away", blind=True)
ONE = runs((target("lab"),))
MANY = runs(*[(target("lab", Severity.HIGH, restarts=float(day), memory_share=0.5),) for day in range(30)])


def size(png: bytes) -> tuple[int, int]:
    width, height = struct.unpack(">II", png[16:24])
    return width, height


def first_pixel(png: bytes) -> tuple[int, ...]:
    """Give red, green, blue and opacity of the upper left corner."""
    place, data = 8, b""
    while place < len(png):
        length = int.from_bytes(png[place : place + 4], "big")
        if png[place + 4 : place + 8] == b"IDAT":
            data += png[place + 8 : place + 8 + length]
        place += 12 + length
    return tuple(zlib.decompress(data)[1:5])


@pytest.mark.parametrize(
    "past",
    [
        ONE,
        MANY,
        runs((SILENT,)),
        runs((SILENT,), (target("lab", restarts=1.0),), (SILENT,)),
        runs((target("lab", memory_share=1.7),)),
        runs((target("lab", restarts=1e9, pull_failures=1e6, memory_share=0.0),)),
        runs(tuple(target(f"target-{number}", *Severity, restarts=1.0) for number in range(50))),
        runs((target("x" * 250, Severity.LOW, restarts=0.0), target("other", restarts=1.0))),
    ],
)
def test_any_runs_are_drawn_and_told(past: list[PastRun]) -> None:
    """Given any runs, when drawn, then there is a picture of the one width, and words that Slack takes."""
    png = chart(past, UTC)

    assert png.startswith(b"\x89PNG")
    assert size(png)[0] == 1280
    assert 0 < len(described(past, UTC)) <= 2000


def test_the_picture_has_a_ground_of_its_own() -> None:
    """Given a theme of any colour around it, when the picture is shown, then nothing of that shines through."""
    assert first_pixel(chart(ONE, UTC)) == (0xFB, 0xFA, 0xF8, 0xFF)


def test_the_words_say_the_numbers() -> None:
    """Given runs, when told in words, then the counts, the newest severities and each figure are in it."""
    past = runs(
        (target("lab", restarts=1.0, memory_share=0.4), target("prod", Severity.LOW)),
        (target("lab", Severity.HIGH, Severity.CRITICAL, restarts=5.0, memory_share=0.7), target("prod")),
        (target("lab", Severity.HIGH, restarts=2.0, memory_share=0.5), target("prod", restarts=0.0)),
    )

    assert described(past, UTC) == (
        "Findings in 3 runs, from 1 Mar to 3 Mar: 1, 2, 1. The newest are 1 high. "
        "Restarts: lab from 1 to 2 (at most 5), prod 0. "
        "Memory of limit: lab from 40 to 50 % (at most 70), prod unknown."
    )


def test_times_are_those_of_the_schedule() -> None:
    """Given a schedule in Tokyo, when a run is named, then by the time there; runs of one day by the hour."""
    tokyo = ZoneInfo("Asia/Tokyo")

    assert described(ONE, tokyo).startswith("Findings at 08:30: none.")
    assert "from 08:30 to 10:30" in described(runs(*[(target("lab"),)] * 3, apart=timedelta(hours=1)), tokyo)
    assert "from 2 Mar to 4 Mar" in described(runs(*[(target("lab"),)] * 3), tokyo)


def test_figures_of_the_most_unwell_are_drawn() -> None:
    """Given more targets than lines, when chosen, then those with most findings come first; silent ones keep theirs."""
    well = tuple(target(f"well-{number}", restarts=1.0) for number in range(10))
    now = (*well, target("unwell", Severity.HIGH, restarts=0.0), SILENT)

    chosen = targets(runs((*well, target("lab", restarts=9.0)), now))

    assert len(chosen) == MOST_TARGETS
    assert chosen[0] == "unwell"
    assert targets(runs((target("lab", restarts=9.0),), (SILENT,))) == ["lab"]


def test_where_a_figure_is_not_known_its_line_has_a_hole() -> None:
    """Given a run without an answer, when its figures are asked for, then they are no numbers and not 0."""
    past = runs((target("lab", memory_share=0.5),), (SILENT,))

    known, unknown = series("memory_share", "lab", past)

    assert known == 50.0
    assert unknown != unknown


def test_nobody_pays_for_it_before_one_is_drawn() -> None:
    """Given a process that only imports the bot, when it has, then matplotlib is not there."""
    code = "import bot.process, sys; sys.exit('matplotlib' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], cwd=Path(__file__).parents[3], timeout=60).returncode == 0
