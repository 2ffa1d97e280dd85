"""K8S-W106: autoscalers that cannot scale, or not as far as they want."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.autoscaler_stuck import autoscaler_stuck
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, autoscaler, cluster, findings

UNABLE = "the HPA was unable to compute the replica count: "


def condition(kind: str, status: str, reason: str, message: str = "", **since: float) -> dict[str, Any]:
    at = ago(**(since or {"minutes": 10}))
    return {"type": kind, "status": status, "reason": reason, "message": message, "lastTransitionTime": at}


def inactive(message: str, **since: float) -> dict[str, Any]:
    return condition("ScalingActive", "False", "FailedGetResourceMetric", message, **since)


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (
            UNABLE + "failed to get cpu utilization: missing request for cpu",
            "its pods have no cpu request to measure against",
        ),
        (
            UNABLE
            + "unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server "
            "could not find the requested resource (get pods.metrics.k8s.io)",
            "the metrics API that it asks is not served",
        ),
        (
            UNABLE + "unable to get metrics for resource cpu: no metrics returned from resource metrics API",
            "it gets no metrics of its pods",
        ),
        (
            UNABLE
            + "unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server "
            "is currently unable to handle the request (get pods.metrics.k8s.io)",
            "it gets no metrics of its pods",
        ),
        ("invalid selector", "invalid selector"),
    ],
)
def test_what_keeps_it_from_scaling_is_told_by_its_class(message: str, words: str) -> None:
    """Given an autoscaler without what it measures by, when judged, then the class of what is missing is told."""
    (found,) = findings(autoscaler_stuck, cluster(autoscaler(conditions=[inactive(message)])))

    assert found.subject == Subject("horizontalpodautoscaler", "shop/api")
    assert found.summary == f"Autoscaler shop/api cannot scale Deployment api: {words}."
    assert found.evidence[0].value == f"False, FailedGetResourceMetric: {message}"


def test_a_missing_target_goes_before_missing_metrics() -> None:
    """Given a target that is not there, when judged, then that is told, though metrics are missing too."""
    missing = condition("AbleToScale", "False", "FailedGetScale", 'deployments/scale.apps "api" not found')

    (found,) = findings(autoscaler_stuck, cluster(autoscaler(conditions=[inactive("no metrics returned"), missing])))

    assert "its target api is not there" in found.summary


def test_at_its_maximum_it_wants_more() -> None:
    """Given an autoscaler held at maxReplicas, when judged, then it is told with the number."""
    limited = condition(
        "ScalingLimited", "True", "TooManyReplicas", "the desired replica count is more than the maximum"
    )

    (found,) = findings(autoscaler_stuck, cluster(autoscaler(conditions=[limited])))

    assert "wants more than its 4 replicas of Deployment api" in found.summary


@pytest.mark.parametrize(
    "well",
    [
        condition("ScalingActive", "True", "ValidMetricFound"),
        condition("ScalingActive", "False", "ScalingDisabled", "scaling is disabled since the replica count is zero"),
        condition("AbleToScale", "False", "BackoffBoth", "the time since the previous scale is still within the delay"),
        condition("ScalingLimited", "True", "TooFewReplicas"),
        condition("ScalingLimited", "False", "DesiredWithinRange"),
        inactive("no metrics returned from resource metrics API", seconds=40),
    ],
)
def test_what_scales_rests_or_starts_is_left_alone(well: dict[str, Any]) -> None:
    """Given an autoscaler that works, is off, rests, is at its minimum, or new, when judged, then nothing is found."""
    assert findings(autoscaler_stuck, cluster(autoscaler(conditions=[well]))) == []
