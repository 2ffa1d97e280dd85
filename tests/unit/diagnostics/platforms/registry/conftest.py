"""What the tests of the registry platform share."""

from collections.abc import Iterator
from typing import Any

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.registry.collector import collect
from sickbay.diagnostics.platforms.registry.snapshot import Snapshot
from sickbay.diagnostics.platforms.registry.target import RegistryTarget
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.registry.fake_registry import FakeRegistry


@pytest.fixture
def fake() -> Iterator[FakeRegistry]:
    """Give a fake registry that is there, and empty until told otherwise."""
    made = FakeRegistry()
    yield made
    made.close()


def read(fake: FakeRegistry, scope: str = "", *, seconds: float = 20, **fields: Any) -> Snapshot:
    """Collect from the fake registry; `pulls` and `audit` are of the request, all else of the target."""
    request = Request(scope=scope, **{name: fields.pop(name) for name in ("pulls", "audit") if name in fields})
    target = RegistryTarget(**{"name": "lan", "url": fake.url, **fields})
    return collect(target, request, Budget(seconds), lambda _step: None)
