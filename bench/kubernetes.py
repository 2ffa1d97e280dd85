"""How long a diagnosis of a large cluster takes, against plain paged GETs of the same lists, and how much memory.

Wants an API server that it may fill, alone, with no controllers and no kubelet: SICKBAY_BENCH_KUBECONFIG or
--kubeconfig, never KUBECONFIG, which may be somebody's real cluster. `--fill` writes pods with their status, nodes,
services, their endpoints and events; what is there already is left. Each measurement is a process of its
own. The floor fetches the same lists with the same paging, as many at a time, and decodes nothing; a scoped diagnosis
is compared with what a person would type: `kubectl describe` and `kubectl get events` of the same namespace.
"""

import argparse
import importlib
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import urllib3

from bench.figures import tell
from sickbay.diagnostics import catalogue, engine
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.kubernetes.collector.collection import COMMON, NAMESPACED, WHOLE, query_of
from sickbay.diagnostics.platforms.kubernetes.collector.connection import Connection
from sickbay.diagnostics.platforms.kubernetes.collector.reading import CALLS, PAGE
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from sickbay.diagnostics.targets import Request

NAMESPACES, WRITERS = 50, 16
#: How often everything is measured, in turn; the median counts.
ROUNDS = 3
#: One pod in so many crashes.
ILL = 50
NAMESPACE, NAME = "bench-07", "app-7"


class Api:
    """A few requests to the API server, by the product's own connection."""

    def __init__(self, kubeconfig: Path) -> None:
        self.connection = Connection(KubernetesTarget(name="bench", kubeconfig=kubeconfig), Budget(3600))
        self.connection.open()
        configuration = self.connection.configuration
        tokens = configuration.auth_settings().values()
        self._headers = {"Content-Type": "application/json", "Authorization": next(iter(tokens))["value"]}  # type: ignore[index]  # typed as object
        self._pool = urllib3.PoolManager(maxsize=WRITERS, cert_reqs="CERT_NONE")
        self._host = str(configuration.host)
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def write(self, method: str, path: str, body: Mapping[str, Any]) -> None:
        """Send a body; what exists already is left."""
        answer = self._pool.request(method, self._host + path, headers=self._headers, body=json.dumps(body))
        if answer.status >= 400 and answer.status != 409:
            raise RuntimeError(f"{method} {path}: {answer.status} {answer.data[:200]!r}")


def objects(pods: int, nodes: int, services: int, events: int) -> Iterator[list[tuple[str, str, dict[str, Any]]]]:
    """Yield groups of writes (method, path, body) that may be made side by side."""
    yield [("POST", "/api/v1/namespaces", {"metadata": {"name": f"bench-{n:02}"}}) for n in range(NAMESPACES)]
    yield [("POST", "/api/v1/nodes", {"metadata": {"name": f"node-{n}"}}) for n in range(nodes)]
    yield [("PATCH", f"/api/v1/nodes/node-{n}/status", node_status()) for n in range(nodes)]
    yield [service(n) for n in range(services)]
    yield [endpoints(n) for n in range(services)]
    for start in range(0, pods, 2000):
        numbers = range(start, min(start + 2000, pods))
        yield [("POST", f"/api/v1/namespaces/{place(n)}/pods", pod(n, nodes)) for n in numbers]
        yield [("PUT", f"/api/v1/namespaces/{place(n)}/pods/{pod_name(n)}/status", pod(n, nodes)) for n in numbers]
    for start in range(0, events, 5000):
        yield [event(n, pods) for n in range(start, min(start + 5000, events))]


def place(number: int) -> str:
    return f"bench-{number % NAMESPACES:02}"


def pod_name(number: int) -> str:
    return f"app-{number // NAMESPACES % 20}-5d9c8b7f6-{number:05}"


def node_status() -> dict[str, Any]:
    size = {"cpu": "32", "memory": "128Gi", "pods": "110"}
    condition = {"type": "Ready", "status": "True", "reason": "KubeletReady", "lastHeartbeatTime": now()}
    return {"status": {"capacity": size, "allocatable": size, "conditions": [condition]}}


def service(number: int) -> tuple[str, str, dict[str, Any]]:
    name = f"svc-{number // NAMESPACES}"
    selector = {"app": f"app-{number // NAMESPACES % 20}"}
    body = {"metadata": {"name": name}, "spec": {"selector": selector, "ports": [{"port": 80, "targetPort": 8080}]}}
    return "POST", f"/api/v1/namespaces/{place(number)}/services", body


