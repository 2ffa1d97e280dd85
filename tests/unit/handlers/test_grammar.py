"""The grammar: what people type, as Slack sends it, and what they are told where it is not understood."""

import time
from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.grammar import Ask, Explain, Follow, GrammarError, Tell, parse
from sickbay.diagnostics.targets import DEFAULT_WINDOW, Request

FORM = "`--since`: allowed is a number and its unit, such as 45s, 30m, 2h or 7d"


def ask(target: str, scope: str = "", *, window: timedelta = DEFAULT_WINDOW, audit: bool = False, top: str = "") -> Ask:
    return Ask(target=target, request=Request(scope=scope, window=window, audit=audit, top=top))


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("", Tell("help")),
        ("  \n ", Tell("help")),
        ("help", Tell("help")),
        ("Help", Tell("help")),
        ("targets", Tell("targets")),
        ("Targets", Tell("targets")),
        ("local", ask("local")),
        ("local web-1", ask("local", "web-1")),
        ("local shop/web", ask("local", "shop/web")),
        ("local --audit", ask("local", audit=True)),
        ("--audit local", ask("local", audit=True)),
        ("local --top cpu", ask("local", top="cpu")),
        ("local web-1 --top=Errors", ask("local", "web-1", top="errors")),
        ("--top net local --audit", ask("local", audit=True, top="net")),
        ("local --since 90s", ask("local", window=timedelta(seconds=90))),
        ("local --since 30m", ask("local", window=timedelta(minutes=30))),
        ("local --since 2h web-1", ask("local", "web-1", window=timedelta(hours=2))),
        ("local --since=7d", ask("local", window=timedelta(days=7))),
        ("local --since 366d", ask("local", window=timedelta(days=366))),
        ("local --since 1s", ask("local", window=timedelta(seconds=1))),
        ("local web-1 --since 30m --audit", ask("local", "web-1", window=timedelta(minutes=30), audit=True)),
    ],
)
def test_the_grammar(text: str, understood: Ask | Tell) -> None:
    """Given words of the grammar, when parsed, then they are understood."""
    assert parse(text) == understood


def changes(target: str, scope: str = "", *, window: timedelta = DEFAULT_WINDOW) -> Ask:
    return Ask(target=target, request=Request(scope=scope, window=window, changes=True))


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("lab changes", changes("lab")),
        ("lab Changes", changes("lab")),
        ("lab shop/api changes", changes("lab", "shop/api")),
        ("lab changes --since 2h", changes("lab", window=timedelta(hours=2))),
        ("lab shop/api --since 2h changes", changes("lab", "shop/api", window=timedelta(hours=2))),
        ("changes lab", changes("lab")),
        ("changes lab shop/api --since 2h", changes("lab", "shop/api", window=timedelta(hours=2))),
        ("changes", Follow(changes=True)),
        ("changes since 2h", Follow(changes=True, window=timedelta(hours=2))),
        ("changes --since 2h", Follow(changes=True, window=timedelta(hours=2))),
        ("changes —since=2h", Follow(changes=True, window=timedelta(hours=2))),
    ],
)
def test_what_changed_can_be_asked_for(text: str, understood: Ask | Follow) -> None:
    """Given `changes` before or behind a target, or alone in a thread, when parsed, then it is that question."""
    assert parse(text) == understood


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("changes --audit", "I do not know `--audit`."),
        ("changes since", "`since`: allowed is a number and its unit, such as 45s, 30m, 2h or 7d, not nothing."),
        ("changes lab a b", "One target and one scope, please: `b` is one word too many."),
    ],
)
def test_what_is_wrong_with_a_question_for_changes_is_said(text: str, problem: str) -> None:
    """Given words about changes that make no sense, when parsed, then the one that does not is named."""
    with pytest.raises(GrammarError) as caught:
        parse(text)

    assert str(caught.value) == problem


