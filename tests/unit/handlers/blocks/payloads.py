"""Messages as Slack would judge them, and reports as nobody would wish for."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from handlers.blocks.message import Message
from sickbay.diagnostics.events import Coverage, Event, EventKind, Hole, Suspect, shortened
from sickbay.diagnostics.model import (
    Confidence,
    Evidence,
    Gap,
    Kind,
    LogTemplate,
    Remedy,
    Report,
    ReportFinding,
    Severity,
    Table,
)
from sickbay.simulator import limits
from tests.unit.command_line.reports import AT, finding, report

#: Characters of all blocks of one message, beyond which Slack refuses it.
MESSAGE_CHARACTERS = 13_000

_HOSTILE = st.sampled_from(
    [
        "<!channel>",
        "<@U0ALICE> & <https://evil.example|click>",
        "`rm -rf /`",
        "web\u202e1-bew",
        "\u200b",
        "line\n✅ Nothing wrong",
        "*bold* _it_ ~gone~ ```",
        "\x1b[31m",
    ]
)
TEXT = st.one_of(_HOSTILE, st.text(max_size=40), st.sampled_from(["<", "&", "n"]).map(lambda sign: sign * 10_000))
_LOGS = st.one_of(
    TEXT,
    st.integers(1, 60).map(lambda lines: "\n".join(f"line {line}" for line in range(lines))),
    st.sampled_from(["x" * 3000, "x" * 3001, "<" * 20_000, "\u202e" * 4000]),
)
_EVIDENCE = st.builds(Evidence, source=TEXT, value=_LOGS, at=st.just(AT))
_REMEDY = st.builds(Remedy, text=TEXT, command=st.none() | TEXT, owner=st.none() | TEXT)
_WORD = TEXT.map(shortened)
_CHANGE = st.builds(
    lambda kind, word, value: Event(
        at=AT, kind=kind, source=word, subject=word, field=word, before=value, after=value, actor=word
    ),
    st.sampled_from(EventKind),
    _WORD,
    _WORD,
)
_SUSPECT = st.builds(
    lambda change, onset: Suspect(change=change, onset=onset, runner_up=change, tell_apart=change.field),
    _CHANGE,
    st.none() | st.just(AT),
)
_COVERAGE = st.builds(
    lambda word, times: Coverage(
        since=AT, until=AT, sources=(word,) * times, holes=(Hole(since=AT, until=AT, reason=word),) * times
    ),
    _WORD,
    st.sampled_from([0, 1, 20]),
)
_CODES = [f"DKR-C{number}" for number in range(101, 116)]


@st.composite
def findings(draw: st.DrawFn) -> tuple[ReportFinding, ...]:
    """Up to 500 findings that explain each other in any way, circles included."""
    kinds = draw(st.lists(_kinds(), min_size=1, max_size=4))
    count = draw(st.sampled_from([0, 1, 2, 3, 11, 12, 13, 40, 500]))
    edges = draw(st.dictionaries(st.integers(0, 499), st.lists(st.integers(0, 499), max_size=4), max_size=20))
    explained = {number: cause for cause, symptoms in edges.items() for number in symptoms}
    return tuple(
        finding(
            **kinds[number % len(kinds)],
            id=str(number),
            code=_CODES[number % len(_CODES)],
            explains=tuple(str(item) for item in edges.get(number, ())),
            explained_by=(str(explained[number]),) if number in explained else (),
        )
        for number in range(count)
    )


@st.composite
def _kinds(draw: st.DrawFn) -> dict[str, object]:
    return {
        "title": draw(TEXT),
        "severity": draw(st.sampled_from(Severity)),
        "kind": draw(st.sampled_from(Kind)),
        "confidence": draw(st.sampled_from(Confidence)),
        "subject": draw(st.just("container/") | st.just("")) + draw(TEXT),
        "summary": draw(TEXT),
        "evidence": tuple(draw(st.lists(_EVIDENCE, max_size=8))),
        "remedy": draw(_REMEDY),
        "suspect": draw(st.none() | _SUSPECT),
        "count": draw(st.sampled_from([1, 2, 10**9])),
        "last_seen": draw(st.none() | st.just(AT - timedelta(days=3))),
    }


@st.composite
def tables(draw: st.DrawFn) -> tuple[Table, ...]:
    """No ranking, or one of up to the most rows that one may have, with cells of any text."""
    columns = draw(st.integers(1, 5))
    row = st.tuples(*[TEXT] * columns)
    rows = draw(st.lists(row, max_size=3)) * draw(st.sampled_from([1, 3]))
    table = Table(title=draw(TEXT), columns=("Container",) * columns, rows=tuple(rows))
    return draw(st.sampled_from([(), (table,)]))


@st.composite
def reports(draw: st.DrawFn) -> Report:
    """Any report."""
    gap = st.builds(Gap, what=TEXT, reason=TEXT)
    gaps = draw(st.lists(gap, max_size=3)) * draw(st.sampled_from([1, 5, 33]))
    looked_at = draw(st.sampled_from([{}, {"engines": 1}, {"engines": 1, "containers": 10**6}]))
    found = draw(findings())
    said = st.builds(
        LogTemplate,
        finding=st.sampled_from([item.id for item in found] or [""]),
        names=st.lists(TEXT, min_size=1, max_size=5).map(tuple),
        template=TEXT,
        sample=TEXT,
        count=st.integers(1, 10**9),
        first=st.none() | st.just(AT),
        last=st.none() | st.just(AT),
        new=st.booleans(),
        only_unwell=st.booleans(),
    )
    heard = tuple(draw(st.lists(said, max_size=8)))
    return report(
        *found,
        gaps=tuple(gaps),
        looked_at=looked_at,
        tables=draw(tables()),
        log_templates=heard,
        changes=(draw(_CHANGE), draw(_CHANGE)) * draw(st.sampled_from([0, 1, 40])),
        coverage=draw(st.none() | _COVERAGE),
    )


def parts(payload: Any) -> Iterator[dict[str, Any]]:
    """Yield every object of a payload."""
    if isinstance(payload, dict):
        yield payload
        for value in payload.values():
            yield from parts(value)
    elif isinstance(payload, list | tuple):
        for item in payload:
            yield from parts(item)


def text_of(message: Message) -> str:
    """Give all that a reader sees of a message."""
    return "".join(str(part["text"]) for part in parts([*message.blocks, *message.barred]) if _is_text(part))


def _is_text(part: dict[str, Any]) -> bool:
    return part.get("type") in {"text", "plain_text", "raw_text"} and isinstance(part.get("text"), str)


def assert_slack_takes(message: Message) -> None:
    """Fail for a message that Slack would refuse, to post or as an edit, or in which a target's text is markup."""
    payload = message.payload()
    limits.check_message(payload)
    assert len(payload["text"]) <= limits.UPDATE_TEXT
    assert "<" not in payload["text"]
    assert len(text_of(message)) <= MESSAGE_CHARACTERS
    assert not [part for part in parts(payload) if part.get("type") in {"mrkdwn", "markdown"}]
    # Slack shows `text` of a message without blocks of its own beside its attachments.
    assert payload["blocks"]
