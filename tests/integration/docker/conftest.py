"""A real Docker engine, and containers on it that are broken on purpose.

Only an engine on a Unix socket of this machine is used: the tests make containers, and do that nowhere else.
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import docker
import docker.errors
import pytest

from sickbay.diagnostics.platforms.docker.discovery import find_local
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from tests.integration.docker.lab import IMAGE, ComposeProject, Lab, make_broken_shop, rootfs


@pytest.fixture(scope="session")
def busybox() -> Path:
    """Give this machine's static busybox."""
    found = shutil.which("busybox")
    if found is None:
        pytest.skip("no busybox to make an image of (Debian's package busybox-static)")
    return Path(found)


@pytest.fixture(scope="session")
def engine(busybox: Path) -> DockerTarget:
    """Give this machine's engine, with the image that the tests' containers are made of."""
    target = find_local(os.environ)
    if target is None:
        pytest.skip("no Docker engine on this machine, and DOCKER_HOST is not set")
    if not target.host.startswith("unix://"):
        pytest.skip(f"the engine at {target.host} is not on a Unix socket of this machine")
    try:
        client = docker.APIClient(base_url=target.host, version="auto", timeout=10)
    except docker.errors.DockerException as error:
        pytest.skip(f"the engine at {target.host} does not answer: {error}")
    if not client.images(IMAGE):
        repository, _, tag = IMAGE.partition(":")
        client.import_image_from_data(rootfs(busybox), repository=repository, tag=tag)
    client.close()
    return target


@pytest.fixture
def lab(engine: DockerTarget) -> Iterator[Lab]:
    """Make containers, and remove them after the test."""
    with Lab(engine) as made:
        yield made


@pytest.fixture
def broken_shop(lab: Lab) -> ComposeProject:
    """Give a running Compose project whose database has ended with an error."""
    return make_broken_shop(lab)
