"""`sickbay replay`: what is no snapshot is refused with what it is."""

from pathlib import Path

import pytest

from tests.unit.command_line.conftest import Run


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "is not a saved snapshot"),
        (b"\x1b[31m", "is not a saved snapshot"),
        (b"{}", "is not a saved snapshot"),
        (
            b'{"format": "other/1", "target": {"name": "a", "platform": "docker", "zone": "z"}, "snapshot": {}}',
            "is in format 'other/1'",
        ),
        (
            b'{"format": "sickbay.snapshot/1", "target": {"name": "a", "platform": "nope", "zone": ""}, "snapshot": 1}',
            "is of platform 'nope'",
        ),
    ],
)
def test_what_is_no_snapshot_is_refused(content: bytes, expected: str, run: Run, tmp_path: Path) -> None:
    """Given a file that is no snapshot, when it is replayed, then the reason is told and the code is 2."""
    (tmp_path / "file.json").write_bytes(content)

    result = run("replay", "file.json")

    assert result.exit_code == 2
    assert expected in result.stderr


def test_a_file_that_is_not_there_is_refused(run: Run) -> None:
    """Given no such file, when it is replayed, then the reason is told and the code is 2."""
    result = run("replay", "absent.json")

    assert result.exit_code == 2
    assert "absent.json cannot be read: No such file or directory" in result.stderr