def endpoints(number: int) -> tuple[str, str, dict[str, Any]]:
    name = f"svc-{number // NAMESPACES}"
    body = {
        "metadata": {"name": f"{name}-x7k2p", "labels": {"kubernetes.io/service-name": name}},
        "addressType": "IPv4", "ports": [{"port": 8080}],
        "endpoints": [{"addresses": [f"10.1.{number % 250}.{n}"], "conditions": {"ready": True}} for n in range(10)],
    }  # fmt: skip
    return "POST", f"/apis/discovery.k8s.io/v1beta1/namespaces/{place(number)}/endpointslices", body


def pod(number: int, nodes: int) -> dict[str, Any]:
    app, ill = f"app-{number // NAMESPACES % 20}", number % ILL == 0
    owner = {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": f"{app}-5d9c8b7f6", "uid": "0", "controller": True}
    running = {"running": {"startedAt": now(hours=20)}}
    looping = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}}
    end = {"exitCode": 1, "reason": "Error", "startedAt": now(minutes=3), "finishedAt": now(minutes=2)}
    status = {
        "name": "app", "ready": not ill, "restartCount": 9 if ill else 0, "image": "registry.example.com/shop/app:1",
        "imageID": "registry.example.com/shop/app@sha256:" + "ab" * 32, "state": looping if ill else running,
        "lastState": {"terminated": end} if ill else {}, "containerID": "containerd://" + "cd" * 32, "started": not ill,
    }  # fmt: skip
    conditions = [
        {"type": kind, "status": "False" if ill and kind != "PodScheduled" else "True", "lastTransitionTime": now()}
        for kind in ("Initialized", "Ready", "ContainersReady", "PodScheduled")
    ]
    environment = [{"name": f"SETTING_{n}", "value": f"value-{n}" * 5} for n in range(12)]
    probe = {"httpGet": {"path": "/healthz", "port": 8080}, "periodSeconds": 10}
    container = {
        "name": "app", "image": "registry.example.com/shop/app:1", "ports": [{"containerPort": 8080}],
        "env": environment, "readinessProbe": probe, "livenessProbe": probe,
        "resources": {"requests": {"cpu": "100m", "memory": "128Mi"}, "limits": {"memory": "256Mi"}},
        "volumeMounts": [{"name": "settings", "mountPath": "/etc/settings"}],
    }  # fmt: skip
    return {
        "metadata": {
            "name": pod_name(number), "namespace": place(number), "ownerReferences": [owner],
            "labels": {"app": app, "pod-template-hash": "5d9c8b7f6", "team": f"team-{number % 7}"},
            "annotations": {"checksum/config": "ef" * 32},
        },
        "spec": {
            "nodeName": f"node-{number % nodes}", "containers": [container],
            "volumes": [{"name": "settings", "configMap": {"name": "settings"}}],
        },
        "status": {
            "phase": "Running", "podIP": f"10.1.{number // 250 % 250}.{number % 250}", "startTime": now(hours=20),
            "conditions": conditions, "containerStatuses": [status], "qosClass": "Burstable",
        },
    }  # fmt: skip


def event(number: int, pods: int) -> tuple[str, str, dict[str, Any]]:
    about = number % pods
    body = {
        "metadata": {"name": f"{pod_name(about)}.{number:06}", "namespace": place(about)},
        "involvedObject": {"kind": "Pod", "name": pod_name(about), "namespace": place(about)},
        "type": "Warning", "reason": "BackOff", "message": "Back-off restarting failed container", "count": 5,
        "firstTimestamp": now(minutes=30), "lastTimestamp": now(minutes=2), "source": {"component": "kubelet"},
    }  # fmt: skip
    return "POST", f"/api/v1/namespaces/{place(about)}/events", body


def now(**before: float) -> str:
    return (datetime.now(UTC) - timedelta(**before)).isoformat(timespec="seconds").replace("+00:00", "Z")


def fill(kubeconfig: Path, sizes: Mapping[str, int]) -> None:
    api = Api(kubeconfig)
    merge = {"Content-Type": "application/merge-patch+json"}
    with ThreadPoolExecutor(WRITERS) as pool:
        for group in objects(**sizes):
            if group[0][0] == "PATCH":
                api._headers |= merge  # noqa: SLF001 - this file's own
            list(pool.map(lambda one: api.write(*one), group))
            api._headers |= {"Content-Type": "application/json"}  # noqa: SLF001


