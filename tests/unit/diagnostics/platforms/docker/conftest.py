"""What the tests of the Docker platform share."""

from collections.abc import Iterator
from typing import Any

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.docker.collector import collect
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.docker.fake_engine import FakeEngine


@pytest.fixture
def engine() -> Iterator[FakeEngine]:
    """Give a fake engine, healthy and empty until told otherwise."""
    fake = FakeEngine()
    yield fake
    fake.close()


def read(engine: FakeEngine, *, seconds: float = 20, **request: Any) -> Snapshot:
    """Collect from the fake engine."""
    return collect(engine.target, Request(**request), Budget(seconds), lambda _step: None)
