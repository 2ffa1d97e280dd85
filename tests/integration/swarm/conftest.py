"""A swarm of one node on the engine of this machine, for services that are broken on purpose."""

import os
import socket
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
            own = f"127.0.0.1:{_free_port()}"  # another engine of this machine may have a swarm on 2377
            lab.client.swarm.init(advertise_addr=own, listen_addr=own)
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


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])
