"""K8S-W102: pods that the API server refuses to create, by class of refusal."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.pods_not_created import pods_not_created
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import Workload
from tests.unit.diagnostics.platforms.kubernetes.clusters import (
    ago,
    cluster,
    cronjob,
    daemonset,
    deployment,
    event,
    findings,
    job,
    make,
    meta,
    statefulset,
)

QUOTA = (
    'Error creating: pods "api-7d4b9c-x1" is forbidden: exceeded quota: team, requested: pods=1, used: pods=2, '
    "limited: pods=2"
)


def refused(kind: str = "ReplicaSet", name: str = "api-7d4b9c", message: str = QUOTA, **more: Any) -> Event:
    return event(kind, name, "FailedCreate", message, count=9, **more)


def short(name: str = "api", **more: Any) -> Workload:
    """A deployment that wants two pods and has one."""
    fields = {"metadata": meta(name), "spec": {"replicas": 2}, "status": {"replicas": 1, **more}}
    return make(Workload, fields)


def test_a_replica_sets_event_is_told_of_its_deployment() -> None:
    """Given FailedCreate of a ReplicaSet at its quota, when judged, then its Deployment and the quota are named."""
    (found,) = findings(pods_not_created, cluster(short(), refused()))

    assert found.subject == Subject("deployment", "shop/api")
    assert found.summary == (
        "Pods of deployment shop/api cannot be created: quota team is used up (requested: pods=1, used: pods=2, "
        "limited: pods=2)."
    )
    assert found.count == 9
    assert "FailedCreate of ReplicaSet api-7d4b9c (9 times" in found.evidence[0].source


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            'pods "api" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
            "Pod Security admission (restricted:latest) refuses them: allowPrivilegeEscalation != false",
        ),
        ("pods is forbidden: PodSecurityPolicy: unable to admit pod: []", "no PodSecurityPolicy admits them"),
        (
            'Internal error occurred: failed calling webhook "pods.policy.example.com": dial tcp: connection refused',
            "webhook pods.policy.example.com does not answer (dial tcp: connection refused)",
        ),
        (
            'admission webhook "pods.policy.example.com" denied the request: no owner label',
            "webhook pods.policy.example.com refuses them: no owner label",
        ),
        (
            'pods "api" is forbidden: error looking up service account shop/robot: serviceaccount "robot" not found',
            "service account shop/robot is not there",
        ),
        (
            'pods "api" is forbidden: maximum memory usage per Container is 1Gi, but limit is 2Gi',
            "a LimitRange refuses them: maximum memory usage per Container is 1Gi, but limit is 2Gi",
        ),
        ("failed quota: team: must specify limits.cpu", "quota team wants every pod to say limits.cpu"),
        ("no PriorityClass with name urgent was found", "priority class urgent is not there"),
        ("something that is not known", "something that is not known"),
    ],
)
def test_the_refusal_is_told_by_its_class(message: str, words: str) -> None:
    """Given a refusal as the API server words it, when judged, then its class and what is missing are named."""
    (found,) = findings(pods_not_created, cluster(short(), refused(message=message)))

    assert found.summary == f"Pods of deployment shop/api cannot be created: {words}."


@pytest.mark.parametrize(
    ("kind", "objects", "more"),
    [
        ("StatefulSet", [], {"statefulsets": (statefulset("w", there=1),)}),
        ("DaemonSet", [daemonset("w", desired=3, currentNumberScheduled=1)], {}),
        ("Job", [job("w")], {}),
        ("CronJob", [cronjob("w", lastScheduleTime=ago(minutes=10))], {}),
    ],
)
def test_every_maker_of_pods_is_told(kind: str, objects: list[Any], more: dict[str, Any]) -> None:
    """Given FailedCreate of a maker of pods that still lacks some, when judged, then it is the subject."""
    (found,) = findings(pods_not_created, cluster(*objects, refused(kind, "w"), **more))

    assert found.subject == Subject(kind.lower(), "shop/w")


@pytest.mark.parametrize(
    ("kind", "objects", "more"),
    [
        ("StatefulSet", [], {"statefulsets": (statefulset("w"),)}),
        ("DaemonSet", [daemonset("w")], {}),
        ("Job", [job("w", active=1)], {}),
        ("Job", [job("w", conditions=[{"type": "Complete", "status": "True"}])], {}),
        ("CronJob", [cronjob("w", lastScheduleTime=ago(minutes=1))], {}),
        ("Deployment", [], {}),
    ],
)
def test_what_was_made_since_is_left_alone(kind: str, objects: list[Any], more: dict[str, Any]) -> None:
    """Given FailedCreate of a maker of pods that has them by now, or is gone, when judged, then nothing is found."""
    assert findings(pods_not_created, cluster(*objects, refused(kind, "w"), **more)) == []


def test_the_condition_is_enough_when_the_event_is_forgotten() -> None:
    """Given a deployment with ReplicaFailure and no event any more, when judged, then its condition tells."""
    condition = {"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": QUOTA}

    (found,) = findings(pods_not_created, cluster(short(conditions=[condition])))

    assert "quota team is used up" in found.summary
    assert found.evidence[0].source.endswith("deployments/api status.conditions[ReplicaFailure]")


def test_a_maker_that_was_not_read_counts_while_its_event_is_fresh() -> None:
    """Given an event of a workload that may not be listed, when judged, then it is told while it is fresh."""
    assert len(findings(pods_not_created, cluster(refused("StatefulSet", "w"), complete=()))) == 1
    assert findings(pods_not_created, cluster(refused("StatefulSet", "w", minutes_ago=50), complete=())) == []


def test_of_many_refusals_the_latest_is_told() -> None:
    """Given refusals by a quota and later by an account that is not there, when judged, then the later one is told."""
    missing = 'error looking up service account shop/robot: serviceaccount "robot" not found'
    later = refused(name="api-5f6d77", message=missing, minutes_ago=1)

    (found,) = findings(pods_not_created, cluster(short(), later, refused(minutes_ago=9), refused(minutes_ago=5)))

    assert "service account shop/robot is not there" in found.summary


def test_a_refusal_before_the_window_is_left_alone() -> None:
    """Given a refusal of the day before yesterday, when judged over a day, then nothing is found."""
    assert findings(pods_not_created, cluster(short(), refused(minutes_ago=60 * 40))) == []


def test_a_whole_deployment_is_left_alone() -> None:
    """Given a deployment with all its pods and an old refusal, when judged, then nothing is found."""
    assert findings(pods_not_created, cluster(deployment(), refused())) == []
