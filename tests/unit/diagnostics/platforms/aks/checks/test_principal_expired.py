"""AKS-109: expired service principals."""

from sickbay.diagnostics.platforms.aks.checks.principal_expired import principal_expired
from sickbay.diagnostics.platforms.aks.snapshot import Obstacle, Unreachable
from tests.unit.diagnostics.platforms.aks.azure import aks, error, findings, managed, pool
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, event

EXPIRED = "AADSTS7000222: The provided client secret keys for app 'abc' are expired."


def test_azures_error_tells_of_the_clusters_principal() -> None:
    """Given a cluster that failed with an expired principal, when judged, then the principal is named."""
    failed = managed(
        provisioningState="Failed",
        servicePrincipalProfile={"clientId": "abc"},
        status=error("ServicePrincipalValidationClientError", EXPIRED),
    )

    (found,) = findings(principal_expired, aks(cluster=failed))

    assert found.summary.startswith("The service principal of prod (abc) is not accepted any more")


def test_what_pool_and_cluster_both_say_is_told_once() -> None:
    """Given a pool and its cluster with the same error, when judged, then it stands in the evidence once."""
    same = error("ServicePrincipalValidationClientError", EXPIRED)

    (found,) = findings(principal_expired, aks(cluster=managed(status=same), pools=[pool(status=same)]))

    assert (len(found.evidence), found.count) == (1, 1)


def test_events_of_kubernetes_tell_of_it_too() -> None:
    """Given a load balancer that cannot be made for it, when judged, then the event is the evidence."""
    told = event("Service", "web", "SyncLoadBalancerFailed", f"Error syncing load balancer: {EXPIRED}")

    (found,) = findings(principal_expired, aks(kubernetes=cluster(told)))

    assert EXPIRED in found.evidence[0].value


def test_sickbays_own_principal_is_told_apart() -> None:
    """Given that Sickbay's own sign-in expired, when judged, then that is told, and nothing of the cluster's."""
    own = Unreachable(obstacle=Obstacle.EXPIRED, message=EXPIRED)

    (found,) = findings(principal_expired, aks(cluster=None, unreachable=own))

    assert found.summary.startswith("The service principal that Sickbay signs in to Azure with has expired")


def test_other_obstacles_and_events_are_none() -> None:
    """Given another obstacle and other events, when judged, then nothing is found."""
    denied = Unreachable(obstacle=Obstacle.FORBIDDEN, message="403")
    other = event("Service", "web", "SyncLoadBalancerFailed", "PublicIPCountLimitReached")

    assert findings(principal_expired, aks(unreachable=denied, kubernetes=cluster(other))) == []
