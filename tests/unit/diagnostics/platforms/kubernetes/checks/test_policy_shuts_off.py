"""K8S-S107: network policies that let nobody reach a service's pods."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Confidence, Subject
from sickbay.diagnostics.platforms.kubernetes.checks.policy_shuts_off import policy_shuts_off
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, findings, pod
from tests.unit.diagnostics.platforms.kubernetes.surroundings import namespace, policy, service

FROM_WEB = {"from": [{"podSelector": {"matchLabels": {"app": "web"}}}]}
FROM_EDGE = {"from": [{"namespaceSelector": {"matchLabels": {"role": "edge"}}}]}
FROM_ADDRESS = {"from": [{"ipBlock": {"cidr": "10.0.0.0/8"}}]}
TO_API = {"matchLabels": {"app": "api"}}


def test_a_policy_without_rules_shuts_a_service_off() -> None:
    """Given a service and a policy that denies all, when judged, then the policy is named, as inferred."""
    (found,) = findings(policy_shuts_off, cluster(pod(), service(), policy()))

    assert found.subject == Subject("networkpolicy", "shop/deny-all")
    assert "has no ingress rule" in found.summary
    assert "nobody reaches the pods of service shop/api" in found.summary
    assert found.confidence is Confidence.INFERRED
    assert [item.value for item in found.evidence] == ["none", "all pods", "app=api"]


@pytest.mark.parametrize("rule", [FROM_WEB, FROM_EDGE], ids=["pods", "namespaces"])
def test_rules_that_fit_nobody_are_no_rules(rule: Any) -> None:
    """Given rules whose selectors pick nobody who is there, when judged, then that is the fault."""
    (found,) = findings(policy_shuts_off, cluster(pod(), service(), namespace(), policy(rules=[rule], pods=TO_API)))

    assert "only ingress rules that pick no pod and no namespace" in found.summary


def test_one_policy_that_shuts_off_many_services_is_one_finding() -> None:
    """Given two services behind one policy that denies all, when judged, then one finding counts both."""
    snapshot = cluster(pod(), pod("web-7d4b9c-1", deployment="web"), service(), service("web"), policy())

    (found,) = findings(policy_shuts_off, snapshot)

    assert found.count == 2


@pytest.mark.parametrize(
    "objects",
    [
        [pod(), service(), policy(), policy("let-in", rules=[FROM_ADDRESS], pods=TO_API)],
        [pod(), service(), policy(rules=[{}])],
        [pod(), service(), pod("web-7d4b9c-1", deployment="web"), policy(rules=[FROM_WEB], pods=TO_API)],
        [pod(), service(), namespace("edge", labels={"role": "edge"}), policy(rules=[FROM_EDGE], pods=TO_API)],
        [pod(), policy()],
        [pod(), service(), policy(pods={"matchLabels": {"app": "other"}})],
        [pod(), service()],
    ],
    ids=["another admits", "all admitted", "a pod admitted", "a namespace admitted", "no service", "others", "none"],
)
def test_pods_that_somebody_reaches_are_left_alone(objects: list[Any]) -> None:
    """Given a policy beside which somebody is admitted, or pods that nobody should reach, then nothing is found."""
    assert findings(policy_shuts_off, cluster(*objects)) == []


def test_half_a_list_of_policies_proves_nothing() -> None:
    """Given policies that were not read to their end, when judged, then another one may admit somebody."""
    assert findings(policy_shuts_off, cluster(pod(), service(), policy(), complete=["pods"])) == []


def test_policies_on_what_goes_out_shut_nobody_off() -> None:
    """Given a policy on egress alone, when judged, then nothing is found."""
    assert findings(policy_shuts_off, cluster(pod(), service(), policy(types=("Egress",)))) == []


def test_callers_in_namespaces_that_were_not_read_may_be_there() -> None:
    """Given a scope that reads one namespace, when a rule admits another one, then nothing is found."""
    snapshot = cluster(pod(), service(), policy(rules=[FROM_EDGE], pods=TO_API), scope="shop")

    assert findings(policy_shuts_off, snapshot) == []
