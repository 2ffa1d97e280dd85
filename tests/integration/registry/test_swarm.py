"""A real engine that cannot pull from a real registry: Swarm keeps that failure, and the registry knows why."""

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import diagnose
from sickbay.diagnostics.platforms.registry.target import RegistryTarget
from sickbay.diagnostics.targets import Request
from tests.integration.docker.lab import finding
from tests.integration.registry.lab import Registry
from tests.integration.swarm.conftest import busybox, engine, swarm
from tests.integration.swarm.lab import SwarmLab

__all__ = ["busybox", "engine", "swarm"]
pytestmark = [pytest.mark.docker, pytest.mark.registry]


def test_a_service_whose_tag_is_not_in_the_registry(swarm: SwarmLab, plain: Registry) -> None:
    """Given a service of a tag that nobody pushed, then the registry's REG-104 explains DKR-S103, in one report."""
    image = f"{plain.name}/shop/web:1.1"
    swarm.serve("web", image=image)
    swarm.until({"web": lambda tasks: any(task["Status"].get("Err") for task in tasks)})
    registry = RegistryTarget(name="images", url=plain.url)

    report = diagnose(
        swarm.target, Request(scope=swarm.name("web")), budget=Budget(60), others=[swarm.target, registry]
    ).report

    assert finding(report, "REG-104").summary.endswith("has no tag 1.1. Most like it of 2 tags: 1.0.")
    assert finding(report, "DKR-S103").explained_by == (f"REG-104@image/{image}",)
    assert report.causes[0].code == "REG-104"
