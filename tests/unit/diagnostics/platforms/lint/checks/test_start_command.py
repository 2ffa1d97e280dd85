"""LNT-105: CMD and ENTRYPOINT start something else than they seem to."""

import pytest

from tests.unit.diagnostics.platforms.lint.linted import found, one, places


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ('CMD ["a"]\nCMD ["b"]', "multiple `CMD` instructions found (line 3)"),
        ("CMD a --serve", "use arguments JSON notation for CMD and ENTRYPOINT arguments (line 2)"),
        ("CMD a & b", "starts several processes from one shell, which passes no signals on (line 2)"),
        ('CMD ["sh", "-c", "a & b; wait"]', ""),
        ('ENTRYPOINT a\nCMD ["b"]', "has an ENTRYPOINT in shell form, which ignores the CMD (line 2)"),
        ('ENTRYPOINT ["a"]\nCMD b', "has a CMD in shell form behind an ENTRYPOINT"),
    ],
)
def test_a_start_otherwise_than_meant_is_told(lines: str, says: str) -> None:
    """Given commands that do not start what they seem to, then the finding says so; a JSON array is left alone."""
    finding = found("LNT-105", f"FROM debian:13\n{lines}\n")

    assert [says in item.summary for item in finding] == ([True] if says else [])


def test_a_line_is_told_once() -> None:
    """Given a shell form that starts two processes, then hadolint's word on the same line's form is left out."""
    assert places(one("LNT-105", "FROM debian:13\nCMD mysqld & sleep 10\n")) == ["Dockerfile:2"]


@pytest.mark.parametrize(
    "lines", ['ENTRYPOINT ["a"]\nCMD ["b"]', 'CMD ["a", "&", "b"]', 'HEALTHCHECK CMD curl -f a || exit 1\nCMD ["a"]']
)
def test_a_plain_start_is_not_told(lines: str) -> None:
    """Given one of each as JSON arrays, then nothing is said."""
    assert found("LNT-105", f"FROM debian:13\n{lines}\n") == []
