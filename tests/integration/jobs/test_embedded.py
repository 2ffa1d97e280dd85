"""The Valkey of our own: for its owner alone, one owner at a time, nothing lost, nothing left behind."""

import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
import redis

from sickbay.jobs import embedded
from sickbay.jobs.broker import connect
from sickbay.jobs.embedded import DataDirectoryError, EmbeddedValkey

OWNER = """
import sys, time
from pathlib import Path
from sickbay.jobs.embedded import EmbeddedValkey
with EmbeddedValkey(Path(sys.argv[1])):
    print("up", flush=True)
    time.sleep(600)
"""


def eventually(holds: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not holds():
        assert time.monotonic() < deadline, "it never came to pass"
        time.sleep(0.02)


def gone(pid: int) -> bool:
    """Say whether a process runs no more; one that nobody waited for yet is gone too."""
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    return True


def pid_of(directory: Path) -> int:
    """Give the process that answers on the directory's socket."""
    client = redis.Redis(unix_socket_path=str(directory / "valkey" / "valkey.sock"))
    return int(client.info("server")["process_id"])


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that owns the directory, with its Valkey up."""
    process = subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "up\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_only_its_owner_can_reach_it(tmp_path: Path) -> None:
    """Given a running Valkey, when looked at, then its directory and its socket are its owner's, and no port is."""
    with EmbeddedValkey(tmp_path) as valkey:
        assert stat.S_IMODE(valkey.directory.stat().st_mode) == 0o700
        assert stat.S_IMODE(valkey.socket.stat().st_mode) == 0o700
        assert connect(valkey.url, sender=True).info("server")["tcp_port"] == 0


def test_a_directory_that_others_could_enter_is_closed(tmp_path: Path) -> None:
    """Given a directory that anybody may enter, when Valkey starts in it, then nobody else may any more."""
    (tmp_path / "valkey").mkdir(mode=0o777)
    (tmp_path / "valkey").chmod(0o777)

    with EmbeddedValkey(tmp_path) as valkey:
        assert stat.S_IMODE(valkey.directory.stat().st_mode) == 0o700


def test_what_it_holds_is_there_after_a_restart(tmp_path: Path) -> None:
    """Given a key, when Valkey is stopped and started again, then the key is there, and no process is left."""
    with EmbeddedValkey(tmp_path) as valkey:
        connect(valkey.url, sender=True).set("key", "value")
        pid = pid_of(tmp_path)
    assert gone(pid)

    with EmbeddedValkey(tmp_path) as valkey:
        assert connect(valkey.url, sender=True).get("key") == b"value"


def test_what_it_holds_is_there_after_a_kill(tmp_path: Path) -> None:
    """Given a key just written, when Valkey is killed and entered again, as `up` does, then the key is there."""
    with EmbeddedValkey(tmp_path) as valkey:
        connect(valkey.url, sender=True).set("key", "value")
        os.kill(pid_of(tmp_path), signal.SIGKILL)
        eventually(lambda: not valkey.running)

        valkey.__exit__(None, None, None)
        valkey.__enter__()

        assert connect(valkey.url, sender=True).get("key") == b"value"


def test_a_second_owner_is_refused(tmp_path: Path, owner: subprocess.Popen[str]) -> None:
    """Given a directory in use, when another Sickbay starts in it, then it is told, and the first goes on."""
    with pytest.raises(DataDirectoryError, match=f"Another Sickbay uses {tmp_path}"), EmbeddedValkey(tmp_path):
        pytest.fail("two owners")

    assert owner.poll() is None
    assert not gone(pid_of(tmp_path))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux promises that a process ends with its parent")
def test_a_killed_owner_leaves_no_valkey_behind(tmp_path: Path, owner: subprocess.Popen[str]) -> None:
    """Given a running owner, when it is killed with -9, then its Valkey ends, and the directory is free again."""
    pid = pid_of(tmp_path)

    owner.kill()

    eventually(lambda: gone(pid))
    with EmbeddedValkey(tmp_path) as valkey:
        assert connect(valkey.url, sender=True).ping()


def orphaned(directory: Path) -> EmbeddedValkey:
    """Leave a Valkey behind that nobody owns, as a killed owner does where no system ends it."""
    left = EmbeddedValkey(directory)
    left.__enter__()
    connect(left.url, sender=True).set("key", "value")
    assert left._lock
    left._lock.close()
    return left


def test_an_orphan_is_ended_first(tmp_path: Path) -> None:
    """Given a Valkey whose owner was killed, when Sickbay starts, then that one ends and what it held is there."""
    left = orphaned(tmp_path)

    with EmbeddedValkey(tmp_path) as valkey:
        assert not left.running
        assert connect(valkey.url, sender=True).get("key") == b"value"


def test_a_frozen_orphan_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Given a Valkey left behind that does not answer, when Sickbay starts, then it says so and owns nothing."""
    monkeypatch.setattr(embedded, "_STOP_SECONDS", 0.5)
    left = orphaned(tmp_path)
    frozen = pid_of(tmp_path)
    os.kill(frozen, signal.SIGSTOP)
    try:
        with pytest.raises(DataDirectoryError, match="does not answer: end it"), EmbeddedValkey(tmp_path):
            pytest.fail("started")
    finally:
        os.kill(frozen, signal.SIGCONT)

    with EmbeddedValkey(tmp_path):
        assert not left.running


def test_a_path_too_long_for_a_socket_is_refused(tmp_path: Path) -> None:
    """Given a data directory with a long name, when entered, then the message says what to do, and nothing is made."""
    directory = tmp_path / ("ü" * 50)

    with pytest.raises(DataDirectoryError, match="choose a shorter data_directory"), EmbeddedValkey(directory):
        pytest.fail("started")

    assert not directory.exists()


@pytest.mark.parametrize("name", ["with space", "100%20", "a#b?c=d", "üñ"])
def test_any_name_of_a_directory_will_do(tmp_path: Path, name: str) -> None:
    """Given a data directory with signs that mean something in a URL, when entered, then its URL leads there."""
    with EmbeddedValkey(tmp_path / name) as valkey:
        assert connect(valkey.url, sender=True).ping()


def test_a_valkey_that_cannot_start_says_where_the_reason_is(tmp_path: Path) -> None:
    """Given damaged data, when Valkey will not start, then its log is named, and the directory is free again."""
    (tmp_path / "valkey" / "appendonlydir").mkdir(parents=True)
    (tmp_path / "valkey" / "appendonlydir" / "appendonly.aof.manifest").write_text("nonsense")
    for _ in range(2):
        with pytest.raises(DataDirectoryError, match=r"valkey\.log says why"), EmbeddedValkey(tmp_path):
            pytest.fail("started")
