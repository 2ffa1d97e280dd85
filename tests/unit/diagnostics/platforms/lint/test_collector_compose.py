"""Compose itself is asked about local files where its command is there; its word goes over the schema's."""

import stat
from pathlib import Path

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.lint.collector import collect, compose_command
from sickbay.diagnostics.platforms.lint.snapshot import Snapshot
from sickbay.diagnostics.platforms.lint.target import Document, DocumentsTarget, LintTarget
from sickbay.diagnostics.targets import Request

GOOD = "services:\n  a:\n    image: a:1\n    command: $WHAT\n"
BAD = "services:\n  a:\n    image: a:1\n    imagine: a\n"


@pytest.fixture
def docker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a `docker` on the path whose `compose config` does what the file `does` says."""
    file = tmp_path / "bin" / "docker"
    file.parent.mkdir()
    file.write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n[ "$2" = version ] && exit 0\n. {tmp_path}/does\n')
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(compose_command, "which", lambda _name: str(file))
    return tmp_path


def read(folder: Path, text: str, does: str) -> Snapshot:
    (folder / "does").write_text(does)
    (folder / "compose.yml").write_text(text)
    target = LintTarget(name="files", paths=(folder / "compose.yml",))
    return collect(target, Request(), Budget(30), lambda _step: None)


def problems(read: Snapshot) -> list[tuple[int, str]]:
    return [(item.line, item.message) for item in read.compose_files[0].problems]


def test_what_compose_takes_is_no_problem_whatever_the_schema_says(docker: Path) -> None:
    """Given a key that the schema does not know, when Compose takes the file, then there is no problem."""
    assert problems(read(docker, BAD, "exit 0")) == []
    assert (docker / "asked").read_text().splitlines()[1] == f"compose --file {docker}/compose.yml config --quiet"


def test_what_both_refuse_is_told_with_the_schemas_lines(docker: Path) -> None:
    """Given a file that both refuse, then the schema's problem is told: it knows the line."""
    (problem,) = problems(read(docker, BAD, "echo no >&2; exit 15"))

    assert problem[0] == 4


def test_what_compose_alone_refuses_is_told_in_its_words(docker: Path) -> None:
    """Given a file that only Compose refuses, then its last words are told."""
    said = problems(read(docker, GOOD, "echo 'env file /a/.env not found' >&2; exit 1"))

    assert said == [(0, "is refused by Compose: env file /a/.env not found")]


def test_variables_that_nothing_sets_are_told_by_their_line(docker: Path) -> None:
    """Given Compose's warning of a variable, then it is told once, at the line that takes it."""
    warning = 'level=warning msg="The \\\\"WHAT\\\\" variable is not set. Defaulting to a blank string."'
    said = problems(read(docker, GOOD, f"for n in 1 2; do echo '{warning}' >&2; done; exit 0"))

    assert said == [(4, "takes the variable WHAT, which nothing sets here")]


def test_what_a_file_asks_for_is_no_fault_of_it(docker: Path) -> None:
    """Given `${NAME:?}` and nobody who sets it here, then that is no problem."""
    said = problems(read(docker, GOOD, "echo 'required variable WHAT is missing a value: set it' >&2; exit 1"))

    assert said == []


def test_a_compose_that_hangs_is_a_gap(docker: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a command that does not come back, then that is a gap, and the schema's word stands."""
    monkeypatch.setattr(compose_command, "SECONDS", 0.1)

    found = read(docker, BAD, "exec sleep 60")

    assert [(gap.what, gap.reason) for gap in found.gaps] == [
        (f"what docker compose would say of {docker}/compose.yml", "it took too long")
    ]
    assert [line for line, _ in problems(found)] == [4]


@pytest.mark.parametrize(
    "text", [f"include: [x.yml]\n{GOOD}", "services:\n  a: {extends: {file: x.yml, service: a}}\n"]
)
def test_a_file_that_takes_in_others_is_not_asked_about(docker: Path, text: str) -> None:
    """Given a file that includes or extends another, which may have to be fetched, then Compose is not asked."""
    read(docker, text, "exit 1")

    assert not (docker / "asked").exists()


def test_what_was_sent_is_read_by_no_command(docker: Path) -> None:
    """Given a document without a place on this machine, then Compose is not asked."""
    target = DocumentsTarget(name="files", documents=(Document("compose.yml", GOOD.encode()),))

    collect(target, Request(), Budget(30), lambda _step: None)

    assert not (docker / "asked").exists()
