"""YAML for people: any bytes are either read or refused with a reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sickbay.settings import targets as reading
from sickbay.settings.document import parse_document
from sickbay.settings.loading import settings_of
from sickbay.settings.problems import Problem, SettingsError

FILE = Path("given.yaml")
yaml_like = st.text(alphabet="abz019 :-[]{}&*!'\"#\n|>%@,.?\t\\targets_platform\x00\x85", max_size=200)


@pytest.fixture(autouse=True, scope="module")
def _no_engine() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "discovered", lambda _environ: {})
        yield


def problems_of(content: bytes) -> tuple[Problem, ...]:
    try:
        settings_of(parse_document(FILE, content), FILE)
    except SettingsError as refused:
        return refused.problems
    return ()


@given(st.binary(max_size=200) | yaml_like.map(str.encode))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Given any content, when it is loaded, then it is valid or refused with a reason, and nothing else is raised."""
    problems = problems_of(content)

    assert all(problem.message for problem in problems)


def test_keys_are_text() -> None:
    """Given keys that YAML takes for a number and a truth value, when they are read, then they are text."""
    assert parse_document(FILE, b"1: {on: 2}").values == {"1": {"on": 2}}


def test_lines_are_remembered() -> None:
    """Given keys in maps and lists, when they are read, then each has its line; what is absent has its parent's."""
    document = parse_document(FILE, b"a:\n  - b\n  - c: 1\n")

    assert document.line_of(("a", 1, "c")) == 3
    assert document.line_of(("a", 0)) == 2
    assert document.line_of(("a", 1, "absent")) == 3
    assert document.line_of(("absent",)) is None
