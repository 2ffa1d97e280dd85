"""K8S-W101: rollouts that make no progress, with the newest revision's trouble."""

from typing import Any

import pytest
from msgspec.structs import replace

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.rollout_stuck import rollout_stuck
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, deployment, findings, pod, status

EXCEEDED = {
    "type": "Progressing",
    "status": "False",
    "reason": "ProgressDeadlineExceeded",
    "message": 'ReplicaSet "api-5f6d77" has timed out progressing.',
    "lastTransitionTime": ago(minutes=20),
}


def newest(name: str = "api-5f6d77-n1", **more: Any) -> Pod:
    """A pod of the newest revision, whose container is in a crash loop unless told otherwise."""
    owner = {"kind": "ReplicaSet", "name": "api-5f6d77", "controller": True}
    about = {
        "ownerReferences": [owner],
        "labels": {"pod-template-hash": "5f6d77"},
        "creationTimestamp": ago(minutes=30),
    }
    looping = status(ready=False, state={"waiting": {"reason": "CrashLoopBackOff"}})
    return pod(name, metadata=about, **{"ready": False, "statuses": [looping], **more})


def test_the_newest_revisions_trouble_and_what_still_serves_are_named() -> None:
    """Given a rollout past its deadline with a crashing new pod and two old ones, when judged, then both are told."""
    stuck = deployment(replicas=2, ready=2, conditions=[EXCEEDED])

    (found,) = findings(rollout_stuck, cluster(stuck, newest(), pod("api-7d4b9c-1"), pod("api-7d4b9c-2")))

    assert found.subject == Subject("deployment", "shop/api")
    assert found.summary == (
        "The rollout of deployment shop/api has not progressed within its 600 s: pods of its newest revision are not "
        "ready: api-5f6d77-n1 (CrashLoopBackOff); 2 pods of the revision before still serve."
    )
    assert found.remedy is not None
    assert found.remedy.command == "kubectl rollout undo deployment/api -n shop"
    assert found.evidence[0].value.startswith("ProgressDeadlineExceeded: ReplicaSet")


def test_without_the_replica_sets_name_the_youngest_revision_counts() -> None:
    """Given a condition that names no ReplicaSet, when judged, then the youngest pod tells which revision is new."""
    stuck = deployment(conditions=[{**EXCEEDED, "message": "timed out"}])

    (found,) = findings(rollout_stuck, cluster(stuck, pod("api-7d4b9c-1"), newest()))

    assert "api-5f6d77-n1 (CrashLoopBackOff); 1 pod of the revision before" in found.summary


def test_pods_that_cannot_be_made_are_told_with_why() -> None:
    """Given a rollout whose new pods a quota refuses, when judged, then the refusal is in the summary."""
    refused = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": "exceeded quota: team."}

    (found,) = findings(rollout_stuck, cluster(deployment(conditions=[EXCEEDED, refused])))

    assert "its new pods cannot be made (exceeded quota: team)." in found.summary


@pytest.mark.parametrize(
    "condition",
    [
        {"type": "Progressing", "status": "True", "reason": "ReplicaSetUpdated"},
        {"type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable"},
        {"type": "Progressing", "status": "Unknown", "reason": "DeploymentPaused"},
    ],
)
def test_a_rollout_that_goes_on_or_rests_is_left_alone(condition: dict[str, str]) -> None:
    """Given a rollout under way, done or paused, when judged, then nothing is found."""
    assert findings(rollout_stuck, cluster(deployment(ready=0, conditions=[condition]), newest())) == []


def test_a_deployment_changed_since_is_given_its_time() -> None:
    """Given a condition of the template before the latest change, when judged, then nothing is found."""
    changed = deployment(conditions=[EXCEEDED], generation=4)
    changed = replace(changed, status=replace(changed.status, observed_generation=3))

    assert findings(rollout_stuck, cluster(changed, newest())) == []
