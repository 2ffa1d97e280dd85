"""A worker process for the chaos tests: the real one, whose engine does what the scope of a job says.

`sleep:2` takes two seconds, asking its budget all the while; `kill` kills the worker; `deaf:2` asks nobody for two
seconds; `real` is Sickbay's own engine. Each run writes its scope to the file of runs: the ground truth, outside Redis.
A file `kill` beside it kills the worker that begins the next run, whatever its scope.
"""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from sickbay.diagnostics import engine
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.events import History
from sickbay.diagnostics.model import Report, ReportTarget
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.targets import Request, Target
from sickbay.jobs import broker

_REAL = engine.diagnose


def acting(runs: Path) -> Callable[..., engine.Diagnosis]:
    def diagnose(
        target: Target,
        request: Request,
        *,
        budget: Budget,
        progress: Callable[[str], None],
        others: Iterable[Target],
        history: Callable[[], History],
        logs: bool,
    ) -> engine.Diagnosis:
        with runs.open("a") as file:
            file.write(f"{request.scope} {os.getpid()}\n")
        with suppress(FileNotFoundError):
            (runs.parent / "kill").unlink()
            os.kill(os.getpid(), signal.SIGKILL)
        what, _, seconds = request.scope.partition("#")[0].partition(":")
        if what == "real":
            return _REAL(target, Request(), budget=budget, progress=progress, others=others, history=history, logs=logs)
        if what == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        deadline = time.monotonic() + float(seconds or 0)
        while time.monotonic() < deadline:
            if what == "sleep":
                budget.raise_if_cancelled()
                progress(engine.JUDGING)
            time.sleep(0.02)
        report = Report(
            target=ReportTarget(name=target.name, platform=target.platform, zone=target.zone),
            scope=request.scope,
            started_at=datetime.now(UTC),
            duration_s=float(seconds or 0),
            findings=(),
            gaps=(),
            looked_at={},
            timings={},
        )
        return engine.Diagnosis(report, None)  # type: ignore[arg-type]  # no worker looks at the snapshot

    return diagnose


def work(redis_url: str, zone: str, target: str, runs: Path, *, threads: int, heartbeat: int, http: bool) -> None:
    """Be a worker until SIGTERM; `http` asks for health checks on any free port."""
    engine.diagnose = acting(runs)
    # Lost workers are looked for at every second fetch, so that no test waits for luck.
    broker.MAINTENANCE_CHANCE = 500_000
    from workers.process import run_worker

    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signal, _frame: stopping.set())
    run_worker(
        redis_url=redis_url,
        zones=[zone],
        targets={"host": DockerTarget(name="host", zone=zone, host=f"unix://{target}")},
        threads=threads,
        longest_budget_s=60.0,
        stopping=stopping,
        heartbeat_timeout=heartbeat,
        http=("127.0.0.1", 0) if http else None,
    )