def plain_gets(kubeconfig: Path) -> dict[str, float]:
    """Fetch the lists of a whole-cluster diagnosis, page after page, and decode nothing but the token."""
    api = Api(kubeconfig)

    def fetch(plural: str) -> int:
        kind, size, token = KINDS[plural], 0, ""
        while True:
            query = {"limit": PAGE, **query_of(plural), **({"continue": token} if token else {})}
            body = api.connection.get(kind.path(kind.apis[-1]), query)
            size += len(body)
            head = body[:1000].partition(b'"continue":"')[2]
            token = head.partition(b'"')[0].decode()
            if not token:
                return size

    began = time.perf_counter()
    with ThreadPoolExecutor(CALLS) as pool:
        size = sum(pool.map(fetch, (*NAMESPACED, *WHOLE, *COMMON)))
    return {"seconds": time.perf_counter() - began, "megabytes": size / 1e6}


def diagnosis(kubeconfig: Path, scope: str) -> dict[str, float]:
    """Diagnose, counting the bytes that are read."""
    # A worker has loaded the SDK and the checks with its first cluster; what that takes is not the diagnosis'.
    importlib.import_module("sickbay.diagnostics.platforms.kubernetes.collector")
    catalogue.checks_of("kubernetes")
    size = 0
    get = Connection.get

    def counted(self: Connection, *arguments: Any, **more: Any) -> bytes:
        nonlocal size
        body = get(self, *arguments, **more)
        size += len(body)
        return body

    Connection.get = counted  # type: ignore[method-assign]  # only to count
    target = KubernetesTarget(name="bench", kubeconfig=kubeconfig)
    began = time.perf_counter()
    report = engine.diagnose(target, Request(scope=scope), budget=Budget(600)).report
    seconds = time.perf_counter() - began
    return {
        "seconds": seconds,
        "megabytes": size / 1e6,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "findings": len(report.findings),
        **{f"{name}_s": seconds for name, seconds in report.timings.items()},
        "pods": report.looked_at.get("pods", 0),
    }


def as_a_person(kubeconfig: Path) -> dict[str, float]:
    began = time.perf_counter()
    for words in (("describe", "pods"), ("get", "events")):
        command = ["kubectl", "--kubeconfig", str(kubeconfig), *words, "-n", NAMESPACE]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return {"seconds": time.perf_counter() - began}


MEASUREMENTS: Mapping[str, Callable[[Path], dict[str, float]]] = {
    "floor": plain_gets,
    "whole": lambda kubeconfig: diagnosis(kubeconfig, ""),
    "scoped": lambda kubeconfig: diagnosis(kubeconfig, f"{NAMESPACE}/pod/{pod_name(7 + 7 * NAMESPACES)}"),
    "namespace": lambda kubeconfig: diagnosis(kubeconfig, NAMESPACE),
    "person": as_a_person,
}


def apart(name: str, kubeconfig: Path) -> dict[str, float]:
    """Measure in a process of its own."""
    command = [sys.executable, "-m", "bench.kubernetes", "--kubeconfig", str(kubeconfig), "--measure", name]
    measured: dict[str, float] = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return measured


def _median(measured: Sequence[dict[str, float]]) -> dict[str, float]:
    return {figure: statistics.median(one[figure] for one in measured) for figure in measured[0]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as one JSON object")
    named = os.environ.get("SICKBAY_BENCH_KUBECONFIG")
    parser.add_argument("--kubeconfig", type=Path, default=named and Path(named), required=not named)
    parser.add_argument("--fill", action="store_true", help="write the objects first")
    parser.add_argument("--measure", choices=MEASUREMENTS, help=argparse.SUPPRESS)
    for name, size in (("pods", 10_000), ("nodes", 500), ("services", 3_000), ("events", 20_000)):
        parser.add_argument(f"--{name}", type=int, default=size)
    arguments = parser.parse_args()
    kubeconfig = arguments.kubeconfig.expanduser()
    if arguments.measure:
        print(json.dumps(MEASUREMENTS[arguments.measure](kubeconfig)))
        return
    if arguments.fill:
        fill(kubeconfig, {name: getattr(arguments, name) for name in ("pods", "nodes", "services", "events")})
    rounds = [{name: apart(name, kubeconfig) for name in MEASUREMENTS} for _ in range(ROUNDS)]
    taken = {name: _median([one[name] for one in rounds]) for name in MEASUREMENTS}
    figures = {
        f"{name}_{figure}": round(value, 3) for name, measured in taken.items() for figure, value in measured.items()
    }
    figures["ratio"] = round(taken["whole"]["seconds"] / taken["floor"]["seconds"], 2)
    figures["scoped_share_of_bytes"] = round(taken["scoped"]["megabytes"] / taken["floor"]["megabytes"], 4)
    tell(figures, as_json=arguments.json)


if __name__ == "__main__":
    main()
