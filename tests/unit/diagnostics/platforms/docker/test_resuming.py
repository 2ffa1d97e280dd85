"""What became of an engine, and of its memory, while nobody listened."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sickbay.diagnostics.platforms.docker.collector.resuming import REMEMBERED, Cursor, Resumption
from sickbay.diagnostics.platforms.docker.wire.base import NEVER

_AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
_STARTED, _LATER = _AT - timedelta(days=9), _AT + timedelta(minutes=5)
_BEFORE = Cursor(nano=int(_AT.timestamp()) * 10**9, anchor="container start web", version="28.0", started=_STARTED)


def _resumed(**differs: Any) -> Resumption:
    """Give an engine that gave the last event again, but for what differs; `started` and `version` are its own now."""
    now = Cursor(started=differs.pop("started", _STARTED), version=differs.pop("version", "28.0"))
    facts = {"before": _BEFORE, "now": now, "clock": _LATER, "remembered": 3, "anchored": True, **differs}
    return Resumption(**facts)


def _told(resumed: Resumption) -> list[tuple[str, str, str]]:
    return [(one.field, one.after, one.source) for one in resumed.told("host/h")]


def test_nothing_is_missing() -> None:
    """Given an engine that gives the last event again, then nothing is lost and nothing became of it."""
    assert (_resumed().lost, _told(_resumed())) == ("", [])


def test_a_watch_that_has_just_begun() -> None:
    """Given no last event, then there is nothing to miss; with the memory full since then, there is."""
    begun = Cursor(nano=_BEFORE.nano, version="28.0", started=_STARTED)

    assert _resumed(before=Cursor(), anchored=False, remembered=0).lost == ""
    assert _resumed(before=begun, anchored=False, remembered=3).lost == ""
    assert _resumed(before=begun, anchored=False, remembered=REMEMBERED).lost.startswith("more happened than the 256")


def test_started_anew() -> None:
    """Given an engine whose bridge was made anew, then it was started then, whatever it remembers."""
    resumed = _resumed(started=_AT + timedelta(minutes=2), anchored=False, remembered=REMEMBERED)

    assert resumed.lost == "the engine was started anew at 03:02:00 UTC and remembers nothing before"
    assert _told(resumed) == [("engine", "started", "GET /networks/bridge Created")]


@pytest.mark.parametrize("started", [_STARTED, NEVER])
def test_started_anew_with_live_restore_or_without_a_bridge(started: datetime) -> None:
    """Given an engine that has forgotten the last event and remembers few, then it was started, by now."""
    resumed = _resumed(started=started, anchored=False)

    assert resumed.restarted_at == _LATER
    assert _told(resumed) == [("engine", "started", "GET /events")]


def test_more_than_it_remembers() -> None:
    """Given an engine whose memory is full of what is newer, then that is why the last event is not there."""
    resumed = _resumed(anchored=False, remembered=REMEMBERED)

    assert resumed.lost == "more happened than the 256 events that the engine remembers"
    assert _told(resumed) == []


def test_a_clock_that_was_set_back() -> None:
    """Given an engine whose clock is before the last event, then it was not started anew, and what is lost is said."""
    resumed = _resumed(anchored=False, remembered=0, clock=_AT - timedelta(hours=1))

    assert resumed.lost.startswith("the engine's clock was set back")
    assert _told(resumed) == []


def test_another_version() -> None:
    """Given an engine of another version, then that is told beside its start."""
    resumed = _resumed(started=_AT + timedelta(minutes=2), version="29.0", anchored=False)

    assert [(one.field, one.before, one.after) for one in resumed.told("host/h")] == [
        ("Version", "28.0", "29.0"),
        ("engine", "", "started"),
    ]
