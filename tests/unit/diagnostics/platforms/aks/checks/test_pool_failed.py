"""AKS-103: node pools that could not get their nodes."""

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.aks.checks.pool_failed import pool_failed
from sickbay.diagnostics.platforms.aks.snapshot import PoolMachines
from sickbay.diagnostics.platforms.aks.wire.base import Usage
from tests.unit.diagnostics.platforms.aks.azure import aks, error, findings, node, pool, shaped
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster

QUOTA = error("ErrCode_InsufficientVCPUQuota", "Insufficient vcpu quota requested 8, remaining 2 for family "
              "standardDSv3Family for region westeurope.")  # fmt: skip


def test_a_used_up_quota_is_told_with_what_is_left() -> None:
    """Given a pool that lacks quota, when judged, then its error, its nodes and the quota of its family are told."""
    family = {"name": {"value": "standardDSv3Family"}, "currentValue": 98, "limit": 100}
    others = {"name": {"value": "standardESv3Family"}, "currentValue": 100, "limit": 100}
    cores = tuple(shaped(Usage, item) for item in (family, others))
    ill = pool(provisioningState="Failed", status=QUOTA)

    (found,) = findings(pool_failed, aks(pools=[ill], cores=cores, kubernetes=cluster(node())))

    assert found.subject == Subject("nodepool", "user")
    assert found.summary == (
        "Node pool user failed (ErrCode_InsufficientVCPUQuota): the quota of cores is used up. It has 1 of 3 nodes."
    )
    assert [item.value for item in found.evidence][2:] == ["98 of 100 used"]


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("ZonalAllocationFailed", "We do not have sufficient capacity", "the region has no such machines"),
        ("OverconstrainedZonalAllocationRequest", "Allocation failed.", "the region has no such machines"),
        ("SkuNotAvailable", "is currently not available in location", "the VM size may not be had there"),
        ("AvailabilityZoneNotSupported", "The zone(s) 2", "the VM size may not be had there"),
        ("VMExtensionProvisioningError", "CSE failed with 'VMExtensionError_OutBoundConnFail'", "do not reach what"),
        ("VMExtensionProvisioningError", "VM has reported a failure: exit status=51", "do not reach the API server"),
        ("VMExtensionProvisioningError", "VMExtensionError_K8SAPIServerDNSLookupFail", "cannot resolve the API"),
        ("VMExtensionProvisioningError", "CSE failed: ExitCode: 124", "could not be set up"),
        ("RequestDisallowedByPolicy", "Resource was disallowed by policy", "an Azure policy forbids it"),
        ("ScopeLocked", "cannot perform write because of a lock", "a lock forbids it"),
        ("LinkedAuthorizationFailed", "has permission but not on the linked scope", "lacks a permission"),
        ("PublicIPCountLimitReached", "Cannot create more than 100 public IP addresses", "no more public addresses"),
        ("SubscriptionRequestsThrottled", "Number of requests exceeded", "Azure throttles the subscription"),
        ("InternalOperationError", "Something of Azure broke", "Azure says why in the evidence"),
    ],
)
def test_each_class_of_error_is_told_in_words(code: str, message: str, kind: str) -> None:
    """Given a pool that failed with an error of a class, when judged, then the summary tells the class."""
    (found,) = findings(pool_failed, aks(pools=[pool(provisioningState="Failed", status=error(code, message))]))

    assert kind in found.summary
    assert found.remedy is not None


def test_how_the_machines_fare_stands_beside_the_error() -> None:
    """Given the state of a failed pool's machines, when judged, then it is evidence."""
    ill = pool(provisioningState="Failed", status=error("VMExtensionProvisioningError", "exit status=50"))
    seen = PoolMachines(pool="user", machines=3, scale_set="aks-user-1-vmss", statuses=("vmssCSE failed/50: 3",))

    (found,) = findings(pool_failed, aks(pools=[ill], machines=(seen,)))

    assert found.evidence[2].source.endswith("/agentPools/user instanceView of aks-user-1-vmss")
    assert found.evidence[2].value == "vmssCSE failed/50: 3 (of 3 machines)"


@pytest.mark.parametrize("code", ["SubnetIsFull", "PodDrainFailure", "ServicePrincipalValidationClientError"])
def test_what_has_a_finding_of_its_own_is_left_to_it(code: str) -> None:
    """Given a pool that failed for want of addresses, a drain or a principal, when judged, then nothing is found."""
    assert findings(pool_failed, aks(pools=[pool(provisioningState="Failed", status=error(code, "…"))])) == []


def test_pools_that_are_well_are_none() -> None:
    """Given pools that succeeded, that scale and that upgrade, when judged, then nothing is found."""
    busy = [pool(name, provisioningState=name.capitalize()) for name in ("succeeded", "scaling", "upgrading")]

    assert findings(pool_failed, aks(pools=busy)) == []
