"""hadolint is asked once for all files, and where it gives no answer that is a gap and never silence."""

import stat
import tempfile
from pathlib import Path

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import CancelledError
from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.lint.collector import collect, hadolint
from sickbay.diagnostics.platforms.lint.snapshot import Snapshot
from sickbay.diagnostics.platforms.lint.target import Document, DocumentsTarget, LintTarget
from sickbay.diagnostics.targets import Request

BAD, GOOD = Document("a.Dockerfile", b"FROM a\n"), Document("b.Dockerfile", b"FROM b:1\nUSER 1\n")


def read(*documents: Document, budget: Budget | None = None) -> Snapshot:
    target = DocumentsTarget(name="files", documents=documents)
    return collect(target, Request(), budget or Budget(30), lambda _step: None)


def program(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Put a shell script in hadolint's place."""
    file = folder / "hadolint"
    file.write_text(f"#!/bin/sh\necho run >> {folder}/runs\n{script}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setattr(hadolint, "_program", lambda: file)


def test_all_files_are_read_by_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given two files, then one process reads both, and each gets its own findings."""
    own = hadolint._program()
    program(tmp_path, monkeypatch, f'exec {own} "$@"')

    first, second = read(BAD, GOOD).dockerfiles

    assert ([rule.code for rule in first.rules], second.rules, second.linted) == (["DL3006"], (), True)
    assert (tmp_path / "runs").read_text() == "run\n"


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("echo broken >&2; exit 3", "it failed: broken"),
        ("echo no json", "it answered otherwise than expected"),
        ("echo '[{\"code\": 1}]'", "it answered otherwise than expected"),
        ("exec sleep 60", "it took too long"),
    ],
    ids=["fails", "babbles", "answers in another shape", "hangs"],
)
def test_no_answer_is_a_gap_for_each_file(
    script: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Given a hadolint that gives no answer, then each file is tried alone, and is a gap with the reason."""
    monkeypatch.setattr(hadolint, "TOGETHER", 0.1)
    monkeypatch.setattr(hadolint, "ALONE", 0.1)
    program(tmp_path, monkeypatch, script)

    found = read(BAD, GOOD)

    assert [gap.what for gap in found.gaps] == [f"what hadolint would say of {item.path}" for item in (BAD, GOOD)]
    assert all(why in gap.reason for gap in found.gaps)
    assert [file.linted for file in found.dockerfiles] == [False, False]


def test_one_file_that_breaks_it_costs_the_others_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a file that makes hadolint fail, then the other is read, and only the one is a gap."""
    program(tmp_path, monkeypatch, f'grep -q poison "$5" "$6" && exit 1; exec {hadolint._program()} "$@"')

    found = read(Document("poison.Dockerfile", b"FROM a:1\n# poison\n"), BAD)

    assert [file.linted for file in found.dockerfiles] == [False, True]
    assert [gap.what for gap in found.gaps] == ["what hadolint would say of poison.Dockerfile"]


def test_a_missing_program_is_one_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given no hadolint, then one gap says so for all files, and the rest is judged."""
    monkeypatch.setattr(hadolint, "_program", lambda: None)

    found = read(BAD, GOOD)

    assert [gap.what for gap in found.gaps] == ["what hadolint would say"]
    assert len(found.dockerfiles) == 2


def test_no_place_for_copies_is_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a machine without a place for temporary files, then that is a gap, and the rest is judged."""
    monkeypatch.setattr(tempfile.TemporaryDirectory, "__init__", no_place)

    (gap,) = read(BAD).gaps

    assert gap.reason.startswith("there is no place for its copies")


def no_place(*_arguments: object, **_options: object) -> None:
    raise FileNotFoundError(2, "No usable temporary directory found")


def test_cancelling_ends_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given nobody who waits any more, then the program is killed and the diagnosis ends."""
    program(tmp_path, monkeypatch, "exec sleep 60")

    with pytest.raises(CancelledError):
        read(BAD, budget=Budget(30, cancelled=(tmp_path / "runs").exists))


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"FROM a:1\n" + b"RUN a\n" * 10_000, "larger than 50000 bytes"),
        (b"# syntax=example.org/other:1\nFROM a:1\n", "its syntax is example.org/other:1"),
        (b"FROM a:1\nRUN a\nHEALTHCHECK SOMETIMES a\n", "it cannot parse line 3"),
    ],
    ids=["a huge file", "a foreign syntax", "not known to it"],
)
def test_what_it_cannot_read_is_a_gap(content: bytes, why: str) -> None:
    """Given a file that hadolint cannot read in time or at all, then that is a gap, and no fault of the file."""
    (gap,) = read(Document("Dockerfile", content)).gaps

    assert why in gap.reason


def test_a_heredoc_does_not_keep_it_from_what_follows() -> None:
    """Given heredocs with instructions right behind them, which hadolint cannot parse, then it can, and lines stay."""
    text = "FROM a:1\nRUN <<EOF\nls\nEOF\nCOPY <<A <<B /c/\na\nA\nb\nB\nUSER root\nWORKDIR app\n"

    (file,) = read(Document("Dockerfile", text.encode())).dockerfiles

    assert [(rule.code, rule.line) for rule in file.rules] == [
        ("DL3002", 10),
        ("DL3066", 10),
        ("DL3000", 11),
    ]


def test_its_settings_count_for_files_of_this_machine_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a .hadolint.yaml where the process works, then it counts for a local file, and not for what was sent."""
    (tmp_path / ".hadolint.yaml").write_text("ignored: [DL3006]\n")
    (tmp_path / "Dockerfile").write_bytes(BAD.content)
    monkeypatch.chdir(tmp_path)
    target = LintTarget(name="files", paths=(Path("Dockerfile"),))

    (local,) = collect(target, Request(), Budget(30), lambda _step: None).dockerfiles
    (sent,) = read(BAD).dockerfiles

    assert ([rule.code for rule in local.rules], [rule.code for rule in sent.rules]) == ([], ["DL3006"])


def test_text_of_all_languages_is_read() -> None:
    """Given text that is not ASCII, a byte order mark and CRLF, then hadolint reads it."""
    (file,) = read(Document("Dockerfile", '\ufeffFROM a\r\nLABEL a="Zürich 東京"\r\n'.encode())).dockerfiles

    assert [(rule.code, rule.line) for rule in file.rules] == [("DL3006", 1)]


def test_nothing_of_the_gaps_is_told_where_all_was_read() -> None:
    """Given files that all could be read, then there is no gap."""
    assert read(BAD, GOOD).gaps == tuple[Gap, ...]()
