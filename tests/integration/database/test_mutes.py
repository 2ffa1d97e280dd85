"""Mutes: each holds for one finding, one target, one channel, and until its end."""

from datetime import UTC, datetime, timedelta

from sickbay.incidents.database import Database
from sickbay.incidents.mutes import Mutes
from sickbay.jobs.model import Mute

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MUTE = Mute(code="DKR-C101", subject="container/web-1", until=NOW + timedelta(days=1), by="U1")


def test_a_mute_is_given_back_as_it_was_made(database: Database) -> None:
    """Given a mute, when the active ones are asked for, then it is there."""
    mutes = Mutes(database)

    mutes.mute("local", "C1", MUTE)

    assert mutes.active("local", "C1", NOW) == (MUTE,)


def test_a_mute_holds_for_its_target_and_channel_alone(database: Database) -> None:
    """Given a mute, when another target or channel is asked about, then nothing is muted there."""
    mutes = Mutes(database)

    mutes.mute("local", "C1", MUTE)

    assert mutes.active("prod", "C1", NOW) == ()
    assert mutes.active("local", "C2", NOW) == ()


def test_a_mute_ends(database: Database) -> None:
    """Given a mute, when its end has come, then it holds no more."""
    mutes = Mutes(database)

    mutes.mute("local", "C1", MUTE)

    assert mutes.active("local", "C1", MUTE.until) == ()


def test_who_mutes_again_moves_the_end(database: Database) -> None:
    """Given a mute, when another person mutes the same, then there is one, and it is theirs."""
    mutes = Mutes(database)
    later = Mute(code=MUTE.code, subject=MUTE.subject, until=NOW + timedelta(days=2), by="U2")

    mutes.mute("local", "C1", MUTE)
    mutes.mute("local", "C1", later)

    assert mutes.active("local", "C1", NOW) == (later,)
