"""K8S-S105: load balancers that do not come, with what the cloud answered: recorded, the lab has no cloud."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Confidence, Subject
from sickbay.diagnostics.platforms.kubernetes.checks.load_balancer import load_balancer
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, event, findings
from tests.unit.diagnostics.platforms.kubernetes.surroundings import service

PENDING = service(type="LoadBalancer", metadata={"creationTimestamp": ago(minutes=12)})


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("Error syncing load balancer: TooManyLoadBalancers: Exceeded quota of account 1", "a quota of the cloud"),
        ("Error syncing load balancer: AccessDenied: not authorized to perform it", "may not make one"),
        ("Error syncing load balancer: could not find any suitable subnets for creating the ELB", "no subnet fits"),
        ("Error syncing load balancer: something of its own", "the cloud refuses"),
    ],
)  # fmt: skip
def test_what_the_cloud_answers_is_classed(message: str, why: str) -> None:
    """Given SyncLoadBalancerFailed, when judged, then its class and its own words are in the finding."""
    told = event("Service", "api", "SyncLoadBalancerFailed", message, count=4)

    (found,) = findings(load_balancer, cluster(PENDING, told))

    assert found.subject == Subject("service", "shop/api")
    assert why in found.summary
    assert message[:100] in found.summary
    assert found.confidence is Confidence.OBSERVED


def test_silence_means_that_nobody_makes_load_balancers() -> None:
    """Given twelve minutes without address or event, when judged, then it is inferred that no controller does it."""
    (found,) = findings(load_balancer, cluster(PENDING))

    assert "waits 12 min for its load balancer: no controller has answered for it" in found.summary
    assert found.confidence is Confidence.INFERRED


@pytest.mark.parametrize(
    "well",
    [
        service(type="LoadBalancer", status={"loadBalancer": {"ingress": [{"hostname": "lb.example.com"}]}}),
        service(type="LoadBalancer", metadata={"creationTimestamp": ago(minutes=2)}),
        service(type="LoadBalancer", metadata={"deletionTimestamp": ago(minutes=2)}),
        service(type="NodePort"),
    ],
    ids=["has an address", "is new", "is going", "is none"],
)
def test_services_that_have_or_need_no_load_balancer_are_left_alone(well: Any) -> None:
    """Given a service with its address, a new one, or another type, when judged, then nothing is found."""
    assert findings(load_balancer, cluster(well)) == []
