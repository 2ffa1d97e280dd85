"""What a watch of a real swarm tells of an update, and what a diagnosis tells without one."""

import threading
from collections.abc import Callable, Iterator

import pytest
from docker.types import RestartPolicy

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import diagnose
from sickbay.diagnostics.events import Event, Likelihood
from sickbay.diagnostics.platforms.swarm.collector.watching import watch
from sickbay.diagnostics.targets import Request
from tests.integration.docker.lab import IMAGE
from tests.integration.swarm.lab import SwarmLab

pytestmark = pytest.mark.docker


@pytest.fixture
def watched(swarm: SwarmLab) -> Iterator[Callable[[int], list[Event]]]:
    """Watch the swarm meanwhile; give a function that waits for so many events of its services and nodes."""
    stopping, come, told = threading.Event(), threading.Condition(), list[Event]()
    begun = threading.Event()

    def run() -> None:
        for batch in watch(swarm.target, "", stopping):
            with come:
                told.extend(event for event in batch.events if event.subject.startswith(("service/", "node/")))
                come.notify_all()
            begun.set()

    def wait(count: int) -> list[Event]:
        with come:
            assert come.wait_for(lambda: len(told) >= count, timeout=60), told
        return told

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert begun.wait(30)
    yield wait
    stopping.set()
    thread.join(30)
    assert not thread.is_alive()


def test_an_update_a_scaling_and_a_drained_node(swarm: SwarmLab, watched: Callable[[int], list[Event]]) -> None:
    """Given a service that is updated and scaled while its node is drained, then each is told with what it was before.

    A diagnosis without a recorder tells the same of the last update.
    """
    subject = f"service/{swarm.name('web')}"
    swarm.serve("web", env=["LEVEL=info"])
    watched(1)
    service = swarm.client.services.get(swarm.name("web"))
    service.update(env=["LEVEL=debug"])
    watched(2)
    service.reload()
    service.scale(2)
    watched(3)
    with swarm.drained() as node:
        told = watched(4)

    assert [(one.subject, one.kind, one.field, one.before, one.after) for one in told[:4]] == [
        (subject, "created", "", "", ""),
        (subject, "template", "TaskTemplate.ContainerSpec.Env[LEVEL]", "a value", "another value"),
        (subject, "scale", "Mode.Replicated.Replicas", "1", "2"),
        (f"node/{node}", "node changed", "Spec.Availability", "active", "drain"),
    ]
    assert told[1].actor == f"Stack {swarm.prefix} (docker stack deploy)"
    report = diagnose(swarm.target, Request(scope=swarm.name("web"), changes=True), budget=Budget(60)).report
    lines = {(one.subject, one.kind, one.field, one.before, one.after) for one in report.changes}
    assert {(subject, "scale", "Mode.Replicated.Replicas", "1", "2")} <= lines
    assert report.gaps == ()


def test_an_update_to_an_image_that_is_not_there(swarm: SwarmLab) -> None:
    """Given a service that is updated to an image that nobody has, then that is the likely cause, recorder or not."""
    quick = RestartPolicy(condition="any", delay=10**8)
    swarm.serve("shop", restart_policy=quick)
    swarm.until({"shop": lambda tasks: any(task["Status"]["State"] == "running" for task in tasks)})
    swarm.client.services.get(swarm.name("shop")).update(image="sickbay-tests/missing:2", restart_policy=quick)
    swarm.until({"shop": lambda tasks: any(task["Status"]["State"] == "rejected" for task in tasks)})

    report = diagnose(swarm.target, Request(scope=swarm.name("shop")), budget=Budget(60)).report

    suspect = report.causes[0].suspect
    assert suspect is not None
    assert suspect.likelihood is Likelihood.LIKELY
    change = suspect.change
    assert (change.subject, change.field) == (f"service/{swarm.name('shop')}", "TaskTemplate.ContainerSpec.Image")
    assert (change.before, change.after) == (IMAGE, "sickbay-tests/missing:2")
