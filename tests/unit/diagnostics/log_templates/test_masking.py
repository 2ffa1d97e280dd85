"""What varies in a line becomes a hole, and what says something stays."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.diagnostics.log_templates.masking import masked, refined, told


def template(line: str) -> str:
    return told(refined(masked(line)))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("order 81723 took 12.5ms", "order <*> took <*>"),
        ("peer 10.0.3.7:51234 left", "peer <*> left"),
        ("trace 0af7651916cd43dd8448eb211c80319c ended", "trace <*> ended"),
        ("trace beef651916cd43dd8448eb211c80319c ended", "trace <*> ended"),
        ("job dd7f1c9e-abcd-4a6b-9c1d-0e8fbeadfeed lost", "job <*> lost"),
        ("synced shop/api-7d9f8b6c5-xkzzq", "synced shop/api-<*>"),
        ("2026-11-23 10:00:00,123 ERROR no route", "ERROR no route"),
        ("2026/11/23 10:00:00 [error] no route", "[error] no route"),
        ("[2026-11-23T10:00:00.123Z] ERROR no route", "ERROR no route"),
        ("10:00:00:ERROR:app:lost", "ERROR:app:lost"),
        ("KeyError: 'ada.lovelace'", "KeyError: <*>"),
        ("can't open the user's file", "can't open the user's file"),
        ("user42 logged in", "user<*> logged in"),
        ("12345", "<*>"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_varies_is_masked(line: str, expected: str) -> None:
    """Given a line, then numbers, ids, times, addresses and what is quoted are masked, and its own time is left out."""
    assert template(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        '10.0.0.1 - - "GET /api HTTP/1.1" 503 97',
        'level=info msg=done status=503 bytes=97',
        '{"message": "done", "status": 503}',
        '{"message":"done","status":503}',
    ],
)  # fmt: skip
def test_how_a_request_ended_stays(line: str) -> None:
    """Given the status of an HTTP request, then its first digit stays, so that failures are told from successes."""
    assert template(line) != template(line.replace("503", "200"))
    assert template(line) == template(line.replace("503", "504"))
    assert "5<*>" in template(line)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            '{"level":"error","ts":1764,"msg":"cannot store order 7","user":"ada","error":"dial tcp: refused"}',
            "error cannot store order <*> dial tcp: refused",
        ),
        ('{"level":50,"pid":1,"err":{"type":"E","message":"refused"},"msg":"lost"}', "refused lost"),
        ('{"log.level": "ERROR", "message": "boom"}', "ERROR boom"),
        ('{"@t":"2026","@mt":"Order {Id}","Exception":"System.Exception: x"}', "Order {Id} System.Exception: x"),
    ],
)  # fmt: skip
def test_of_json_only_what_happened_counts(line: str, expected: str) -> None:
    """Given a JSON line, then its level, its message and its error are told, and nothing about the one request."""
    assert template(line) == expected


def test_json_that_says_nothing_stays_as_it_is() -> None:
    """Given a JSON line without a message, then all of it is compared."""
    assert template('{"level":"info","queue":"mail"}') == '{"level":"info","queue":"mail"}'


@given(st.text())
def test_masking_keeps_the_lines(text: str) -> None:
    """Given any text, then it has as many lines as before, and none of ASCII's digits but those of a status."""
    assert masked(text).count("\n") == text.count("\n")


@given(st.text(alphabet=st.characters(exclude_characters="\0")))
def test_what_is_refined_is_not_longer(line: str) -> None:
    """Given any masked line, then what is compared of it is bounded, and comes out the same each time."""
    assert len(refined(masked(line))) <= 500
    assert refined(masked(line)) == refined(masked(line))
