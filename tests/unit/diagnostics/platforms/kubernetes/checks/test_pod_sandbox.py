"""K8S-P106: pods whose sandbox cannot be made, most often for want of a network."""

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.pod_sandbox import pod_sandbox
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from tests.unit.diagnostics.platforms.kubernetes.checks.setting_up import creating
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, event, findings

BEGIN = 'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox "12": '


def failed(message: str, name: str = "api-7d4b9c-x1", *, minutes_ago: float = 2) -> Event:
    return event("Pod", name, "FailedCreatePodSandBox", BEGIN + message, count=30, minutes_ago=minutes_ago)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (
            (
                'plugin type="bridge" failed (add): failed to allocate for range 0: '
                "no IP addresses available in range set: "
                "10.244.1.1-10.244.1.254"
            ),
            "no IP address is left for it (IPAM)",
        ),
        (
            'plugin type="aws-cni" name="aws-cni" failed (add): add cmd: failed to assign an IP address to container',
            "no IP address is left for it (IPAM)",
        ),
        ("open /run/flannel/subnet.env: no such file or directory", "its node has no range of pod addresses"),
        ('failed to find plugin "calico" in path [/opt/cni/bin]', "the CNI plugin calico is not on the node"),
        (
            (
                'plugin type="calico" failed (add): error getting ClusterInformation: '
                "connection is unauthorized: Unauthorized"
            ),
            "the CNI's credentials are refused by the API server",
        ),
        (
            (
                'plugin type="cilium-cni" failed (add): unable to connect to Cilium daemon: dial unix '
                "/var/run/cilium/cilium.sock: connect: no such file or directory"
            ),
            "the CNI's daemon on its node does not answer",
        ),
        ('NetworkPlugin cni failed to set up pod "api_shop" network: netlink: busy', "cannot be set up by the CNI"),
        (
            'failed to get sandbox image "registry.k8s.io/pause:3.9": failed to pull image: i/o timeout',
            "the image of its sandbox (pause) cannot be pulled",
        ),
        ('no runtime for "kata" is configured', "its node has no runtime kata"),
        ("context deadline exceeded", "the node's container runtime does not make its sandbox in time"),
        ("something new", "its sandbox cannot be made, for the reason in the evidence"),
    ],
)
def test_each_class_is_told(message: str, why: str) -> None:
    """Given a pod that waits for its sandbox, when judged, then the finding says what its event means."""
    (found,) = findings(pod_sandbox, cluster(creating(), failed(message)))

    assert found.subject == Subject("deployment", "shop/api")
    assert found.summary.startswith("1 of 1 pod of deployment shop/api cannot start: ")
    assert why in found.summary
    assert "30 times, last 02:58:00 UTC" in found.evidence[0].source
    assert found.remedy is not None


def test_pods_of_one_workload_are_one_finding() -> None:
    """Given two replicas without addresses, when judged, then one finding counts both."""
    pods = [creating(f"api-7d4b9c-{number}") for number in range(2)]
    events = [failed("no IP addresses available", pod.metadata.name) for pod in pods]

    (found,) = findings(pod_sandbox, cluster(*pods, *events))

    assert found.count == 2


def test_after_its_node_was_restarted_a_pod_waits_for_its_network_again() -> None:
    """Given a container that ended with its node before the event, when judged, then the sandbox is what it lacks."""
    ended = {"terminated": {"exitCode": 255, "finishedAt": ago(minutes=4)}}

    assert len(findings(pod_sandbox, cluster(creating(age=900, state=ended), failed("no networks found")))) == 1


@pytest.mark.parametrize(
    ("well", "told"),
    [
        (creating(), event("Pod", "api-7d4b9c-x1", "BackOff", "x")),
        (creating(age=0.5), failed("x")),
        (creating(state={"running": {"startedAt": ago(minutes=1)}}), failed("x")),
        (creating(deletionTimestamp=ago(minutes=1)), failed("x")),
        (creating(), failed("x", minutes_ago=60 * 25)),
        (creating(), failed("x", "other")),
        (creating(state={"waiting": {"reason": "CrashLoopBackOff"}}), failed("x")),
        (creating(state={"waiting": {"reason": "ImagePullBackOff"}}), failed("x")),
        (creating(state={"terminated": {"exitCode": 1, "finishedAt": ago(minutes=1)}}), failed("x")),
    ],
)
def test_what_started_or_only_just_waits_is_left_alone(well: Pod, told: Event) -> None:
    """Given a pod that runs, is new, goes away, or has no such event lately, when judged, then nothing is found."""
    assert findings(pod_sandbox, cluster(well, told)) == []
