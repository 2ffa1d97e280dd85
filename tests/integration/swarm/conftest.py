"""A swarm of one node on the engine of this machine, for services that are broken on purpose."""

import os
from collections.abc import Iterator

import docker.errors
import pytest

from sickbay.diagnostics.platforms.docker.target import DockerTarget
from tests.integration.docker.conftest import busybox, engine
from tests.integration.swarm.lab import SwarmLab

__all__ = ("busybox", "engine")


@pytest.fixture(scope="session")
def swarm(engine: DockerTarget) -> Iterator[SwarmLab]:
    """Give a swarm: the engine's own, or one that is made for the tests and left after them."""
    lab = SwarmLab(engine)
    made = lab.client.info()["Swarm"]["LocalNodeState"] == "inactive"
    if made:
        try:
            lab.client.swarm.init(advertise_addr="127.0.0.1", listen_addr="127.0.0.1:2377")
        except docker.errors.APIError as error:
            if os.environ.get("CI") == "true":
                raise
            pytest.skip(f"no swarm can be made here: {error.explanation}")
    try:
        yield lab
    finally:
        lab.remove()
        if made:
            lab.leave()
        lab.client.close()
