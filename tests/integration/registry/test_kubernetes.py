"""A real kubelet that cannot pull from a real registry: the registry's finding explains the pod's, in one report."""

from collections.abc import Iterator

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import diagnose
from sickbay.diagnostics.model import Report
from sickbay.diagnostics.platforms.registry.target import RegistryTarget
from sickbay.diagnostics.targets import Request
from tests.integration.docker.lab import finding
from tests.integration.kubernetes.conftest import lab
from tests.integration.kubernetes.lab import PREFIX, Lab, wait_for
from tests.integration.registry.lab import Registry

__all__ = ["lab"]
pytestmark = [pytest.mark.kubernetes, pytest.mark.registry, pytest.mark.timeout(600)]
_NAMESPACE = "registry"


@pytest.fixture
def namespace(lab: Lab) -> Iterator[str]:
    """An empty namespace."""
    lab.make_namespaces([_NAMESPACE])
    yield PREFIX + _NAMESPACE
    lab.remove([_NAMESPACE])


def test_a_deployment_whose_tag_is_not_in_the_registry(lab: Lab, namespace: str, plain: Registry) -> None:
    """Given a deployment of a tag that nobody pushed, then the registry's REG-104 explains K8S-P103."""
    image = f"{plain.name}/shop/web:1.1"
    labels = {"app": "api"}
    pod = {"metadata": {"labels": labels}, "spec": {"containers": [{"name": "app", "image": image}]}}
    lab.apply(
        {
            "apiVersion": "apps/v1",
            "kind": "Deployment",
            "metadata": {"name": "api", "namespace": namespace},
            "spec": {"selector": {"matchLabels": labels}, "template": pod},
        }
    )
    registry = RegistryTarget(name="images", url=plain.url)

    def diagnosed() -> Report:
        request = Request(scope=f"{namespace}/api")
        return diagnose(lab.target, request, budget=Budget(60), others=[lab.target, registry]).report

    wait_for(lambda: any(item.code == "K8S-P103" for item in diagnosed().findings), "the kubelet to try")
    report = diagnosed()

    assert finding(report, "REG-104").summary.endswith("has no tag 1.1. Most like it of 2 tags: 1.0.")
    assert finding(report, "K8S-P103").explained_by == (f"REG-104@image/{image}",)
    assert report.causes[0].code == "REG-104"
