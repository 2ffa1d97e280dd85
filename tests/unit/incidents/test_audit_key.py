"""The key of the audit log in the data directory: made once, its owner's alone, never over a damaged one."""

import stat
import threading
from pathlib import Path

import pytest

from sickbay.incidents.audit_key import AuditKeyError, key_in


def test_a_key_is_made_once(tmp_path: Path) -> None:
    """Given no data directory, when the key is asked for twice, then it is the same, and its owner's alone."""
    directory = tmp_path / "data"
    key = key_in(directory)

    assert key_in(directory) == key
    assert len(key) == 64
    assert stat.S_IMODE((directory / "audit.key").stat().st_mode) == 0o600
    assert [path.name for path in directory.iterdir()] == ["audit.key"]


def test_another_directory_has_another_key(tmp_path: Path) -> None:
    """Given two data directories, when their keys are made, then they differ."""
    assert key_in(tmp_path / "a") != key_in(tmp_path / "b")


def test_all_who_start_at_once_get_the_same_key(tmp_path: Path) -> None:
    """Given no key, when several ask for it at once, then all get the one that stands there afterwards."""
    together, keys = threading.Barrier(8), set()

    def ask() -> None:
        together.wait(30)
        keys.add(key_in(tmp_path))

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert keys == {key_in(tmp_path)}


@pytest.mark.parametrize("content", ["", "short\n"])
def test_a_damaged_key_is_refused(tmp_path: Path, content: str) -> None:
    """Given a file that holds no key, when it is read, then it is refused and stays as it is."""
    (tmp_path / "audit.key").write_text(content)

    with pytest.raises(AuditKeyError, match=r"audit\.key holds no key\. Put it back from a backup"):
        key_in(tmp_path)
    assert (tmp_path / "audit.key").read_text() == content


def test_a_directory_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    """Given a file where the data directory should be, when the key is asked for, then the path is named."""
    (tmp_path / "data").touch()

    with pytest.raises(AuditKeyError, match=r"data/audit\.key cannot be used: File exists"):
        key_in(tmp_path / "data")
