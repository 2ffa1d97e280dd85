"""LNT-103: ADD and COPY bring other files than they seem to."""

import pytest

from tests.unit.diagnostics.platforms.lint.linted import found, one

START = "FROM debian:13\nWORKDIR /app\n"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("ADD https://example.org/a.tar.gz /app/", "adds a file from a URL that nothing checks (line 3)"),
        ("ADD settings.ini /app/", "use COPY instead of ADD"),
        ("COPY ../shared /app/shared", "takes ../shared, which is outside of the context (line 3)"),
        ("COPY --from=nowhere/else a /app/", "`COPY --from` should reference a previously defined"),
    ],
)
def test_a_copy_that_brings_something_else_is_told(line: str, says: str) -> None:
    """Given an instruction that copies otherwise than it seems, then the finding says how, and on which line."""
    assert says.replace("`", "") in one("LNT-103", START + line + "\n").summary.replace("`", "")


@pytest.mark.parametrize(
    "line",
    [
        "ADD --checksum=sha256:" + "0" * 64 + " https://example.org/a.tar.gz /app/",
        "ADD https://example.org/team/app.git#v1 /app/",
        "ADD root.tar.gz /",
        "COPY a b /app/",
        'COPY ["a b", "/app/"]',
        "COPY <<EOF /app/settings.ini\nADD https://example.org/a /b\nEOF",
    ],
)
def test_a_copy_that_is_well_done_is_not_told(line: str) -> None:
    """Given a checked URL, a repository, a local archive, or plain copies, then nothing is said."""
    assert found("LNT-103", START + line + "\n") == []
