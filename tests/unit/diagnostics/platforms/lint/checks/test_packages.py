"""LNT-102: packages installed so that the image grows, or is another one tomorrow."""

from sickbay.diagnostics.model import Kind, Severity
from tests.unit.diagnostics.platforms.lint.linted import found, one, places

INSTALL = "RUN apt-get update && apt-get install -y curl"


def test_what_hadolint_says_of_an_installation_is_one_finding() -> None:
    """Given two careless installations, then one finding of low weight tells the rules and both lines."""
    finding = one("LNT-102", f"FROM debian:13\n{INSTALL}\nRUN pip install requests\n")

    assert (finding.severity, finding.kind) == (Severity.LOW, Kind.HYGIENE)
    assert {(place, item.value[:6]) for place, item in zip(places(finding), finding.evidence, strict=True)} >= {
        ("Dockerfile:2", "DL3008"),
        ("Dockerfile:2", "DL3009"),
        ("Dockerfile:3", "DL3042"),
    }


def test_what_is_cleaned_up_too_late_is_not_told_as_never_cleaned_up() -> None:
    """Given lists that a later RUN removes, then only LNT-108 tells it: that they stay is the same fault."""
    finding = one("LNT-102", f"FROM debian:13\n{INSTALL}\nRUN rm -rf /var/lib/apt/lists/*\n")

    assert [item.value for item in finding.evidence if "DL3009" in item.value] == []


def test_an_ignored_rule_is_not_told() -> None:
    """Given a line that says which rules it breaks on purpose, then nothing is told of it."""
    text = f"FROM debian:13\n# hadolint ignore=DL3008,DL3009,DL3015\n{INSTALL}\n"

    assert found("LNT-102", text) == []
