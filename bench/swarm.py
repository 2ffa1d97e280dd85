"""How long a diagnosis of a large swarm takes, against plain GETs of the same endpoints, and how much memory.

Makes services on a real swarm whose tasks never run, so that a manager holds a thousand of them without a thousand
containers: one service in ten wants a node that there is not, and is unwell; the others wait for an address on a
network that has none, without an error so far. The swarm is made on the local engine, and left, unless it is in one.
The floor is bare http.client without decoding, in the same run: the same calls in the same dependency.
"""

import argparse
import os
import resource
import secrets
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import docker

from bench.docker_host import Floor
from bench.figures import tell
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import diagnose
from sickbay.diagnostics.platforms.docker.discovery import find_local
from sickbay.diagnostics.platforms.swarm.target import SwarmTarget
from sickbay.diagnostics.targets import Request

_LISTS = ("/info", "/nodes", "/services", "/tasks", "/networks?filters=%7B%22scope%22%3A%5B%22swarm%22%5D%7D")
_PATIENCE = 120.0


@contextmanager
def services(client: Any, count: int, tasks: int) -> Iterator[None]:
    """Make the services and wait until each of their tasks has its error; remove all in the end."""
    prefix = f"bench-{secrets.token_hex(3)}"
    made = client.info()["Swarm"]["LocalNodeState"] == "inactive"
    if made:
        client.swarm.init(advertise_addr="127.0.0.1:21377", listen_addr="127.0.0.1:21377")
    try:
        pool = docker.types.IPAMConfig(pool_configs=[docker.types.IPAMPool(subnet="10.213.9.0/30")])
        full = client.networks.create(f"{prefix}-full", driver="overlay", ipam=pool)
        for number in range(count):
            unwell = number % 10 == 0
            client.services.create(
                "lab/busybox:1",
                ["sleep", "3600"],
                name=f"{prefix}-{number}",
                mode=docker.types.ServiceMode("replicated", replicas=tasks // count),
                constraints=[f"node.labels.bench=={prefix}"] if unwell else [],
                networks=[] if unwell else [full.name],
                env=[f"SETTING_{nth}=value-{nth}" for nth in range(10)],
                labels={"com.docker.stack.namespace": prefix},
            )
        deadline = time.monotonic() + _PATIENCE
        while sum(bool(task["Status"].get("Err")) for task in client.api.tasks()) < tasks // 10:
            if time.monotonic() > deadline:
                raise SystemExit("the swarm did not make the tasks in time")
            time.sleep(0.5)
        yield
    finally:
        for service in client.services.list():
            if service.name.startswith(prefix):
                service.remove()
        for network in client.networks.list(names=[prefix]):
            network.remove()
        if made:
            client.swarm.leave(force=True)


def plain_gets(floor: Floor) -> float:
    """Make all calls of a diagnosis and give the seconds that took."""
    began = time.perf_counter()
    for url in ("/_ping", "/version"):
        floor.get(url)
    with ThreadPoolExecutor(len(_LISTS)) as calls:
        list(calls.map(floor.get, _LISTS))
    return time.perf_counter() - began


def in_process(target: SwarmTarget) -> tuple[float, int]:
    """Collect and judge once; give the seconds, and how many tasks were looked at."""
    began = time.perf_counter()
    done = diagnose(target, Request(), budget=Budget(120))
    seconds = time.perf_counter() - began
    if done.report.gaps:
        print("gaps:", *done.report.gaps, sep="\n  ", file=sys.stderr)
    return seconds, done.report.looked_at["tasks"]


def measured(target: SwarmTarget, rounds: int) -> dict[str, float]:
    """Take both measurements in turn, so that what else the machine does falls on both alike; give the medians."""
    floor = Floor(target.host.removeprefix("unix://"))
    taken: dict[str, list[float]] = {"collect_and_judge_s": [], "plain_gets_s": []}
    tasks = 0
    for _ in range(rounds):
        seconds, tasks = in_process(target)
        taken["collect_and_judge_s"].append(seconds)
        taken["plain_gets_s"].append(plain_gets(floor))
    figures: dict[str, float] = {name: round(statistics.median(values), 3) for name, values in taken.items()}
    figures["ratio"] = round(figures["collect_and_judge_s"] / figures["plain_gets_s"], 2)
    figures["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    return {"tasks": tasks, **figures}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    parser.add_argument("--services", type=int, default=100)
    parser.add_argument("--tasks", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=7, help="how often each is measured; the median counts")
    arguments = parser.parse_args()
    local = find_local(os.environ)
    if local is None or not local.host.startswith("unix://"):
        raise SystemExit("no Docker engine on a Unix socket: set DOCKER_HOST")
    client = docker.DockerClient(base_url=local.host, version="auto", timeout=60)
    with services(client, arguments.services, arguments.tasks):
        target = SwarmTarget(name="swarm", host=local.host)
        in_process(target)  # the SDK is imported once
        figures = {"services": arguments.services, **measured(target, arguments.rounds)}
    tell(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
