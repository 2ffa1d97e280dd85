"""How long a diagnosis of a large ECS cluster takes, against the bare batched calls, in time and in calls.

A process of its own answers as AWS does, from memory: 100 services with 100 messages each, 1,000 tasks, 20 container
instances; one service in 25 is unwell, in the midst of a deployment. The floor is boto3 with as many threads, the same
lists and the same batches, in the same run, which looks at nothing. Sickbay also asks about what is unwell:
definitions, logs, deployments, changes.
"""

import argparse
import json
import multiprocessing
import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from multiprocessing.connection import Connection as Pipe
from typing import Any

import boto3
from botocore.config import Config

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import diagnose
from sickbay.diagnostics.platforms.ecs.collector.connection import CALLS
from sickbay.diagnostics.platforms.ecs.target import EcsTarget
from sickbay.diagnostics.targets import Request

SERVICES, TASKS, INSTANCES, ILL, ROUNDS = 100, 1000, 20, 25, 5
_PREFIX = "arn:aws:ecs:eu-west-1:123456789012:"
_BEGAN = time.time()
_CREDENTIALS = {"AWS_ACCESS_KEY_ID": "bench", "AWS_SECRET_ACCESS_KEY": "bench", "AWS_EC2_METADATA_DISABLED": "true"}


def service(number: int) -> dict[str, Any]:
    ill = number % ILL == 0
    definition = f"{_PREFIX}task-definition/app-{number}:3"
    steady = f"(service app-{number}) has reached a steady state."
    failing = f"(service app-{number}) is unable to consistently start tasks successfully."
    deployment = {
        "id": f"ecs-svc/{number}", "status": "PRIMARY", "taskDefinition": definition, "desiredCount": 10,
        "runningCount": 8 if ill else 10, "failedTasks": 4 if ill else 0, "createdAt": _BEGAN - 9000,
        "updatedAt": _BEGAN, "rolloutState": "IN_PROGRESS" if ill else "COMPLETED", "launchType": "EC2",
    }  # fmt: skip
    return {
        **({"currentServiceDeployment": f"{_PREFIX}service-deployment/bench/app-{number}/1"} if ill else {}),
        "serviceArn": f"{_PREFIX}service/bench/app-{number}", "serviceName": f"app-{number}", "status": "ACTIVE",
        "desiredCount": 10, "runningCount": 8 if ill else 10, "pendingCount": 0, "launchType": "EC2",
        "taskDefinition": definition, "deployments": [deployment], "createdAt": _BEGAN - 90000,
        "deploymentConfiguration": {"maximumPercent": 200, "minimumHealthyPercent": 100}, "tags": [],
        "events": [
            {"id": f"{number}-{nth}", "createdAt": _BEGAN - 60 * nth - 60, "message": failing if ill else steady}
            for nth in range(100)
        ],
    }  # fmt: skip


def task(number: int, *, ended: bool = False) -> dict[str, Any]:
    app = number % SERVICES
    container = {
        "containerArn": f"{_PREFIX}container/bench/{number:032x}/app", "name": "app", "image": "registry.example/app:3",
        "imageDigest": "sha256:" + "ab" * 32, "runtimeId": "cd" * 32, "lastStatus": "RUNNING",
        "healthStatus": "HEALTHY",
        "networkBindings": [{"bindIP": "0.0.0.0", "containerPort": 8080, "hostPort": 32768, "protocol": "tcp"}],
    }  # fmt: skip
    ends = {
        "stopCode": "EssentialContainerExited", "stoppedReason": "Essential container in task exited",
        "stoppedAt": _BEGAN - 30, "desiredStatus": "STOPPED", "lastStatus": "STOPPED",
    }  # fmt: skip
    return {
        "taskArn": f"{_PREFIX}task/bench/{number:032x}", "taskDefinitionArn": f"{_PREFIX}task-definition/app-{app}:3",
        "group": f"service:app-{app}", "launchType": "EC2", "lastStatus": "RUNNING", "desiredStatus": "RUNNING",
        "createdAt": _BEGAN - 8000, "startedAt": _BEGAN - 7990, "cpu": "256", "memory": "512",
        "containerInstanceArn": f"{_PREFIX}container-instance/bench/{number % INSTANCES:032x}",
        "containers": [{**container, "exitCode": 1} if ended else container], **(ends if ended else {}),
    }  # fmt: skip


