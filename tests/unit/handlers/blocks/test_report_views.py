"""Whatever targets a report has, its form and what is told of it are such that Slack takes them whole."""

from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.blocks.home import Home, home
from handlers.blocks.report_forms import adding_form, editing_form
from handlers.blocks.reports_told import report_list, report_shown, report_usage, said
from sickbay.incidents.recurrence import Recurrence
from sickbay.incidents.schedule import Schedule
from sickbay.simulator import limits
from tests.unit.handlers.blocks.payloads import TEXT
from tests.unit.handlers.blocks.test_views import told

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
SCHEDULE = Schedule(
    number=3, targets=("local",), channel="C0OPS", recurrence=Recurrence(cron="0 9 * * 1-5", time_zone="Europe/London"),
    words="every weekday at 09:00", quiet=True, created_by="U0ALICE", created_at=NOW, next_at=NOW,
)  # fmt: skip


@settings(max_examples=20, deadline=None)
@given(targets=st.lists(TEXT, max_size=4), words=TEXT)
def test_any_report_is_shown(targets: list[str], words: str) -> None:
    """Given a report of whatever is configured, when drawn, then Slack takes its form, its message and Home."""
    schedule = msgspec.structs.replace(SCHEDULE, targets=tuple(targets), words=words)

    limits.check_view(adding_form("C0OPS", "Europe/London"))
    limits.check_view(editing_form(msgspec.structs.replace(schedule, words=words[:200]), "C0OPS"))
    shown = said(report_shown(schedule, (), NOW), schedule)
    limits.check_message({"channel": "C0OPS", **shown})
    whole = Home(
        recent=(), incidents=(), targets={}, latest={}, workers={}, ailments=(), at=NOW, reports=[schedule],
        may_report=True,
    )  # fmt: skip
    limits.check_view(home(whole), home=True)


@pytest.mark.parametrize("count", [0, 1, 20, 500])
def test_a_list_is_one_message(count: int) -> None:
    """Given few or many reports, when listed, then Slack does not split it, and what is left out is counted."""
    many = [msgspec.structs.replace(SCHEDULE, targets=tuple(f"cluster-{n}" for n in range(12)))] * count

    listed = report_list(many)

    assert len(listed) < 4_000
    assert (
        listed.count("Report 3") + int((listed.rpartition("\nand ")[2].partition(" ")[0] or "0") if count > 15 else 0)
        == count
    )


def test_the_help_is_one_message() -> None:
    """Given the help, when told, then Slack does not split it."""
    assert len(report_usage()) < 4_000


def test_home_says_when_a_report_comes() -> None:
    """Given a report and one that is paused, when Home is drawn, then it says when the one comes, and of which what."""
    paused = msgspec.structs.replace(SCHEDULE, number=4, targets=(), next_at=None)
    shown = told(
        home(
            Home(
                recent=(), incidents=(), targets={}, latest={}, workers={}, ailments=(), at=NOW,
                reports=[SCHEDULE, paused],
            )
        )
    )  # fmt: skip

    assert "local: every weekday at 09:00" in shown
    assert "next 30 Nov 09:00" in shown
    assert "the digest of incidents" in shown
    assert "paused" in shown
