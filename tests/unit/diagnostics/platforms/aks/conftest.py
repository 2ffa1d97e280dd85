"""A small Resource Manager with a healthy cluster, an API server behind it, and a diagnosis' reading of both."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import diagnose
from sickbay.diagnostics.model import Report
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.target import AksTarget
from sickbay.diagnostics.platforms.kubernetes.wire.base import Resource
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.aks.arm import Arm, signed_in
from tests.unit.diagnostics.platforms.aks.azure import SUBSCRIPTION, node
from tests.unit.diagnostics.platforms.kubernetes.fake_api import FakeApi, answer, items, kubeconfig

Targets = Callable[..., AksTarget]
Read = Callable[..., Snapshot]
Judge = Callable[..., Report]


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
def target(arm: Arm, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Targets:
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
def read(target: Targets) -> Read:
    """Read the cluster: `read(seconds=…, scope=…, audit=…, user_credentials=…)`."""
    from sickbay.diagnostics.platforms.aks.collector import collect

    def reading(scope: str = "", *, seconds: float = 20.0, audit: bool = False, **more: Any) -> Snapshot:
        request = Request(scope=scope, audit=audit)
        return collect(target(**more), request, Budget(seconds), lambda _step: None)

    return reading


class Behind(FakeApi):
    """The API server of the cluster behind Azure."""

    def serve(self, **objects: list[Resource]) -> None:
        """Serve objects by their plural, as in `serve(nodes=[node()], pods=[…])`."""
        for plural, found in objects.items():
            group = {"poddisruptionbudgets": "/apis/policy/v1"}.get(plural, "/api/v1")
            self.routes[f"{group}/{plural}"] = items(*(msgspec.to_builtins(item) for item in found))


@pytest.fixture
def behind() -> Iterator[Behind]:
    """An API server with one healthy node of each pool."""
    with Behind() as running:
        running.routes["/version"] = answer({"major": "1", "minor": "35", "gitVersion": "v1.35.1"})
        running.serve(nodes=[node("aks-system-1-vmss000000", "system"), node()])
        yield running


@pytest.fixture
def judge(target: Targets, behind: Behind, tmp_path: Path) -> Judge:
    """Diagnose the cluster and what is behind it: `judge(scope, audit=…)`."""
    file = kubeconfig(tmp_path, behind.url)

    def judging(scope: str = "", *, audit: bool = False, **more: Any) -> Report:
        request = Request(scope=scope, audit=audit)
        return diagnose(target(kubeconfig=file, **more), request, budget=Budget(20.0)).report

    return judging
