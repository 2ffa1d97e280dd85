"""The file that says where the local workspace runs: for its owner alone, and never half-written."""

from pathlib import Path

from bot.command_line.running import RunningWorkspace, forget, remember, running

WORKSPACE = RunningWorkspace(address="http://127.0.0.1:8025", token="t0ken")


def test_what_is_remembered_is_found(tmp_path: Path) -> None:
    """Given a workspace that was remembered, when it is looked for, then it is found, and nobody else can read it."""
    remember(tmp_path, WORKSPACE)
    remember(tmp_path, WORKSPACE)

    assert running(tmp_path) == WORKSPACE
    assert [path.stat().st_mode & 0o777 for path in tmp_path.iterdir()] == [0o600]


def test_what_is_forgotten_is_gone(tmp_path: Path) -> None:
    """Given a workspace that was forgotten, when it is looked for, then there is none; forgetting twice is no error."""
    remember(tmp_path, WORKSPACE)

    forget(tmp_path)
    forget(tmp_path)

    assert running(tmp_path) is None


def test_a_damaged_file_counts_as_none(tmp_path: Path) -> None:
    """Given a file that holds something else, when a workspace is looked for, then there is none."""
    (tmp_path / "workspace.json").write_text("{")

    assert running(tmp_path) is None
