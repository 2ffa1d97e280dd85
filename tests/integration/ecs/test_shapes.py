"""Shapes of AWS's answers are built before threads use them."""

import subprocess
import sys

_FIRST_USE = """
import sys
import threading
import msgspec
from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.ecs.collector.connection import Connection
from sickbay.diagnostics.platforms.ecs.collector.reading import Reading
from sickbay.diagnostics.platforms.ecs.target import EcsTarget
from sickbay.diagnostics.platforms.ecs.wire.services import Service
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task

budget = Budget(5)
Reading(Connection(EcsTarget(name="it", region="eu-west-1"), budget), budget).close()
sys.setswitchinterval(1e-6)
barrier = threading.Barrier(8)

def use():
    barrier.wait()
    msgspec.convert([{"serviceName": "web", "deployments": [{"networkConfiguration": {}}]}], tuple[Service, ...])
    msgspec.convert([{"taskArn": "a/1", "containers": [{"managedAgents": [{}]}]}], tuple[Task, ...])

threads = [threading.Thread(target=use) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


def test_the_first_use_of_shapes_by_several_threads_crashes_nothing() -> None:
    """Given a new process in which a reading has begun, when eight threads use shapes at once, then it lives."""
    ended = subprocess.run([sys.executable, "-c", _FIRST_USE], capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stderr) == (0, "")
