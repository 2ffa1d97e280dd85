"""Why an operation on a cluster or a node pool failed: the classes of Azure's errors, and what to do about each."""

import re
from enum import StrEnum

from msgspec import Struct

from sickbay.diagnostics.platforms.aks.wire.base import ErrorDetail


class FaultKind(StrEnum):
    """A class of error, in the words of a summary."""

    PRINCIPAL = "the cluster's service principal is not accepted any more"
    DRAIN = "a node could not be drained"
    SUBNET = "its subnet has no addresses left"
    PUBLIC_ADDRESSES = "no more public addresses may be had in the region"
    QUOTA = "the quota of cores is used up"
    ALLOCATION = "the region has no such machines to give just now"
    SIZE = "the VM size may not be had there"
    OUTBOUND = "its nodes do not reach what they need outside"
    API_SERVER = "its nodes do not reach the API server"
    DNS = "its nodes cannot resolve the API server's name"
    EXTENSION = "its nodes could not be set up"
    POLICY = "an Azure policy forbids it"
    LOCK = "a lock forbids it"
    PERMISSION = "the cluster's identity lacks a permission"
    THROTTLED = "Azure throttles the subscription"
    OTHER = "Azure says why in the evidence"


class Fault(Struct, frozen=True):
    """A class of error, and what to do about it."""

    kind: FaultKind
    cure: str
    command: str | None = None


_LIST_SIZES = "az vm list-skus --location {location} --size {size} --all --output table"
#: In this order: an error often wraps another, and the more telling pattern stands first.
_FORMS: tuple[tuple[FaultKind, str, str, str | None], ...] = (
    (
        FaultKind.PRINCIPAL,
        r"AADSTS7000222|AADSTS7000215|AADSTS700016|ServicePrincipalValidationClientError|client secret keys? .*expired",
        "Move the cluster to a managed identity, or give its principal a new secret.",
        "az aks update --resource-group {group} --name {cluster} --enable-managed-identity",
    ),
    (
        FaultKind.DRAIN,
        r"PodDrainFailure|UndrainableNode|drain of \S+ did not complete|drain(?:ing)? node|disruption budget|evict",
        "Let the budgets give up a pod, or raise the pool's drain timeout; then start the upgrade again.",
        None,
    ),
    (
        FaultKind.SUBNET,
        r"SubnetIsFull|InsufficientSubnetSize|enough capacity for IP addresses|insufficient IP addresses",
        "Use a larger subnet for a new pool, fewer pods a node, or Azure CNI Overlay; surge nodes need addresses too.",
        None,
    ),
    (
        FaultKind.PUBLIC_ADDRESSES,
        r"PublicIPCountLimitReached|PublicIPAddressCountLimit",
        "Release public addresses that nobody uses, or ask for a higher limit.",
        "az network list-usages --location {location} --output table",
    ),
    (
        FaultKind.QUOTA,
        r"quota",
        "Ask for more quota, or use a VM size of another family; the surge nodes of an upgrade count too.",
        "az vm list-usage --location {location} --output table",
    ),
    (
        FaultKind.ALLOCATION,
        r"AllocationFailed|OverconstrainedZonalAllocationRequest|OverconstrainedAllocationRequest|capacity for the req",
        "Try again later, or add a pool of another VM size or in other zones.",
        _LIST_SIZES,
    ),
    (
        FaultKind.SIZE,
        r"SkuNotAvailable|AvailabilityZoneNotSupported|NotAvailableForSubscription|not allowed in your subscr",
        "Choose a VM size that the region and its zones offer to this subscription.",
        _LIST_SIZES,
    ),
    (
        FaultKind.DNS,
        r"K8SAPIServerDNSLookupFail|exit (?:status|code)[ =:]*52\b",
        "Let the virtual network's DNS servers forward to 168.63.129.16, and link the private DNS zone to it.",
        None,
    ),
    (
        FaultKind.API_SERVER,
        r"K8SAPIServerConnFail|exit (?:status|code)[ =:]*51\b",
        "Allow 443 from the nodes to the API server, and the nodes' outbound address in its authorised ranges.",
        None,
    ),
    (
        FaultKind.OUTBOUND,
        r"OutBoundConnFail|exit (?:status|code)[ =:]*50\b",
        "Allow the names and ports that AKS needs in firewall, network security groups and routes.",
        "az aks egress-endpoints list --resource-group {group} --name {cluster} --output table",
    ),
    (
        FaultKind.EXTENSION,
        r"VMExtension|CSE failed|vmssCSE",
        "Look the exit status up in AKS's list of CSE errors; the node's log is /var/log/azure/cluster-provision.log.",
        None,
    ),
    (
        FaultKind.POLICY,
        r"RequestDisallowedByPolicy",
        "Exempt the node resource group from the policy, or give the cluster what it asks for.",
        None,
    ),
    (FaultKind.LOCK, r"ScopeLocked", "Remove the lock on the node resource group: AKS owns what lies in it.", None),
    (
        FaultKind.PERMISSION,
        r"LinkedAuthorizationFailed|AuthorizationFailed|CustomRouteTableMissingPermission",
        "Give the cluster's identity the role that the message names.",
        None,
    ),
    (
        FaultKind.THROTTLED,
        r"TooManyRequests|SubscriptionRequestsThrottled|OperationNotAllowed.*too many",
        "Wait, and find out what asks so often: autoscalers and pipelines of the same subscription.",
        None,
    ),
)
_PATTERNS = tuple((kind, re.compile(form, re.IGNORECASE), cure, command) for kind, form, cure, command in _FORMS)
_RECONCILE = "az resource update --ids {id}"
_OTHER = Fault(
    FaultKind.OTHER, "Put right what the error names, and let AKS bring the cluster to its goal again.", _RECONCILE
)


def fault_of(error: ErrorDetail | None) -> Fault:
    """Give the class of an error, which an empty one has too."""
    text = error.text if error else ""
    for kind, pattern, cure, command in _PATTERNS:
        if pattern.search(text):
            return Fault(kind, cure, command)
    return _OTHER
