"""LNT-113: what the builder or Compose refuses, or takes otherwise than it was meant."""

import pytest

from sickbay.diagnostics.model import Kind
from tests.unit.diagnostics.platforms.lint.linted import found, one, places


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("FROM a:1\nRUNN ls\n", 2, "has an unknown instruction RUNN (line 2)"),
        ("RUN ls\n", 0, "has no FROM, so nothing to build"),
        ("LABEL a=b\nFROM a:1\n", 1, "has a LABEL before its first FROM (line 1)"),
        ("FROM a:1\nCOPY a\n", 2, "has a COPY with too few or too many words (line 2)"),
        ("FROM a:1 AS\n", 1, "has a FROM with too few or too many words (line 1)"),
        ("FROM a:1\nRUN <<EOF\nls\n", 2, "has no line `EOF` to end its heredoc (line 2)"),
        ("FROM a:1\nENV NAME a=b c=d\n", 2, "has an ENV in the old form"),
        ("FROM a:1\nRUN if true; then ls\n", 2, "expected 'fi'"),
        ("FROM a:1\nWORKDIR /a\nCOPY a b /c\n", 3, "COPY with more than 2 arguments requires"),
        ("", 0, "is empty"),
        ("# nothing\n", 0, "is empty"),
        ("Dear all,\nthe build is broken.\n", 1, "is no Dockerfile"),
    ],
)
def test_what_cannot_be_built_is_told_with_its_line(text: str, line: int, says: str) -> None:
    """Given a Dockerfile that a builder refuses or misreads, then an incident says why, and where."""
    finding = one("LNT-113", text)

    assert (says in finding.summary, finding.kind) == (True, Kind.INCIDENT)
    assert places(finding)[0] == (f"Dockerfile:{line}" if line else "Dockerfile")


def test_bytes_that_are_no_text_are_told() -> None:
    """Given a Dockerfile that is a program, then it is told to be no text."""
    assert "is not text" in one("LNT-113", b"\x7fELF\x02\x01\x00\x00").summary


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("services:\n  web:\n    image: a\n    port: 80\n", 4, "key `port` in services.web (did you mean `ports`?)"),
        ("services:\n  web:\n    image: a:1\n    ports: 80\n", 4, "has `80` at services.web.ports; allowed is a list"),
        ("servces:\n  web: {image: 'a:1'}\n", 1, "an unknown key `servces` in the file (did you mean `services`?)"),
        ("services:\n  web: {image: 'a:1'}\n  web: {image: 'b:1'}\n", 3, "the key `web` stands twice"),
        ("services:\n\tweb: 1\n", 2, "is no YAML for Compose"),
        ("web:\n  image: a:1\n  links: [db]\n", 1, "has its services at the top"),
        ("", 0, "is empty"),
        ("- a\n", 1, "holds no keys and values"),
    ],
)  # fmt: skip
def test_what_compose_refuses_is_told_with_its_line(text: str, line: int, says: str) -> None:
    """Given a Compose file that Compose refuses, then an incident says why, and where."""
    finding = one("LNT-113", text, "compose.yml")

    assert says in finding.summary
    assert places(finding) == [f"compose.yml:{line}" if line else "compose.yml"]


@pytest.mark.parametrize(
    "text",
    [
        "services:\n  a:\n    image: a:1\n    deploy: {replicas: $COUNT}\n    ports: ['${PORT:-80}:80']\n",
        "x-all: &all {restart: always}\nservices:\n  a: {<<: *all, image: 'a:1'}\n  b: {<<: [*all], image: 'b:1'}\n",
        "services:\n  a: {image: 'a:1', ports: !override ['80:80'], environment: {YES: yes, ON: on}}\n",
        "services: {}\n",
    ],
    ids=["variables", "anchors and merges", "Compose's own tags", "no service"],
)
def test_what_compose_takes_is_not_told(text: str) -> None:
    """Given what Compose takes, then nothing is said."""
    assert found("LNT-113", text, "compose.yml") == []


def test_a_foreign_syntax_is_not_judged_by_dockers() -> None:
    """Given a Dockerfile for another frontend, then its instructions are not called unknown."""
    assert found("LNT-113", "# syntax=example.org/other:1\nFROM a:1\nWHATEVER b\n") == []
