"""A real cluster with workloads that are broken on purpose."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.kubernetes.lab import SCENARIOS, KubectlError, Lab

LAB = "SICKBAY_LAB_KUBECONFIG"


@pytest.fixture(scope="session")
def lab() -> Lab:
    """Give the cluster that the environment names."""
    named = os.environ.get(LAB)
    if not named:
        pytest.skip(f"{LAB} names no kubeconfig of a cluster that these tests may break")
    if not shutil.which("kubectl"):
        pytest.skip("no kubectl to make broken workloads with")
    cluster = Lab(Path(named))
    try:
        cluster.kubectl("get", "--raw", "/readyz", "--request-timeout=10s")
    except KubectlError as error:
        pytest.skip(f"the cluster of {named} does not answer: {error}")
    return cluster


@pytest.fixture(scope="package")
def broken(lab: Lab) -> Iterator[Lab]:
    """Give the cluster with every scenario's namespace, made at once and deleted after the last of these tests."""
    names = sorted(file.stem for file in SCENARIOS.glob("*.yaml"))
    try:
        lab.make(names)
        yield lab
    finally:
        lab.remove(names)


@pytest.fixture(scope="session")
def viewer(lab: Lab) -> Path:
    """Give the kubeconfig of one who has the stock role `view` in the whole cluster, which lies beside the admin's."""
    beside = lab.kubeconfig.with_name("kubeconfig-viewer")
    if not beside.exists():
        pytest.skip(f"no {beside.name} beside {lab.kubeconfig.name}")
    return beside