@pytest.mark.parametrize(
    ("text", "understood"),
    [
        ("local “web-1”", ask("local", "web-1")),
        ("local ‘web-1’", ask("local", "web-1")),
        ("local `web-1`", ask("local", "web-1")),
        ("local —top disk", ask("local", top="disk")),
        ("local —since 30m", ask("local", window=timedelta(minutes=30))),
        ("local –audit", ask("local", audit=True)),
        ("local\u00a0web-1", ask("local", "web-1")),
        ("local web\u20111", ask("local", "web-1")),
        ("local web-1\u200b", ask("local", "web-1")),
        ("local <http://web-1.example|web-1.example>", ask("local", "web-1.example")),
        ("local <https://web-1.example>", ask("local", "https://web-1.example")),
        ("<mailto:ops@host.example|ops@host.example>", ask("ops@host.example")),
        ("local a&amp;b", ask("local", "a&b")),
    ],
)
def test_what_phones_and_slack_rewrite_is_forgiven(text: str, understood: Ask) -> None:
    """Given smart quotes, dashes, links and entities that nobody typed, when parsed, then they mean what was typed."""
    assert parse(text) == understood


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("local --sinze 30m", "I do not know `--sinze`."),
        ("local --audit=yes", "I do not know `--audit=yes`."),
        ("local -audit", "I do not know `-audit`."),
        ("local --", "I do not know `--`."),
        ("--audit", "The target is missing."),
        ("local web-1 web-2", "One target and one scope, please: `web-2` is one word too many."),
        ("local --since", f"{FORM}, not nothing."),
        ("local --since 30", f"{FORM}, not `30`."),
        (
            "local --since --audit",
            f"{FORM}, not `--audit`.",
        ),
        ("local --since -5m", f"{FORM}, not `-5m`."),
        ("local --since 0m", "`--since`: allowed is more than 0s and at most 366d, not `0m`."),
        ("local --since 367d", "`--since`: allowed is more than 0s and at most 366d, not `367d`."),
        ("local --since 999999d", "`--since`: allowed is more than 0s and at most 366d, not `999999d`."),
        ("local --a`b", "I do not know `--a'b`."),
        ("local --top", "`--top` is by cpu, memory, net, disk or errors, not nothing."),
        ("local --top io", "`--top` is by cpu, memory, net, disk or errors, not `io`."),
    ],
)
def test_what_is_not_understood_is_named(text: str, problem: str) -> None:
    """Given a word outside the grammar, when parsed, then the error names it, and only it."""
    with pytest.raises(GrammarError) as caught:
        parse(text)

    assert str(caught.value) == problem


def test_an_endless_word_is_not_repeated_whole() -> None:
    """Given a flag of 10,000 characters, when refused, then the answer is short."""
    with pytest.raises(GrammarError) as caught:
        parse("local --" + "x" * 10_000)

    assert len(str(caught.value)) < 100


@pytest.mark.parametrize("part", ["<http://", "<mailto:x|", "—", "<https://a|b", "'\"` ", "&amp;"])
def test_long_input_costs_little(part: str) -> None:
    """Given 10,000 characters that begin links again and again, when parsed, then it takes no noticeable time."""
    began = time.process_time()
    with suppress(GrammarError):
        parse(part * (10_000 // len(part)))

    assert time.process_time() - began < 0.5


_WORDS = st.sampled_from(
    [
        "local",
        "--since",
        "--since=",
        "—audit",
        "--audit",
        "30m",
        "٣h",
        "<!channel>",
        "<@U0ALICE|alice>",
        "“",
        "help",
        "-",
    ]
)


@given(st.one_of(st.text(max_size=300), st.lists(_WORDS | st.text(max_size=8), max_size=12).map(" ".join)))
def test_any_text_is_understood_or_refused(text: str) -> None:
    """Given any text at all, when parsed, then it is understood or refused, and nothing else happens."""
    with suppress(GrammarError):
        understood = parse(text)

        assert not isinstance(understood, Ask) or understood.target


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("again", Follow()),
        ("Again", Follow()),
        ("since 2h", Follow(window=timedelta(hours=2))),
        ("since 2 h", Follow(window=timedelta(hours=2))),
        ("logs web-1", Follow(log="web-1")),
        ("logs prod payments/api", Ask(target="prod", request=Request(scope="payments/api", logs=True))),
        ("explain DKR-C102", Explain("DKR-C102")),
    ],
)
def test_what_goes_on_from_an_answer_is_understood(typed: str, meant: object) -> None:
    """Given words that go on from an answer, when parsed, then each is what it says."""
    assert parse(typed) == meant


@pytest.mark.parametrize("typed", ["logs", "logs a b c", "explain", "explain A B", "since", "since yesterday"])
def test_words_that_go_on_are_refused_when_something_lacks(typed: str) -> None:
    """Given such words with too few or too many others, when parsed, then they are refused."""
    with pytest.raises(GrammarError):
        parse(typed)
