"""What the unwell say that they did not say before, or that the healthy do not say, is told first."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.log_templates import MOST, templates
from sickbay.diagnostics.log_templates.comparing import LONGEST, UNTELLING
from sickbay.diagnostics.model import Log, LogTemplate

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def log(name: str, lines: Iterable[str], *, unwell: bool = False, since: datetime = NOON) -> Log:
    """Give a log with a line a minute."""
    timed = (f"{since + timedelta(minutes=number):%Y-%m-%dT%H:%M:%SZ} {line}" for number, line in enumerate(lines))
    return Log(name=name, text="\n".join(timed), unwell=unwell)


def told(found: Iterable[LogTemplate]) -> list[str]:
    return [item.template for item in found]


def test_what_only_the_unwell_say_comes_first() -> None:
    """Given a failing replica and a healthy one, then what the failing one alone says is told, with its facts."""
    both = ["order 1 stored", "warning: slow order 2"]
    logs = [log("a", [*both, "cannot reach db-7: refused"], unwell=True), log("b", both)]

    assert templates(logs)[0] == LogTemplate(
        names=("a",), template="cannot reach db-<*>: refused", sample="cannot reach db-7: refused", count=1,
        first=NOON + timedelta(minutes=2), last=NOON + timedelta(minutes=2), only_unwell=True,
    )  # fmt: skip
    assert told(templates(logs)) == ["cannot reach db-<*>: refused", "warning: slow order <*>"]


def test_what_only_the_healthy_say_is_not_told() -> None:
    """Given an error that only a healthy replica has, then it is no word of the unwell."""
    logs = [log("a", ["error of a"], unwell=True), log("b", ["fatal failure elsewhere"])]

    assert told(templates(logs)) == ["error of a"]


def test_what_is_new_since_the_trouble_comes_first() -> None:
    """Given a log from before the trouble on, then what was not said before is new, also just before it."""
    lines = ["error: old trouble"] * 10 + ["fatal: new trouble"] + ["error: old trouble"] * 5
    onset = NOON + timedelta(minutes=10, seconds=30)

    found = templates([log("a", lines, unwell=True)], onset=onset)

    assert [(item.template, item.new) for item in found] == [
        ("fatal: new trouble", True),
        ("error: old trouble", False),
    ]


def test_nothing_is_new_where_the_log_begins_in_the_trouble() -> None:
    """Given a log that does not reach back to before the trouble, then nothing is called new."""
    found = templates([log("a", ["fatal: trouble"] * 3, unwell=True)], onset=NOON)

    assert not any(item.new for item in found)


def test_where_nobody_is_marked_all_are_unwell() -> None:
    """Given logs of which none is marked, then they are told together, and none is said to differ."""
    (found,) = templates([log("a", ["error 1"]), log("b", ["error 2"])])

    assert (found.names, found.count, found.only_unwell) == (("a", "b"), 2, False)


def test_a_healthy_replica_that_says_nothing_is_no_comparison() -> None:
    """Given a healthy replica with an empty log, then nothing is said to be of the unwell alone."""
    (found,) = templates([log("a", ["error"], unwell=True), Log(name="b", text="")])

    assert not found.only_unwell


def test_of_what_tells_nothing_the_last_is_told() -> None:
    """Given a log without a word of trouble, then what was said last is told, and little of it."""
    words = ("alpha", "beta gamma", "delta: epsilon", "zeta eta theta iota", "kappa lambda mu nu xi")

    assert told(templates([log("a", words, unwell=True)])) == list(reversed(words[-UNTELLING:]))


def test_few_are_told() -> None:
    """Given very many troubles, then so many are told, none longer than a line of them may be."""
    many = [f"error {'x' * number} {'long ' * 100}" for number in range(1, 40)]

    found = templates([log("a", many, unwell=True)])

    assert len(found) == MOST
    assert all(len(item.template) <= LONGEST and len(item.sample) <= LONGEST for item in found)


def test_a_rare_trouble_is_found_in_a_log_of_nothing_alike() -> None:
    """Given thousands of lines that are all different, then the one that tells of trouble is still told."""
    noise = [
        f"{'abcdefghij'[number % 10]}{'x' * (number // 10 % 30)} {'y' * (number // 300)}" for number in range(3000)
    ]
    noise[1234] = "disk is corrupt"

    found = templates([log("a", noise, unwell=True), log("b", ["well"])])

    assert found[0].template == "disk is corrupt"


@given(st.lists(st.tuples(st.text(), st.booleans()), max_size=4))
def test_any_logs_are_told(texts: list[tuple[str, bool]]) -> None:
    """Given any texts, then they are told within the bounds, and what is counted stands in the logs that are named."""
    logs = [Log(name=f"log {number}", text=text, unwell=unwell) for number, (text, unwell) in enumerate(texts)]

    found = templates(logs)

    assert len(found) <= MOST
    for item in found:
        assert 1 <= item.count <= sum(text.count("\n") + 1 for text, _ in texts)
        assert set(item.names) <= {log.name for log in logs}
