"""What the chaos tests break: a Valkey, worker processes, and a target that accepts and never answers."""

import multiprocessing
import os
import signal
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Self

import redis

from sickbay.diagnostics.targets import Request
from sickbay.jobs.broker import connect, make_broker
from sickbay.jobs.embedded import EmbeddedValkey
from sickbay.jobs.errors import QueueUnavailableError
from sickbay.jobs.model import Job, JobRecord
from sickbay.jobs.queue import Queue
from tests.chaos.child import work
from tests.unit.jobs.house import job

#: Workers are forked from a process that has imported all they need: a test starts many, and none is to pay for that.
_PROCESSES = multiprocessing.get_context("forkserver")
# Not the worker itself: it takes the engine as it stands when it is imported.
_PROCESSES.set_forkserver_preload(["tests.chaos.child", "sickbay.health", "docker"])

#: Seconds after which something that should happen has not.
PATIENCE = 40.0
#: Milliseconds without a sign of life until a worker's jobs are given to others: as short as a busy machine allows.
HEARTBEAT = 2_000


def eventually(holds: Callable[[], object], *, within: float = PATIENCE) -> None:
    deadline = time.monotonic() + within
    while not holds():
        assert time.monotonic() < deadline, "it never came to pass"
        time.sleep(0.02)


class House:
    """A data directory with a Valkey in it, and the bot's side of the queue. What it starts ends with it."""

    def __init__(self) -> None:
        self._directory = tempfile.TemporaryDirectory(prefix="sickbay-chaos-")
        self.path = Path(self._directory.name)
        self.runs_file = self.path / "runs"
        self.runs_file.touch()
        self.valkey = EmbeddedValkey(self.path)
        client = connect(self.valkey.url, sender=True)
        self.queue = Queue(client, make_broker(client), beat_expires=HEARTBEAT / 4000)
        self.workers: list[ForkServerProcess] = []
        self._deaf = socket.socket(socket.AF_UNIX)

    def __enter__(self) -> Self:
        self.valkey.__enter__()
        self._deaf.bind(str(self.path / "deaf.sock"))
        self._deaf.listen(64)
        return self

    def __exit__(self, *_error: object) -> None:
        for worker in self.workers:
            worker.kill()
            worker.join()
        with suppress(ProcessLookupError):
            os.kill(self.valkey_pid, signal.SIGCONT)
        self.valkey.__exit__(None, None, None)
        self._deaf.close()
        self._directory.cleanup()

    @property
    def valkey_pid(self) -> int:
        assert self.valkey._process
        return self.valkey._process.pid

    def worker(self, zone: str = "alpha", *, threads: int = 2, http: bool = False) -> ForkServerProcess:
        """Start a worker, and wait until it takes jobs."""
        process = _PROCESSES.Process(
            target=work,
            args=(self.valkey.url, zone, str(self.path / "deaf.sock"), self.runs_file),
            kwargs={"threads": threads, "heartbeat": HEARTBEAT, "http": http},
        )
        process.start()
        self.workers.append(process)
        beats = f":{process.pid}:".encode()
        eventually(lambda: any(beats in name for name in self.queue._redis.zrange(f"sickbay:workers:{zone}", 0, -1)))
        return process

    def submit(self, scope: str, *, zone: str = "alpha", budget_s: float = 30.0, report_run: int | None = None) -> Job:
        request = Request(scope=scope)
        made = job(scope, zone=zone, now=datetime.now(UTC), request=request, budget_s=budget_s, report_run=report_run)
        self.queue.submit(made)
        return made

    def record(self, made: Job) -> JobRecord:
        found = self.queue.record(made.id)
        assert found
        return found

    def ended(self, made: Job, *, within: float = PATIENCE) -> JobRecord:
        """Wait until the job is final; Redis may be away meanwhile."""

        def final() -> bool:
            with suppress(QueueUnavailableError):
                return self.record(made).state.final
            return False

        eventually(final, within=within)
        return self.record(made)

    def runs(self) -> Counter[str]:
        """Count how often each scope was begun."""
        return Counter(line.split()[0] for line in self.runs_file.read_text().splitlines())

    def begun(self, made: Job, times: int = 1) -> None:
        """Wait until the job was begun so many times."""
        eventually(lambda: self.runs()[made.request.scope] >= times)

    @contextmanager
    def sweeping(self, *, ahead: float = 0.0) -> Iterator[None]:
        """Sweep as the bot does, on a clock that is `ahead` by so many seconds."""
        client = connect(self.valkey.url, sender=True)
        queue = Queue(client, make_broker(client), clock=lambda: time.time() + ahead)
        stop = threading.Event()

        def sweep() -> None:
            while not stop.wait(0.1):
                with suppress(QueueUnavailableError):
                    queue.sweep()

        thread = threading.Thread(target=sweep)
        thread.start()
        try:
            yield
        finally:
            stop.set()
            thread.join()

    @contextmanager
    def redis_away(self, seconds: float) -> Iterator[None]:
        """Kill Valkey, do what is to be done meanwhile, and start it again on its directory."""
        os.kill(self.valkey_pid, signal.SIGKILL)
        eventually(lambda: not self.valkey.running)
        back_at = time.monotonic() + seconds
        yield
        time.sleep(max(0.0, back_at - time.monotonic()))
        self.valkey.__exit__(None, None, None)
        self.valkey.__enter__()

    def exit_code(self, worker: ForkServerProcess) -> int | None:
        """Wait until a worker ended."""
        worker.join(20)
        return worker.exitcode

    def dead_letters(self, zone: str = "alpha") -> int:
        client = redis.Redis(unix_socket_path=str(self.valkey.socket))
        return int(client.zcard(f"sickbay:diagnose.{zone}.XQ"))
