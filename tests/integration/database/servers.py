"""A PostgreSQL of the tests' own: in a temporary directory, on a Unix socket alone, with nothing kept for long."""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

#: PostgreSQL refuses to run as root.
_USER = "postgres" if os.geteuid() == 0 else None
#: Debian does not put these on PATH.
_DEBIAN = "/usr/lib/postgresql"


class Server:
    """A running server. `url` names a database that is made for the caller."""

    def __init__(self, programs: Path, directory: Path) -> None:
        self._programs = programs
        self._directory = directory
        self._data = directory / "data"

    def make(self) -> None:
        """Write an empty cluster."""
        self._run("initdb", "--auth=trust", "--username=sickbay", "--no-sync", "--encoding=UTF8", "--locale=C.UTF-8")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"-c listen_addresses= -c unix_socket_directories={self._directory} -c fsync=off"
        self._run("pg_ctl", "start", "--wait", f"--log={self._directory}/log", f"--options={options}")

    def stop(self) -> None:
        """Stop it at once, as a machine that fails does."""
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate")

    def database(self) -> str:
        """Make a database; give its address."""
        name = f"test_{uuid.uuid4().hex}"
        with psycopg.connect(self._url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        return self._url(name)

    def _url(self, name: str) -> str:
        return f"postgresql://sickbay@/{name}?host={self._directory}"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(self._programs / program), f"--pgdata={self._data}", *arguments]
        done = subprocess.run(
            command, cwd=self._directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, user=_USER, text=True
        )
        assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}"


@contextmanager
def postgres() -> Iterator[Server]:
    """Run a server while the context lasts; skip the test where PostgreSQL is not installed."""
    found = shutil.which("pg_ctl") or next(iter(sorted(Path(_DEBIAN).glob("*/bin/pg_ctl"), reverse=True)), None)
    if found is None:
        pytest.skip("PostgreSQL is not installed")
    # In a folder with a short name, for paths of sockets may not be long, that the server's user may enter.
    directory = Path(tempfile.mkdtemp(prefix="pg.", dir="/tmp"))
    if _USER:
        shutil.chown(directory, _USER)
    server = Server(Path(found).parent, directory)
    try:
        server.make()
        server.start()
        yield server
        server.stop()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
