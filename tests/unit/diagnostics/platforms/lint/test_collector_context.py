"""The build context is measured as .dockerignore leaves it, within bounds."""

from pathlib import Path

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.lint.collector import context as measuring
from sickbay.diagnostics.platforms.lint.collector.context import Contexts
from sickbay.diagnostics.platforms.lint.snapshot import Context


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project: 1 byte of source, 1,000 of data, and what nobody should copy."""
    for place, size in (
        ("src/a.py", 1),
        ("data/big.bin", 1000),
        ("data/keep/b.bin", 10),
        (".git/config", 5),
        (".env", 5),
    ):
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(b"x" * size)
    (tmp_path / "Dockerfile").write_bytes(b"")
    return tmp_path


def measured(folder: Path, ignore: str | None = None) -> Context:
    if ignore is not None:
        (folder / ".dockerignore").write_text(ignore)
    found = Contexts(Budget(30)).of(folder / "Dockerfile")
    assert found
    return found


def test_a_folder_is_measured_by_what_takes_most(folder: Path) -> None:
    """Given no .dockerignore, then all counts, the largest first, and what is risky is named."""
    found = measured(folder)

    assert (found.size, found.ignore_file, found.more, found.whole_disk) == (1021, False, False, False)
    assert found.largest[0] == ("data", 1010)
    assert found.risky == (".env", ".git")


@pytest.mark.parametrize(
    ("ignore", "size", "risky"),
    [
        ("data\n.git\n.env\n", 1, ()),
        ("# a comment\n/data/*\n!data/keep\n**/.env\n", 1 + 10 + 5, (".git",)),
        ("*\n!src\n", 1, ()),
        ("**/*.bin\n.?*\n", 1, ()),
        ("!.env\n.e[n]v\n", 1021, (".env", ".git")),
    ],
    ids=["folders", "taken back", "all but", "by endings", "nothing that is known"],
)
def test_what_is_ignored_does_not_count(folder: Path, ignore: str, size: int, risky: tuple[str, ...]) -> None:
    """Given rules of .dockerignore, the last that matches counting, then only the rest is measured."""
    found = measured(folder, ignore)
    own = len(ignore) if not any(line in {"*", ".?*"} for line in ignore.splitlines()) else 0

    assert (found.size - own, found.risky, found.ignore_file) == (size, risky, True)


def test_a_walk_that_is_cut_short_says_so(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given more entries than are looked at, then what was found is a least."""
    monkeypatch.setattr(measuring, "MOST_ENTRIES", 2)

    assert measured(folder).more


def test_a_folder_is_walked_once(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given two Dockerfiles in one folder, then it is walked once."""
    contexts = Contexts(Budget(30))
    first = contexts.of(folder / "Dockerfile")
    monkeypatch.setattr(contexts, "_walked", lambda *_arguments, **_options: pytest.fail("walked again"))

    assert contexts.of(folder / "other.Dockerfile") == first
