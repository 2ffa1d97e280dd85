"""LNT-114: a file uses what Docker or Compose has left behind."""

from tests.unit.diagnostics.platforms.lint.linted import found, one


def test_maintainer_is_told() -> None:
    """Given MAINTAINER, then hadolint's word is told, and what to write in its place."""
    finding = one("LNT-114", "FROM debian:13\nMAINTAINER me <me@example.org>\n")

    assert "MAINTAINER is deprecated (line 2)" in finding.summary
    assert "LABEL" in finding.remedy.text


def test_version_and_links_are_told() -> None:
    """Given a version and a link, then both are told with their lines."""
    text = "version: '3'\nservices:\n  web:\n    image: a:1\n    links: [db]\n  db: {image: 'b:1'}\n"

    assert one("LNT-114", text, "compose.yml").summary == (
        "compose.yml: has a `version`, which is ignored (line 1); links web (line 5)."
    )


def test_a_file_of_today_is_not_told() -> None:
    """Given neither, then nothing is said."""
    assert found("LNT-114", "services:\n  web: {image: 'a:1'}\n", "compose.yml") == []
