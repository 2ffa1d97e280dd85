"""What only the asker sees: it says what to do next, lists no more than fits, and pings nobody."""

from collections.abc import Mapping

import pytest

from handlers.blocks import notices
from sickbay.diagnostics.targets import Target
from sickbay.simulator.limits import UPDATE_TEXT

LOCAL = Target(name="local", platform="docker")


def many(count: int) -> Mapping[str, Target]:
    names = [f"{'x' * 57}-{number:05}" for number in range(count)]
    return {name: Target(name=name, platform="docker", zone="a" * 32) for name in names}


def test_help_shows_examples_that_work_here() -> None:
    """Given a target, when help is asked for, then the examples name it."""
    assert "`/diagnose local --since 2h`" in notices.usage({"local": LOCAL})


def test_help_without_targets_still_shows_the_grammar() -> None:
    """Given no target, when help is asked for, then the grammar stands there."""
    assert "`/diagnose TARGET [SCOPE] [changes] [--since 30m] [--audit] [--top cpu]`" in notices.usage({})


def test_no_target_says_what_to_do() -> None:
    """Given no target at all, when the targets or a wrong one are asked for, then the answer says how to get one."""
    assert "Name one in `sickbay.yaml`" in notices.targets({})
    assert "Name one in `sickbay.yaml`" in notices.unknown_target("prod", (), {})


def test_targets_are_listed_with_their_zone() -> None:
    """Given a target, when listed, then its platform and zone stand beside it."""
    assert notices.targets({"local": LOCAL}) == "*Targets*\n• `local` docker, zone default"


@pytest.mark.parametrize("count", [30, 31, 500])
def test_many_targets_fit_a_message(count: int) -> None:
    """Given as many of the longest names as fit, and more, when listed, then the rest is counted."""
    listed = notices.targets(many(count))

    assert len(listed) <= UPDATE_TEXT
    assert ("and 1 more" in listed) == (count == 31)
    assert ("and 470 more" in listed) == (count == 500)


def test_the_nearest_targets_are_named() -> None:
    """Given names that are like it, when a target is unknown, then they are named."""
    assert (
        notices.unknown_target("lokal", ("local",), {"local": LOCAL})
        == "There is no target `lokal`. Did you mean `local`?"
    )


def test_without_a_near_one_the_targets_are_named() -> None:
    """Given nothing like it, when a target is unknown, then those there are are named, the many by a count."""
    assert notices.unknown_target("zzz", (), {"local": LOCAL}) == "There is no target `zzz`. There are: `local`."
    assert notices.unknown_target("zzz", (), many(13)).endswith(" and more.")


@pytest.mark.parametrize("name", ["<!channel>", "<@U0ALICE>", "`x`<!here>", "<https://evil.example|local>"])
def test_an_unknown_name_pings_nobody(name: str) -> None:
    """Given a name that is markup, when it is unknown, then the answer holds it as text."""
    answer = notices.unknown_target(name, (), {"local": LOCAL})

    assert "<" not in answer
    assert answer.count("`") == 4


def test_a_channel_that_refuses_says_how_to_let_the_bot_in() -> None:
    """Given a channel without the bot, when the asker is told, then the invitation to type stands there."""
    assert "`/invite @sickbay`" in notices.not_invited("C0OPS")
    assert "/invite" not in notices.no_entry("C0OPS", "is_archived")


def test_no_fence_stands_in_what_slack_would_take_for_a_block() -> None:
    """Given nothing to lint, when that is told, then no words of the sentence become a code block."""
    assert "```" not in notices.nothing_to_lint(())
