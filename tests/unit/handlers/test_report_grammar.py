"""The words after `/report`: understood as people type them, and else refused with what a verb wants."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.grammar import GrammarError
from handlers.report_grammar import VERBS, Said, Wanted, changes, parse_report, wanted

TARGETS = ("prod", "hub", "eu/prod")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", Said(verb="help")),
        ("LIST", Said(verb="list")),
        ("add prod hourly", Said(verb="add", rest="prod hourly")),
        ("prod,hub hourly", Said(verb="add", rest="prod,hub hourly")),
        ("prod, hub hourly", Said(verb="add", rest="prod, hub hourly")),
        ("incidents mondays 9:00", Said(verb="add", rest="incidents mondays 9:00")),
        ("show 3", Said(verb="show", number=3)),
        ("show #3", Said(verb="show", number=3)),
        ("3", Said(verb="show", number=3)),
        ("3 pause", Said(verb="pause", number=3)),
        ("pause report-3", Said(verb="pause", number=3)),
        ("remove report 3", Said(verb="remove", number=3)),
        ("stop 3", Said(verb="pause", number=3)),
        ("delete 3", Said(verb="remove", number=3)),
        ("run 3", Said(verb="now", number=3)),
        ("edit 3 daily at 9", Said(verb="edit", number=3, rest="daily at 9")),
        ("3 edit daily at 9", Said(verb="edit", number=3, rest="daily at 9")),
    ],
)
def test_words_are_understood(text: str, said: Said) -> None:
    """Given words as people type them, when parsed, then they are what was meant."""
    assert parse_report(text, TARGETS) == said


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("every day at 9", "I do not know `every`. A report is added by `/report add TARGET every day at 9`."),
        ("show", "Which report? Say its number, as in `/report show 3`"),
        ("pause soon", "Which report?"),
        ("3 list", "`list` goes without a number"),
        ("3 fly", "I do not know `fly`."),
    ],
)
def test_what_a_verb_lacks_is_said(text: str, problem: str) -> None:
    """Given words that lack something, when parsed, then it is said what."""
    with pytest.raises(GrammarError) as told:
        parse_report(text, TARGETS)

    assert problem in str(told.value)


@pytest.mark.parametrize(
    ("rest", "understood"),
    [
        ("prod every day at 9", Wanted(targets=("prod",), when="every day at 9", quiet=False)),
        ("prod , hub hourly", Wanted(targets=("prod", "hub"), when="hourly", quiet=False)),
        ("prod,prod hourly", Wanted(targets=("prod",), when="hourly", quiet=False)),
        ("eu/prod hourly", Wanted(targets=("eu/prod",), when="hourly", quiet=False)),
        ("incidents mondays 9:00", Wanted(targets=(), when="mondays 9:00", quiet=False)),
        ("prod hourly quiet", Wanted(targets=("prod",), when="hourly", quiet=True)),
        ("prod --quiet hourly", Wanted(targets=("prod",), when="hourly", quiet=True)),
        ("prod hourly in <#C0OPS|ops> quiet", Wanted(targets=("prod",), when="hourly", channel="C0OPS", quiet=True)),
        ("prod in <#C0OPS|ops> hourly", Wanted(targets=("prod",), when="hourly", channel="C0OPS", quiet=False)),
        ("prod hourly to <#C0OPS>", Wanted(targets=("prod",), when="hourly", channel="C0OPS", quiet=False)),
        ("prod hub hourly", Wanted(targets=("prod", "hub"), when="hourly", quiet=False)),
        ("prod and hub hourly", Wanted(targets=("prod", "hub"), when="hourly", quiet=False)),
        (
            "prod, eu/prod & hub mon and fri 9",
            Wanted(targets=("prod", "eu/prod", "hub"), when="mon and fri 9", quiet=False),
        ),
        ("prod and lost hourly", Wanted(targets=("prod",), when="and lost hourly", quiet=False)),
        ("\u201cprod\u201d `hourly`", Wanted(targets=("prod",), when="`hourly`", quiet=False)),
        ("prod hourly here", Wanted(targets=("prod",), when="hourly", quiet=False)),
        ("prod hourly in this channel", Wanted(targets=("prod",), when="hourly", quiet=False)),
        ("quiet hourly", Wanted(targets=("quiet",), when="hourly", quiet=False)),
        ("prod", Wanted(targets=("prod",), quiet=False)),
    ],
)
def test_a_new_report(rest: str, understood: Wanted) -> None:
    """Given what a report shall be, when understood, then channel and quiet are told from targets and times."""
    assert wanted(rest, TARGETS) == understood


@pytest.mark.parametrize(
    ("rest", "problem"),
    [
        ("", "A report of what?"),
        (",", "A report is of 1 to 50 targets."),
        (",".join(f"t{number}" for number in range(51)) + " hourly", "A report is of 1 to 50 targets."),
        ("prod,incidents hourly", "The digest of incidents is a report of its own"),
        ("prod hourly in #ops", "I do not know the channel `#ops`."),
    ],
)
def test_what_is_no_report_is_said(rest: str, problem: str) -> None:
    """Given what cannot be a report, when understood, then it is said why not."""
    with pytest.raises(GrammarError) as told:
        wanted(rest, TARGETS)

    assert problem in str(told.value)


@pytest.mark.parametrize(
    ("rest", "understood"),
    [
        ("", Wanted()),
        ("daily at 9", Wanted(when="daily at 9")),
        ("hub", Wanted(targets=("hub",))),
        ("hub, prod daily at 9", Wanted(targets=("hub", "prod"), when="daily at 9")),
        ("incidents", Wanted(targets=())),
        ("quiet", Wanted(quiet=True)),
        ("not quiet", Wanted(quiet=False)),
        ("loud", Wanted(quiet=False)),
        ("in <#C0DEV|dev>", Wanted(channel="C0DEV")),
        ("Europe/London", Wanted(when="Europe/London")),
        ("hbu daily at 9", Wanted(when="hbu daily at 9")),
    ],
)
def test_changes_of_a_report(rest: str, understood: Wanted) -> None:
    """Given what shall be otherwise, when understood, then the rest is left open."""
    assert changes(rest, TARGETS) == understood


@given(st.text(max_size=80))
def test_any_text_is_understood_or_refused(text: str) -> None:
    """Given whatever text, when parsed, then it is a verb with what it needs, or refused in a sentence."""
    with suppress(GrammarError):
        said = parse_report(text, TARGETS)
        assert said.verb in VERBS
    for understand in (wanted, changes):
        with suppress(GrammarError):
            assert len(understand(text, TARGETS).targets or ()) <= 50


@pytest.mark.timeout(20)
@pytest.mark.parametrize("filler", [" ", ",", " , ", "in ", "<#", "quiet ", "and "])
def test_a_message_as_long_as_slack_lets_it_be(filler: str) -> None:
    """Given 40,000 characters of whatever the words are split by, when parsed, then it takes no time to speak of."""
    for understand in (wanted, changes):
        with suppress(GrammarError):
            understand("prod " + filler * (40_000 // len(filler)) + "hourly", TARGETS)
