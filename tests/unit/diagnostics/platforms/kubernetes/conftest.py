"""A fake API server, and a diagnosis' reading of it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.kubernetes.collector import collect
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.kubernetes.fake_api import FakeApi, kubeconfig

Read = Callable[..., Snapshot]


@pytest.fixture
def api() -> Iterator[FakeApi]:
    """An API server of an empty cluster."""
    with FakeApi() as running:
        yield running


@pytest.fixture
def read(api: FakeApi, tmp_path: Path) -> Read:
    """Read the cluster behind `api`: `read(scope, seconds=…)`, or its `changes` alone."""
    file = kubeconfig(tmp_path, api.url)

    def reading(scope: str = "", *, seconds: float = 20.0, changes: bool = False) -> Snapshot:
        target = KubernetesTarget(name="lab", kubeconfig=file)
        return collect(target, Request(scope=scope, changes=changes), Budget(seconds), lambda _step: None)

    return reading
