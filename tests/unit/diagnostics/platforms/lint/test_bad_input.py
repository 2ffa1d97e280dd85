"""Files made to exhaust whoever reads them are read, or are gaps, in a moment."""

import time

import pytest

from tests.unit.diagnostics.platforms.lint.linted import judged, snapshot

_START = b"FROM a:1\nRUN "


def many(line: bytes, count: int) -> bytes:
    return b"".join(line % number for number in range(count))


@pytest.mark.parametrize(
    ("path", "content"),
    [
        ("Dockerfile", _START + b"a && " * 50_000),
        ("Dockerfile", _START + b"'" * 200_000),
        ("Dockerfile", _START + b"<<A " * 50_000),
        ("Dockerfile", _START + b"--a=b " * 40_000),
        ("Dockerfile", _START + b"${a:-" * 50_000),
        ("Dockerfile", _START + b"GRANT @" * 35_000),
        ("Dockerfile", b"FROM a:1\nENV " + b"PASSWORD=b1cdefgh " * 14_000),
        ("Dockerfile", b"FROM a:1\n" + b"COPY a b\nRUN pytest\n" * 9_000 + b"COPY tests c\n"),
        ("Dockerfile", b"# a=b" + b" " * 200_000 + b"c\n"),
        ("compose.yml", b"services:\n" + many(b"  s%d: {image: a, depends_on: [s0]}\n", 4000)),
        ("compose.yml", b"services:\n  a:\n    ports:\n" + many(b"    - {target: 80, published: '%d'}\n", 6000)),
        ("compose.yml", b"services:\n  a:\n" + many(b"    k%d: 1\n", 15_000)),
    ],
    ids=[
        *("commands", "quotes", "heredocs", "flags", "variables", "grants", "secrets", "copies", "a directive"),
        *("services", "ports", "unknown keys"),
    ],
)
def test_a_hostile_file_takes_no_more_than_a_moment(path: str, content: bytes) -> None:
    """Given a quarter megabyte of nothing but beginnings, then it is judged in seconds, and no check breaks."""
    began = time.process_time()

    report = judged(snapshot(content, path))

    assert time.process_time() - began < 10
    assert report.looked_at
    assert [gap.what for gap in report.gaps if gap.what.startswith("check ")] == []


def test_an_empty_command_breaks_no_check() -> None:
    """Given a RUN of which no command is left, then no check fails."""
    report = judged(snapshot("FROM a:1\nRUN <<A\nA\nRUN ;\nCMD\nENTRYPOINT\nENV\n"))

    assert [gap.what for gap in report.gaps if gap.what.startswith("check ")] == []
