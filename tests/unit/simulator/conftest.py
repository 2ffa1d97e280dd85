"""Workspaces of which nothing listens: their application is called directly."""

from collections.abc import Iterator

import pytest

from sickbay.simulator import Workspace


@pytest.fixture(scope="module")
def workspace() -> Iterator[Workspace]:
    """A workspace that is not started; a module's tests share it, each with channels and messages of its own."""
    made = Workspace()
    yield made
    made.stop()


@pytest.fixture
def fresh() -> Iterator[Workspace]:
    """A workspace that is not started, of one test's own."""
    made = Workspace()
    yield made
    made.stop()
