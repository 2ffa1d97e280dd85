"""How long a diagnosis of a large Docker host takes, against plain GETs of the same endpoints, and how much memory.

Starts containers on the local engine (images `lab/pause:1` and `lab/busybox:1`), one in ten of them unwell, and removes
them. The floor is bare http.client with as many connections and no decoding, in the same run: the same calls in the
same dependency (the list first, then the rest at once), the same two samples of statistics.
"""

import argparse
import http.client
import json
import os
import secrets
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bench.figures import tell
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import diagnose
from sickbay.diagnostics.platforms.docker.collector.connection import CALLS, STREAMS
from sickbay.diagnostics.platforms.docker.discovery import find_local
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.targets import Request

_RUN = ("docker", "run", "--detach", "--network", "none", "--memory", "16m", "--label", "sickbay.bench=yes")
_WELL = ("lab/pause:1",)
#: In turn: exits at once, restarts for ever, fails its health check.
_UNWELL = (
    ("lab/busybox:1", "sh", "-c", "echo out of luck; exit 3"),
    ("--restart=on-failure", "lab/busybox:1", "sh", "-c", "echo again; sleep 5; exit 1"),
    ("--health-cmd=false", "--health-interval=10s", "--health-retries=1", "lab/busybox:1", "sleep", "3600"),
)


@contextmanager
def containers(count: int) -> Iterator[None]:
    """Run the containers, four at a time, and remove them in the end."""
    prefix = f"bench-{secrets.token_hex(3)}"
    names = [f"{prefix}-{number}" for number in range(count)]

    def run(number: int) -> None:
        command = _UNWELL[number // 10 % len(_UNWELL)] if number % 10 == 0 else _WELL
        subprocess.run([*_RUN, "--name", names[number], *command], check=True, stdout=subprocess.DEVNULL)

    try:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(run, range(count)))
        yield
    finally:
        chunks = [names[start : start + 25] for start in range(0, count, 25)]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(_remove, chunks))


def _remove(names: list[str]) -> None:
    subprocess.run(["docker", "rm", "--force", *names], check=False, capture_output=True)


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: str) -> None:
        super().__init__("localhost")
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.connect(self._path)


class Floor:
    """Plain GETs over kept connections, one a thread."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._idle: list[_UnixConnection] = []

    def get(self, url: str, lines: int = 0) -> bytes:
        """Read the body, or the first lines of a stream and leave."""
        connection = self._idle.pop() if self._idle else _UnixConnection(self._path)
        connection.request("GET", f"/v1.41{url}")
        answer = connection.getresponse()
        body = b"".join(answer.readline() for _ in range(lines)) if lines else answer.read()
        if lines:
            connection.close()
        self._idle.append(connection)
        return body

    def run(self, unwell: list[str], running: list[str]) -> float:
        """Make all calls of a diagnosis and give the seconds that took."""
        began = time.perf_counter()
        with ThreadPoolExecutor(CALLS) as calls, ThreadPoolExecutor(STREAMS) as streams:
            for url in ("/_ping", "/version"):
                self.get(url)
            jobs = [calls.submit(self.get, url) for url in ("/info", "/system/df", "/volumes", "/plugins")]
            networks = calls.submit(self.get, "/networks")
            listed = json.loads(self.get("/containers/json?all=1"))
            now = time.time()
            urls = [f"/containers/{item['Id']}/json" for item in listed]
            urls += [
                f"/images/{image}/{what}"
                for image in {item["ImageID"] for item in listed}
                for what in ("json", "history")
            ]
            urls += [f"/containers/{id_}/logs?stdout=1&stderr=1&timestamps=1&tail=200" for id_ in unwell]
            urls += [f"/containers/{id_}/top" for id_ in set(unwell) & set(running)]
            urls += [f"/events?since={now - 86400:.9f}&until={now - 0.1:.9f}", "/info"]
            inspected = (item for item in json.loads(networks.result()) if item["Driver"] not in {"host", "null"})
            urls += [f"/networks/{item['Id']}" for item in inspected]
            watched = [item["Id"] for item in listed if item["State"] in {"running", "paused"}]
            jobs += [streams.submit(self.get, f"/containers/{id_}/stats?stream=1", 2) for id_ in watched]
            jobs += [calls.submit(self.get, url) for url in urls]
            for job in jobs:
                job.result()
        return time.perf_counter() - began


def in_process(target: DockerTarget) -> tuple[float, list[str], list[str]]:
    """Collect and judge once; give the seconds, and the ids of the containers with logs and of those with processes."""
    began = time.perf_counter()
    snapshot = diagnose(target, Request(), budget=Budget(120)).snapshot
    seconds = time.perf_counter() - began
    if snapshot.gaps:
        print("gaps:", *snapshot.gaps, sep="\n  ", file=sys.stderr)
    assert isinstance(snapshot, Snapshot)
    found = snapshot.containers
    return (
        seconds,
        [item.inspect.id for item in found if item.log],
        [item.inspect.id for item in found if item.processes],
    )


def in_terminal(target: DockerTarget) -> tuple[float, float]:
    """Run `sickbay diagnose` once; give the seconds and the megabytes resident at its peak."""
    sickbay = Path(sys.executable).with_name("sickbay")
    began = time.perf_counter()
    process = subprocess.Popen(
        [sickbay, "diagnose", target.name, "--format", "json"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - began
    if os.waitstatus_to_exitcode(status) not in {0, 1}:
        assert process.stderr
        raise SystemExit(f"sickbay diagnose failed: {process.stderr.read().decode()}")
    return seconds, usage.ru_maxrss / 1024


def measured(target: DockerTarget, rounds: int) -> dict[str, float]:
    """Take every measurement in turn, so that what else the machine does falls on all alike; give the medians."""
    floor = Floor(target.host.removeprefix("unix://"))
    taken: dict[str, list[float]] = {}
    for _ in range(rounds):
        seconds, unwell, running = in_process(target)
        terminal, megabytes = in_terminal(target)
        plain = floor.run(unwell, running)
        for name, figure in (
            ("collect_and_judge_s", seconds),
            ("sickbay_diagnose_s", terminal),
            ("plain_gets_s", plain),
            ("sickbay_diagnose_peak_mb", megabytes),
        ):
            taken.setdefault(name, []).append(figure)
    figures = {name: round(statistics.median(values), 2) for name, values in taken.items()}
    figures["ratio_in_process"] = round(figures["collect_and_judge_s"] / figures["plain_gets_s"], 2)
    figures["ratio_in_terminal"] = round(figures["sickbay_diagnose_s"] / figures["plain_gets_s"], 2)
    return figures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--containers", type=int, default=300, help="how many, one in ten of them unwell")
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured; the median counts")
    arguments = parser.parse_args()
    target = find_local(os.environ)
    if target is None or not target.host.startswith("unix://"):
        raise SystemExit("no Docker engine on a Unix socket: set DOCKER_HOST")
    with containers(arguments.containers):
        figures = {"containers": arguments.containers, **measured(target, arguments.rounds)}
    tell(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
