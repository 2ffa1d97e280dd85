"""AKS-110: node pools that do not grow."""

import pytest

from sickbay.diagnostics.model import Confidence, Subject
from sickbay.diagnostics.platforms.aks.checks.at_maximum import at_maximum
from sickbay.diagnostics.platforms.aks.wire.clusters import AgentPool
from sickbay.diagnostics.platforms.kubernetes.wire.autoscaler import Backoff, GroupHealth, NodeGroup, ScaleUp
from tests.unit.diagnostics.platforms.aks.azure import aks, findings, pool, waiting
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster

AT_MOST = pool(enableAutoScaling=True, minCount=1, maxCount=3)
MAY_GROW = pool(enableAutoScaling=True, minCount=1, maxCount=5)


def group(name: str = "aks-user-25795745-vmss", *, target: int = 3, code: str = "", message: str = "") -> NodeGroup:
    """Give what the autoscaler tells of a group of at most five nodes, refused one for `code` where there is one."""
    tried = ScaleUp(status="Backoff", backoff_info=Backoff(error_code=code, error_message=message))
    health = GroupHealth(cloud_provider_target=target, max_size=5)
    return NodeGroup(name=name, health=health, scale_up=tried if code else ScaleUp(status="NoActivity"))


def test_a_pool_at_its_maximum_is_told_while_pods_wait() -> None:
    """Given a pool with all the nodes that it may have and a pod that waits, when judged, then both are told."""
    (found,) = findings(at_maximum, aks(pools=[AT_MOST], kubernetes=cluster(waiting())))

    assert (found.subject, found.confidence) == (Subject("nodepool", "user"), Confidence.INFERRED)
    assert found.summary == (
        "Node pool user has all of the 3 nodes that its autoscaler may add, while pod shop/api-7d4b9c-x1 finds no node."
    )
    assert found.remedy is not None
    assert str(found.remedy.command).endswith(" --name user --update-cluster-autoscaler --min-count 1 --max-count 4")


@pytest.mark.parametrize("other", [pool(), MAY_GROW, pool(maxCount=3)])
def test_a_pool_that_may_grow_or_does_not_scale_itself_is_none(other: AgentPool) -> None:
    """Given a pool that may grow, or one without an autoscaler, when a pod waits, then nothing is found."""
    assert findings(at_maximum, aks(pools=[other], kubernetes=cluster(waiting()))) == []


def test_many_that_wait_are_counted() -> None:
    """Given two pods that wait, when judged, then they are counted, and one of them is named."""
    both = cluster(waiting("api-1"), waiting("api-2"))

    (found,) = findings(at_maximum, aks(pools=[AT_MOST], kubernetes=both))

    assert found.summary.endswith("while 2 pods find no node, first shop/api-1.")


def test_a_full_pool_without_waiting_pods_is_as_it_should_be() -> None:
    """Given a pool at its maximum, when no pod waits or Kubernetes was not read, then nothing is found."""
    assert findings(at_maximum, aks(pools=[AT_MOST], kubernetes=cluster())) == []
    assert findings(at_maximum, aks(pools=[AT_MOST])) == []


def test_a_node_that_azure_refused_is_told_with_its_class() -> None:
    """Given a pool whose autoscaler was refused a node for want of quota, then class, error and cure are told."""
    refused = group(code="QUOTA_EXCEEDED", message="Operation could not be completed: exceeding approved quota")

    (found,) = findings(at_maximum, aks(pools=[MAY_GROW], kubernetes=cluster(waiting(), node_groups=(refused,))))

    assert found.summary == (
        "Node pool user gets no more nodes (QUOTA_EXCEEDED): the quota of cores is used up, while pod "
        "shop/api-7d4b9c-x1 finds no node."
    )
    assert "3 of at most 5 nodes, Backoff QUOTA_EXCEEDED: Operation" in found.evidence[0].value
    assert found.remedy is not None
    assert found.remedy.command == "az vm list-usage --location westeurope --output table"


def test_an_error_of_no_known_class_leaves_it_to_the_autoscaler() -> None:
    """Given an error that says nothing known, then it is named, and no command is guessed."""
    refused = group(code="OTHER", message="no idea")

    (found,) = findings(at_maximum, aks(pools=[MAY_GROW], kubernetes=cluster(waiting(), node_groups=(refused,))))

    assert found.summary.startswith("Node pool user gets no more nodes (OTHER): Azure says why in the evidence, while")
    assert found.remedy is not None
    assert (found.remedy.text, found.remedy.command) == (
        "Put right what the error names; the autoscaler tries again by itself.",
        None,
    )


@pytest.mark.parametrize("name", ["aks-user-25795745-vmss", "aksuser"])
def test_the_autoscalers_count_is_as_good_as_azures(name: str) -> None:
    """Given a group of Linux or Windows with all five nodes asked for, then it is told as at its maximum."""
    full = cluster(waiting(), node_groups=(group(name, target=5),))

    (found,) = findings(at_maximum, aks(pools=[MAY_GROW], kubernetes=full))

    assert found.summary.startswith("Node pool user has all of the 5 nodes that its autoscaler may add")
    assert [item.value for item in found.evidence] == ["3 / 5", "5 of at most 5 nodes"]


def test_a_group_of_another_pool_proves_nothing() -> None:
    """Given a full group of another pool, and one with an odd name, then nothing is found of this one."""
    others = (group("aks-other-1-vmss", target=5), group("custom", target=5), group("aks-user-1-vmss"))

    assert findings(at_maximum, aks(pools=[MAY_GROW], kubernetes=cluster(waiting(), node_groups=others))) == []
