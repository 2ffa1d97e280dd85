"""AKS-104: versions that are not supported, and pools out of step."""

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.aks.checks.versions import versions
from sickbay.diagnostics.platforms.aks.wire.clusters import KubernetesVersion
from tests.unit.diagnostics.platforms.aks.azure import aks, findings, managed, pool

OFFERED = tuple(KubernetesVersion(version=version) for version in ("1.33", "1.34", "1.35"))
OLD = {"kubernetesVersion": "1.29", "currentKubernetesVersion": "1.29.9"}


def test_a_version_that_is_not_offered_is_told() -> None:
    """Given a cluster of a version that the region does not list, when judged, then both are told."""
    old = pool(currentOrchestratorVersion="1.29.9")

    (found,) = findings(versions, aks(cluster=managed(**OLD), pools=[old], versions=OFFERED))

    assert found.summary.startswith("AKS does not support Kubernetes 1.29.9 in westeurope any more")
    assert found.evidence[1].value == "1.33, 1.34, 1.35"


def test_long_term_support_keeps_a_version() -> None:
    """Given such a cluster with long-term support, when judged, then nothing is found."""
    kept = managed(**OLD, supportPlan="AKSLongTermSupport")

    assert (
        findings(versions, aks(cluster=kept, pools=[pool(currentOrchestratorVersion="1.29.9")], versions=OFFERED)) == []
    )


def test_a_pool_of_another_minor_version_is_told() -> None:
    """Given a pool behind its control plane, when judged, then the pool is told, and how it is upgraded."""
    (found,) = findings(
        versions, aks(pools=[pool(), pool("old", currentOrchestratorVersion="1.31.2")], versions=OFFERED)
    )

    assert found.subject == Subject("nodepool", "old")
    assert found.remedy is not None
    assert str(found.remedy.command).endswith("--name old --kubernetes-version 1.33.5")


def test_without_the_list_nothing_is_said_of_support() -> None:
    """Given no list of versions, when judged, then an old cluster is no finding: absence proves nothing."""
    assert findings(versions, aks(cluster=managed(**OLD), pools=[pool(currentOrchestratorVersion="1.29.9")])) == []
