"""A workload of an AKS cluster, asked about from the page: `/diagnose prod-aks payments/api`."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec import to_builtins
from playwright.sync_api import Page, expect

from tests.acceptance.started import asked, started
from tests.integration.simulator_page.browser import chromium, opened
from tests.unit.diagnostics.platforms.aks.arm import Arm, signed_in
from tests.unit.diagnostics.platforms.aks.azure import SUBSCRIPTION, error, node, pool_fields, waiting
from tests.unit.diagnostics.platforms.aks.conftest import Behind
from tests.unit.diagnostics.platforms.kubernetes.clusters import deployment
from tests.unit.diagnostics.platforms.kubernetes.fake_api import answer, items, kubeconfig, refusal

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

_HOME = "/api/v1/namespaces/payments"
_APPS = "/apis/apps/v1/namespaces/payments"
_OTHERS = (
    f"{_APPS}/statefulsets", f"{_APPS}/daemonsets", f"{_APPS}/replicasets", f"{_HOME}/replicationcontrollers",
    "/apis/batch/v1/namespaces/payments/cronjobs", "/apis/batch/v1beta1/namespaces/payments/cronjobs",
    "/apis/batch/v1/namespaces/payments/jobs", f"{_HOME}/pods", f"{_HOME}/services",
    "/apis/networking.k8s.io/v1/namespaces/payments/ingresses", f"{_HOME}/persistentvolumeclaims",
)  # fmt: skip


@pytest.fixture
def azure(tmp_path: Path) -> Iterator[Arm]:
    """Azure with a cluster whose pool lacks quota, and in it payments/api, whose pod waits for a node."""
    lacking = error("ErrCode_InsufficientVCPUQuota", "Insufficient vcpu quota requested 8, remaining 2.")
    with Arm() as arm, Behind() as behind:
        arm.pools(pool_fields("system", mode="System"), pool_fields(provisioningState="Failed", status=lacking))
        arm.cluster(provisioningState="Failed", status=lacking)
        behind.routes |= {f"{path}/api": refusal(404, "not found") for path in _OTHERS}
        behind.routes |= {
            "/version": answer({"major": "1", "minor": "35", "gitVersion": "v1.35.1"}),
            _HOME: answer({"metadata": {"name": "payments"}}),
            f"{_APPS}/deployments/api": answer({**to_builtins(deployment(namespace="payments")), "kind": "Deployment"}),
            f"{_HOME}/pods": items(to_builtins(waiting(namespace="payments"))),
        }
        behind.serve(nodes=[node("aks-system-1-vmss000000", "system"), node()])
        kubeconfig(tmp_path, behind.url)
        yield arm


@pytest.fixture
def page(azure: Arm, tmp_path: Path) -> Iterator[Page]:
    """Give the page of `sickbay up` with the target `prod-aks`, for somebody who signed in with `az`."""
    signed_in(tmp_path)
    (tmp_path / "sickbay.yaml").write_text(
        f"targets: {{prod-aks: {{platform: aks, subscription: {SUBSCRIPTION}, resource_group: shop, cluster: prod, "
        f"kubeconfig: kubeconfig, resource_manager: '{azure.url}'}}}}\n"
    )
    signed = {"PATH": f"{tmp_path}:/usr/bin:/bin", "AZURE_TOKEN_CREDENTIALS": "AzureCliCredential"}
    with started(tmp_path, **signed) as url, chromium() as browser, opened(browser, url) as page:
        yield page


def test_the_cause_stands_first_in_the_thread(page: Page) -> None:
    """Given a workload that waits for a pool without quota, when a person asks, then the pool is told first."""
    thread = asked(page, "/diagnose prod-aks payments/api", "Diagnosis of prod-aks › payments/api")

    expect(thread).to_contain_text("AKS-103")
    reply = thread.get_by_test_id("message").nth(1).inner_text()
    assert "Node pool user failed (ErrCode_InsufficientVCPUQuota): the quota of cores is used up" in reply
    assert reply.index("AKS-103") < reply.index("K8S-P104")
