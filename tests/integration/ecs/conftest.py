"""A cluster of AWS's API in this process; no test reaches a link-local address."""

import time
from collections.abc import Callable, Iterator
from threading import Event as Signal
from typing import Any

import pytest

from sickbay.diagnostics import catalogue, engine
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import Diagnosis
from sickbay.diagnostics.events import Batch
from sickbay.diagnostics.platforms.ecs.collector import watching
from sickbay.diagnostics.platforms.ecs.target import EcsTarget
from sickbay.diagnostics.targets import Request
from tests.integration.ecs.aws import REGION, Aws
from tests.integration.ecs.watched import Shop, Watching

Diagnose = Callable[..., Diagnosis]
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_EC2_METADATA_DISABLED": "true"}
APP = {
    "name": "app",
    "image": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/shop/web:2",
    "memory": 256,
    "environment": [{"name": "DB_PASSWORD", "value": "hunter2hunter2"}],
    "logConfiguration": {
        "logDriver": "awslogs",
        "options": {"awslogs-group": "/ecs/web", "awslogs-region": REGION, "awslogs-stream-prefix": "web"},
    },
}


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    nowhere = tmp_path_factory.getbasetemp() / "no-aws-configuration"
    for name, value in {**CREDENTIALS, "AWS_CONFIG_FILE": nowhere, "AWS_SHARED_CREDENTIALS_FILE": nowhere}.items():
        monkeypatch.setenv(name, str(value))
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def _server() -> Iterator[Aws]:
    with pytest.MonkeyPatch.context() as environment:
        for name, value in CREDENTIALS.items():
            environment.setenv(name, value)
        server = Aws()
        server.forget()
        _build(server)
    yield server
    server.close()


@pytest.fixture
def aws(_server: Aws) -> Aws:
    """Give the server with the clusters `prod` and `dev`; `prod` has the services `web`, with its tasks, and `api`."""
    _server.forget()
    return _server


@pytest.fixture
def diagnose(aws: Aws) -> Diagnose:
    """Give a diagnosis of `prod` through the engine; `target` are fields of the target, `clock` is the budget's."""

    def run(
        scope: str = "", *, audit: bool = False, clock: Callable[[], float] = time.monotonic, **target: Any
    ) -> Diagnosis:
        fields = {"name": "prod-ecs", "region": REGION, "cluster": "prod", "endpoint_url": aws.url, **target}
        return engine.diagnose(EcsTarget(**fields), Request(scope=scope, audit=audit), budget=Budget(20, clock=clock))

    return run


@pytest.fixture
def shop(aws: Aws) -> Shop:
    """Give a cluster of its own with the service `web`, in which somebody changes things."""
    return Shop(aws, APP)


@pytest.fixture
def stopping() -> Iterator[Signal]:
    """Give what ends the watches of a test."""
    signal = Signal()
    yield signal
    signal.set()


@pytest.fixture
def watch(shop: Shop, stopping: Signal, monkeypatch: pytest.MonkeyPatch) -> Watching:
    """Watch the cluster from a cursor on, one look right after the other."""
    monkeypatch.setattr(watching, "EVERY", 0.0)

    def begun(cursor: str = "", **differs: Any) -> Iterator[Batch]:
        fields = {"name": "shop", "region": REGION, "cluster": shop.name, "endpoint_url": shop.aws.url, **differs}
        return catalogue.load_platforms()["ecs"].watch(EcsTarget(**fields), cursor, stopping)

    return begun


def _build(server: Aws) -> None:
    ecs = server.client("ecs")
    for name in ("prod", "dev"):
        ecs.create_cluster(clusterName=name)
    ecs.register_task_definition(
        family="web", networkMode="awsvpc", cpu="256", memory="512", requiresCompatibilities=["FARGATE"],
        containerDefinitions=[APP],
    )  # fmt: skip
    for name in ("web", "api"):
        ecs.create_service(cluster="prod", serviceName=name, taskDefinition="web", desiredCount=2, launchType="FARGATE")
    ec2 = server.client("ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
    group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    ecs.run_task(
        cluster="prod", taskDefinition="web", count=4, launchType="FARGATE", group="service:web",
        networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [group]}},
    )  # fmt: skip
