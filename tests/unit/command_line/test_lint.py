"""`sickbay lint`: Dockerfiles and Compose files, judged in the terminal with the exit codes of a diagnosis."""

from pathlib import Path

import msgspec
import pytest

from sickbay.diagnostics.model import Report
from tests.unit.command_line.conftest import Run

CLEAN = 'FROM debian:13-slim\nWORKDIR /app\nCOPY src /app/src\nUSER 10001\nCMD ["/app/src/run"]\n'


def test_a_fault_is_told_with_its_file_and_line(run: Run, tmp_path: Path) -> None:
    """Given a Dockerfile with a fault, when it is linted, then the text says file and line, and the code is 1."""
    (tmp_path / "Dockerfile").write_text(CLEAN.replace("WORKDIR /app", "WORKDIR app"))

    result = run("lint", "Dockerfile")

    assert result.exit_code == 1
    assert "Dockerfile:2  DL3000: Use absolute WORKDIR" in result.stdout


def test_a_clean_file_ends_well(run: Run, tmp_path: Path) -> None:
    """Given a clean Dockerfile, then the code is 0."""
    (tmp_path / "Dockerfile").write_text(CLEAN)

    result = run("lint", "Dockerfile")

    assert (result.exit_code, "Nothing is wrong." in result.stdout) == (0, True)


def test_several_paths_are_one_report(run: Run, tmp_path: Path) -> None:
    """Given a file and a folder, when JSON is asked for, then one report of the public format tells of both."""
    (tmp_path / "Dockerfile").write_text("FROM debian:7\nUSER 1\n")
    (tmp_path / "deploy").mkdir()
    (tmp_path / "deploy" / "compose.yml").write_text("version: '3'\nservices: {}\n")

    result = run("lint", "Dockerfile", "deploy", "--format", "json")

    report = msgspec.json.decode(result.stdout, type=Report)
    assert {finding.id for finding in report.findings} == {
        "LNT-101@file/Dockerfile",
        "LNT-114@file/deploy/compose.yml",
    }
    assert (report.scope, report.looked_at) == ("Dockerfile deploy", {"Dockerfiles": 1, "Compose files": 1})


@pytest.mark.parametrize(
    ("path", "code"), [("nowhere", 2), (".", 3)], ids=["a path that is not there", "an empty folder"]
)
def test_nothing_to_lint_is_no_good_end(run: Run, path: str, code: int) -> None:
    """Given a path that is not there, then the code is that of wrong usage; with nothing to read, of blindness."""
    assert run("lint", path).exit_code == code
