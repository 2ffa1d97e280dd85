"""AKS-101: clusters whose last operation failed."""

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.aks.checks.cluster_failed import cluster_failed
from tests.unit.diagnostics.platforms.aks.azure import aks, error, findings, managed


def test_the_error_chooses_the_remedy() -> None:
    """Given a failed cluster whose error wraps one of quota, when judged, then class, error and command are told."""
    quota = {"code": "QuotaExceeded", "message": "exceeding approved Total Regional Cores quota"}
    status = error("CreateVMSSAgentPoolFailed", "see details", quota)

    (found,) = findings(cluster_failed, aks(cluster=managed(provisioningState="Failed", status=status)))

    assert found.subject == Subject("cluster", "prod")
    assert found.summary == (
        "The last operation on AKS cluster prod failed (CreateVMSSAgentPoolFailed): the quota of cores is used up; "
        "until that is put right, AKS does not scale, upgrade or repair it."
    )
    assert found.evidence[1].value == (
        "CreateVMSSAgentPoolFailed: see details / QuotaExceeded: exceeding approved Total Regional Cores quota"
    )
    assert found.remedy is not None
    assert found.remedy.command == "az vm list-usage --location westeurope --output table"


def test_without_an_error_the_state_is_told_alone() -> None:
    """Given a failed cluster of which Azure keeps no error, when judged, then it is told, with how to reconcile it."""
    (found,) = findings(cluster_failed, aks(cluster=managed(provisioningState="Failed")))

    assert found.summary.startswith("The last operation on AKS cluster prod failed; until")
    assert found.remedy is not None
    assert str(found.remedy.command).startswith("az resource update --ids /subscriptions/")


def test_an_error_of_long_ago_is_none() -> None:
    """Given a cluster that has recovered, when judged, then nothing is found."""
    assert findings(cluster_failed, aks()) == []


def test_a_cluster_that_was_not_read_is_none() -> None:
    """Given no cluster, when judged, then nothing is found."""
    assert findings(cluster_failed, aks(cluster=None)) == []
