"""Files are found by their names, told apart, read within bounds; what is not read is a gap."""

import os
from pathlib import Path

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.lint.collector import files as reading
from sickbay.diagnostics.platforms.lint.collector.files import Kind, Readable, kind_of_name, read_documents, read_paths
from sickbay.diagnostics.platforms.lint.target import Document


def read(*paths: Path) -> tuple[list[Readable], list[Gap]]:
    gaps: list[Gap] = []
    return read_paths(paths, Budget(30), gaps), gaps


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Dockerfile", Kind.DOCKERFILE),
        ("dockerfile", Kind.DOCKERFILE),
        ("Containerfile", Kind.DOCKERFILE),
        ("api.Dockerfile", Kind.DOCKERFILE),
        ("Dockerfile.prod", Kind.DOCKERFILE),
        ("compose.yml", Kind.COMPOSE),
        ("compose.override.yaml", Kind.COMPOSE),
        ("docker-compose.yml", Kind.COMPOSE),
        ("docker-compose.ci.yaml", Kind.COMPOSE),
        ("docker-compose-dev.yml", Kind.COMPOSE),
        ("Dockerfile.dockerignore", None),
        ("dockerfile.py", None),
        ("Dockerfile.j2", None),
        ("values.yaml", None),
        ("composer.yml", None),
        ("mycompose.yml", None),
    ],
)
def test_a_name_tells_what_a_file_is(name: str, kind: Kind | None) -> None:
    """Given a file's name, then it says Dockerfile, Compose file, or nothing."""
    assert kind_of_name(name) is kind


def test_a_folder_is_searched_without_other_peoples_files(tmp_path: Path) -> None:
    """Given a tree, then its files are found by name, in order, and .git, node_modules and .venv are left out."""
    for place in (
        "b/Dockerfile",
        "a/compose.yml",
        "Dockerfile",
        "node_modules/x/Dockerfile",
        ".git/Dockerfile",
        ".venv/Dockerfile",
    ):
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("FROM a:1\n")

    found, gaps = read(tmp_path, tmp_path / "Dockerfile")

    assert [str(Path(item.path).relative_to(tmp_path)) for item in found] == [
        "Dockerfile",
        "a/compose.yml",
        "b/Dockerfile",
    ]
    assert gaps == []


def test_a_folder_without_any_is_a_gap(tmp_path: Path) -> None:
    """Given an empty folder, then the gap says what it lacks."""
    assert read(tmp_path)[1] == [Gap(what=str(tmp_path), reason="holds no Dockerfile and no Compose file")]


def test_a_walk_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given more files, entries or levels than are looked at, then the rest is a gap, or is not entered."""
    for number in range(4):
        (tmp_path / f"{number}.Dockerfile").write_text("FROM a:1\n")
    deep = tmp_path / "1/2/3"
    deep.mkdir(parents=True)
    (deep / "Dockerfile").write_text("FROM a:1\n")

    monkeypatch.setattr(reading, "DEEPEST", 2)
    assert len(read(tmp_path)[0]) == 4
    monkeypatch.setattr(reading, "MOST_FILES", 3)
    found, gaps = read(tmp_path)
    assert (len(found), gaps[0].reason) == (3, "at most 3 are read: name them")
    monkeypatch.setattr(reading, "MOST_ENTRIES", 2)
    monkeypatch.setattr(reading, "MOST_FILES", 9)
    assert "more than 2 entries" in read(tmp_path)[1][0].reason


def test_what_is_no_file_or_too_large_is_a_gap(tmp_path: Path) -> None:
    """Given a pipe, a file of 10 MB and one that may not be there, then each is a gap, and nothing hangs."""
    os.mkfifo(tmp_path / "Dockerfile")
    (tmp_path / "big.Dockerfile").write_bytes(b"# nothing\n" * 1_000_000)

    found, gaps = read(tmp_path / "Dockerfile", tmp_path / "big.Dockerfile", tmp_path / "gone.Dockerfile")

    assert found == []
    assert [gap.reason.split(",")[0] for gap in gaps] == [
        "is no regular file",
        "is larger than 262144 bytes",
        "No such file or directory",
    ]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("# a\nFROM a:1\nRUN b\n", Kind.DOCKERFILE),
        ("ARG A=1\nFROM a:$A\n", Kind.DOCKERFILE),
        ("services:\n  a: {image: 'a:1'}\n", Kind.COMPOSE),
        ("x-a: &a {}\nservices: {}\n", Kind.COMPOSE),
        ("from: me\nto: you\n", None),
        ("Hello,\nit is broken.\n", None),
    ],
)
def test_content_tells_what_a_nameless_file_is(text: str, kind: Kind | None) -> None:
    """Given a snippet whose name tells nothing, then its content does, or it is a gap."""
    gaps: list[Gap] = []

    found = read_documents([Document("untitled.txt", text.encode())], gaps)

    assert [item.kind for item in found] == ([kind] if kind else [])
    assert [gap.reason for gap in gaps] == ([] if kind else ["is neither a Dockerfile nor a Compose file"])
