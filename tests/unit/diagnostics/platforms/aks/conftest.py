"""A small Resource Manager with a healthy cluster, and a diagnosis' reading of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.target import AksTarget
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.aks.arm import Arm, signed_in
from tests.unit.diagnostics.platforms.aks.azure import SUBSCRIPTION

Read = Callable[..., Snapshot]


@pytest.fixture(scope="session")
def _running() -> Iterator[Arm]:
    with Arm() as running:
        yield running


@pytest.fixture
def arm(_running: Arm) -> Arm:
    """A Resource Manager of one healthy cluster."""
    _running.heal()
    return _running


@pytest.fixture
def target(arm: Arm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AksTarget]:
    """Give the cluster as a target, for somebody who signed in with `az`: `target(user_credentials=True)`."""
    signed_in(tmp_path)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "AzureCliCredential")

    def made(**more: Any) -> AksTarget:
        fields = {"name": "prod-aks", "subscription": SUBSCRIPTION, "resource_group": "shop", "cluster": "prod",
                  "resource_manager": arm.url, **more}  # fmt: skip
        return AksTarget(**fields)

    return made


@pytest.fixture
def read(target: Callable[..., AksTarget]) -> Read:
    """Read the cluster: `read(seconds=…, scope=…, audit=…, user_credentials=…)`."""
    from sickbay.diagnostics.platforms.aks.collector import collect

    def reading(scope: str = "", *, seconds: float = 20.0, audit: bool = False, **more: Any) -> Snapshot:
        request = Request(scope=scope, audit=audit)
        return collect(target(**more), request, Budget(seconds), lambda _step: None)

    return reading
