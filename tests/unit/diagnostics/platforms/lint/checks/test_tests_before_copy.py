"""LNT-112: a build runs tests before it has copied them."""

import pytest

from tests.unit.diagnostics.platforms.lint.linted import found, one


@pytest.mark.parametrize(
    ("run", "copy"),
    [("vendor/bin/phpunit", "COPY test /app/test"), ("npm test", "COPY . ."), ("pytest -q", "ADD tests/ /app/tests/")],
)
def test_tests_that_are_not_there_yet_are_told(run: str, copy: str) -> None:
    """Given a test runner in front of what copies the tests, then both lines are told."""
    finding = one("LNT-112", f"FROM debian:13\nCOPY src /app/src\nRUN {run}\n{copy}\n")

    assert "before line 4 copies the tests (line 3)" in finding.summary


@pytest.mark.parametrize(
    "lines",
    [
        "COPY test /app/test\nRUN vendor/bin/phpunit",
        "COPY . /app\nRUN npm test\nCOPY test/data /data",
        "RUN pip install pytest==9 && npm install -g jest\nCOPY tests /app/tests",
        "RUN vendor/bin/phpunit\nCOPY settings.ini /app/",
    ],
    ids=["copied before", "copied with all else", "only installed", "nothing of tests is copied"],
)
def test_tests_that_are_there_or_not_known_are_not_told(lines: str) -> None:
    """Given tests that are there in time, or nothing that tells where they come from, then nothing is said."""
    assert found("LNT-112", f"FROM debian:13\nWORKDIR /app\n{lines}\n") == []