def instance(number: int) -> dict[str, Any]:
    room = [{"name": "CPU", "integerValue": 4096}, {"name": "MEMORY", "integerValue": 16384}]
    return {
        "containerInstanceArn": f"{_PREFIX}container-instance/bench/{number:032x}", "ec2InstanceId": f"i-{number:017x}",
        "status": "ACTIVE", "agentConnected": True, "remainingResources": room, "registeredResources": room,
    }  # fmt: skip


def definition(arn: str) -> dict[str, Any]:
    log = {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/app", "awslogs-stream-prefix": "app"}}
    app = {"name": "app", "image": "registry.example/app:3", "memory": 512, "logConfiguration": log}
    return {"taskDefinitionArn": arn, "family": "app", "cpu": "256", "containerDefinitions": [app]}


def service_deployment(arn: str) -> dict[str, Any]:
    service = arn.replace(":service-deployment/", ":service/").rpartition("/")[0]
    old, new = (service.replace(":service/", ":service-revision/") + f"/{number}" for number in (2, 3))
    return {
        "serviceDeploymentArn": arn, "serviceArn": service, "status": "IN_PROGRESS", "createdAt": _BEGAN - 9000,
        "sourceServiceRevisions": [{"arn": old}], "targetServiceRevision": {"arn": new},
    }  # fmt: skip


def rollout(asked: dict[str, Any]) -> dict[str, Any]:
    if "serviceDeploymentArns" in asked:
        return {"serviceDeployments": [service_deployment(arn) for arn in asked["serviceDeploymentArns"]]}
    return {"serviceRevisions": [revision(arn) for arn in asked["serviceRevisionArns"]]}


def revision(arn: str) -> dict[str, Any]:
    name, number = arn.split("/")[-2:]
    return {"serviceRevisionArn": arn, "taskDefinition": f"{_PREFIX}task-definition/{name}:{number}"}


class Stand:
    """What AWS would answer, by operation; everything is made once."""

    def __init__(self) -> None:
        ended = [task(TASKS + number, ended=True) for number in range(0, SERVICES, ILL)]
        self._things = {
            "services": {item["serviceArn"]: item for item in map(service, range(SERVICES))},
            "tasks": {item["taskArn"]: item for item in [*map(task, range(TASKS)), *ended]},
            "containerInstances": {item["containerInstanceArn"]: item for item in map(instance, range(INSTANCES))},
        }
        self._stopped = [item["taskArn"] for item in ended]
        self.called = 0

    def answer(self, operation: str, asked: dict[str, Any]) -> dict[str, Any]:
        """Give the answer to one call."""
        match operation:
            case "DescribeClusters":
                return {"clusters": [{"clusterName": "bench", "status": "ACTIVE"}]}
            case "ListServices":
                return self._page("serviceArns", list(self._things["services"]), asked)
            case "ListTasks" if asked["desiredStatus"] == "STOPPED":
                return {"taskArns": self._stopped}
            case "ListTasks":
                return self._page("taskArns", list(islice(self._things["tasks"], TASKS)), asked)
            case "ListContainerInstances":
                return {"containerInstanceArns": list(self._things["containerInstances"])}
            case "DescribeServices" | "DescribeTasks" | "DescribeContainerInstances":
                kind = operation[8].lower() + operation[9:]
                return {kind: [self._things[kind][arn] for arn in asked[kind]]}
            case "DescribeTaskDefinition":
                return {"taskDefinition": definition(asked["taskDefinition"])}
            case "DescribeServiceDeployments" | "DescribeServiceRevisions":
                return rollout(asked)
            case "GetLogEvents":
                return {"events": [{"timestamp": int(_BEGAN * 1000), "message": "FATAL: out of luck"}] * 60}
        return {"ScalingActivities": [], "Events": [], "MetricDataResults": []}

    def _page(self, name: str, arns: list[str], asked: dict[str, Any]) -> dict[str, Any]:
        start = int(asked.get("nextToken", 0))
        more = {"nextToken": str(start + 100)} if start + 100 < len(arns) else {}
        return {name: arns[start : start + 100], **more}


def serve(pipe: Pipe) -> None:
    """Answer until the parent ends; tell it the port, and the count of calls whenever it asks."""
    stand = Stand()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
            stand.called += 1
            text = json.dumps(stand.answer(self.headers["X-Amz-Target"].rpartition(".")[2], body)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def log_message(self, *_told: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(server.serve_forever)
        pipe.send(server.server_port)
        with suppress(EOFError):  # the parent was killed
            while pipe.recv():
                pipe.send(stand.called)
        server.shutdown()


@cache
def session() -> boto3.session.Session:
    """Give one session for all rounds: the models of AWS's APIs are read once on either side."""
    return boto3.session.Session()


def floor(url: str) -> None:
    """Make the bare calls, lists first, and each batch as soon as its page is there."""
    config = Config(max_pool_connections=CALLS)
    ecs = session().client("ecs", region_name="eu-west-1", endpoint_url=url, config=config)
    with ThreadPoolExecutor(CALLS) as pool:

        def read(
            listing: str, names: str, describe: Callable[[list[str]], object], size: int, **asked: str
        ) -> list[Any]:
            pages = ecs.get_paginator(listing).paginate(cluster="bench", PaginationConfig={"PageSize": 100}, **asked)
            batches = (page[names][n : n + size] for page in pages for n in range(0, len(page[names]), size))
            return [pool.submit(describe, batch) for batch in batches]

        lists = [
            pool.submit(read, "list_services", "serviceArns",
                        lambda arns: ecs.describe_services(cluster="bench", services=arns, include=["TAGS"]), 10),
            *(pool.submit(read, "list_tasks", "taskArns",
                          lambda arns: ecs.describe_tasks(cluster="bench", tasks=arns), 100, desiredStatus=status)
              for status in ("RUNNING", "STOPPED")),
            pool.submit(read, "list_container_instances", "containerInstanceArns",
                        lambda arns: ecs.describe_container_instances(cluster="bench", containerInstances=arns), 100),
        ]  # fmt: skip
        ecs.describe_clusters(clusters=["bench"])
        for future in [inner for outer in lists for inner in outer.result()]:
            future.result()


def whole(url: str) -> None:
    """Diagnose the cluster, and make sure that all of it was seen."""
    target = EcsTarget(name="bench", region="eu-west-1", cluster="bench", endpoint_url=url)
    report = diagnose(target, Request(), budget=Budget(60)).report
    expected = {"services": SERVICES, "tasks": TASKS + SERVICES // ILL, "container instances": INSTANCES}
    if dict(report.looked_at) != expected or report.gaps or len(report.causes) != SERVICES // ILL:
        raise RuntimeError(f"not all was seen: {report.looked_at} {report.gaps} {len(report.causes)}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    as_json = parser.parse_args().json
    os.environ.update(_CREDENTIALS)
    ours, theirs = multiprocessing.Pipe()
    server = multiprocessing.get_context("spawn").Process(target=serve, args=(theirs,), daemon=True)
    server.start()
    url = f"http://127.0.0.1:{ours.recv()}"

    def measured(run: Callable[[str], None]) -> tuple[float, int]:
        ours.send(True)
        before, began = ours.recv(), time.perf_counter()
        run(url)
        took = time.perf_counter() - began
        ours.send(True)
        return took, ours.recv() - before

    measured(floor), measured(whole)  # imports and the models of AWS's APIs are read once
    rounds = [(measured(floor), measured(whole)) for _ in range(ROUNDS)]
    ours.send(False)
    figures = {
        "floor_seconds": round(statistics.median(bare[0] for bare, _ in rounds), 3),
        "whole_seconds": round(statistics.median(full[0] for _, full in rounds), 3),
        "floor_calls": rounds[0][0][1],
        "whole_calls": rounds[0][1][1],
    }
    print(json.dumps(figures) if as_json else "\n".join(f"{name}: {value}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
