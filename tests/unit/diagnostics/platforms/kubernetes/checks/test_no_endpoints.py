"""K8S-S101: services that nobody answers for, and why: labels that do not fit, or pods that are not ready."""

from datetime import datetime, timedelta

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.no_endpoints import no_endpoints
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS
from sickbay.diagnostics.platforms.kubernetes.revisions import Maker, Revisions
from tests.unit.diagnostics.platforms.kubernetes.clusters import (
    NONE,
    NOW,
    Fields,
    ago,
    cluster,
    deployment,
    event,
    findings,
    pod,
    status,
)
from tests.unit.diagnostics.platforms.kubernetes.surroundings import service, slices


def test_unready_pods_are_told_with_what_the_kubelet_says_of_them() -> None:
    """Given a service whose two pods are not ready, when judged, then both are counted and their condition is shown."""
    ill = [pod(f"api-7d4b9c-{n}", ready=False) for n in (1, 2)]

    (found,) = findings(no_endpoints, cluster(*ill, service(), slices(down=["node-1", "node-1"]), deployment()))

    assert found.subject == Subject("service", "shop/api")
    assert found.summary == "Service shop/api has no ready endpoint: none of its 2 pods is ready."
    assert [item.value for item in found.evidence][:2] == ["app=api", "0 of 2 addresses ready"]
    assert found.evidence[2].source.endswith("api-7d4b9c-1 status.conditions[Ready]")
    assert found.remedy is not None
    assert found.remedy.command == "kubectl get endpoints api -n shop"


@pytest.mark.parametrize(
    ("selector", "asked", "carried"),
    [
        ({"app": "apii"}, "app=apii", "app=api"),
        ({"app.kubernetes.io/name": "api"}, "app.kubernetes.io/name=api", "app=api"),
    ],
)
def test_a_selector_that_nearly_fits_names_the_difference(selector: Fields, asked: str, carried: str) -> None:
    """Given a selector with a slip, when judged, then the finding names what is asked for and what the pods carry."""
    (found,) = findings(no_endpoints, cluster(pod(), deployment(), service(selector=selector), slices()))

    assert f"asks for {asked}, the pods of deployment shop/api carry {carried}" in found.summary


def test_a_selector_like_nothing_there_is_quoted() -> None:
    """Given a selector that resembles no labels of the namespace, when judged, then the whole selector is named."""
    lost = service(selector={"tier": "frontend", "release": "blue"})

    (found,) = findings(no_endpoints, cluster(pod(), deployment(), lost, slices()))

    assert "no pod carries the labels that it selects (tier=frontend,release=blue)" in found.summary


def test_a_workload_whose_pods_were_not_made_is_named() -> None:
    """Given a deployment that wants pods and has none, when judged, then the service's finding names it."""
    (found,) = findings(no_endpoints, cluster(deployment(ready=0), service(), slices()))

    assert "deployment shop/api has no pods" in found.summary


def test_ready_pods_without_endpoints_point_at_who_makes_endpoints() -> None:
    """Given ready pods and no endpoint of them, when judged, then the remedy names kube-controller-manager."""
    (found,) = findings(no_endpoints, cluster(pod(), deployment(), service(), slices()))

    assert "1 of its pods are ready, and no endpoint was made of them" in found.summary
    assert found.remedy is not None
    assert "kube-controller-manager" in found.remedy.text


@pytest.mark.parametrize(
    "spared",
    [
        service(selector={}),
        service(type="ExternalName", externalName="api.example.com"),
        service(clusterIP="None", publishNotReadyAddresses=True),
        service(metadata={"creationTimestamp": ago(seconds=20)}, selector={"app": "soon"}),
    ],
    ids=["no selector", "external name", "not ready is published", "just made"],
)
def test_services_that_need_no_ready_pod_are_left_alone(spared: object) -> None:
    """Given a service that is not meant to have ready endpoints, when judged, then nothing is found."""
    assert findings(no_endpoints, cluster(pod(ready=False), spared, slices())) == []  # type: ignore[arg-type]  # a service


def test_a_service_whose_workload_is_scaled_to_zero_is_no_fault() -> None:
    """Given a deployment scaled to 0, when judged, then its service may have no endpoints."""
    assert findings(no_endpoints, cluster(deployment(replicas=0), service(), slices())) == []


@pytest.mark.parametrize(
    ("minutes", "manager", "count"),
    [(20, "kubectl", 1), (20, "", 1), (20, "keda-operator", 0), (90, "kubectl", 0)],
    ids=["by hand", "by nobody knows whom", "by an autoscaler", "long ago"],
)
def test_a_workload_that_was_just_turned_off_by_hand_is_told(minutes: float, manager: str, count: int) -> None:
    """Given a deployment scaled to 0, when that was lately and by hand, then its service's silence began with it."""
    scaling = event("Deployment", "api", "ScalingReplicaSet", "Scaled down replica set api-1 to 0 from 3",
                    minutes_ago=minutes, firstTimestamp=ago(minutes=minutes))  # fmt: skip
    writer = {"manager": manager, "subresource": "scale", "time": ago(minutes=minutes),
              "fieldsV1": {"f:spec": {"f:replicas": {}}}}  # fmt: skip
    past = Revisions(
        workload=Subject("deployment", "shop/api"), makers=(Maker(name="api-1", created_at=NOW - timedelta(days=1)),),
        scalings=(scaling,),
    )  # fmt: skip
    turned_off = deployment(replicas=0, managedFields=[writer] if manager else [])

    found = findings(no_endpoints, cluster(turned_off, service(), slices(), revisions=(past,)))

    assert len(found) == count
    for one in found:
        assert "deployment shop/api was scaled from 3 to 0 pods at 02:40:00 UTC" in one.summary
        assert one.first_seen == NOW - timedelta(minutes=minutes)


def test_pods_that_have_just_started_get_their_time() -> None:
    """Given unready pods that are a minute old, when judged, then nothing is found yet."""
    young = pod(ready=False, metadata={"creationTimestamp": ago(seconds=60)})

    assert findings(no_endpoints, cluster(young, service(), slices(down=["node-1"]))) == []


def test_pods_that_have_ended_already_are_not_just_starting() -> None:
    """Given a pod that is a minute old and was restarted, when judged, then its service's silence is told."""
    crashing = status(ready=False, restartCount=2)
    young = pod(ready=False, statuses=[crashing], metadata={"creationTimestamp": ago(seconds=60)})

    assert len(findings(no_endpoints, cluster(young, service(), slices(down=["node-1"])))) == 1


def test_one_ready_endpoint_is_enough() -> None:
    """Given one ready endpoint of two, when judged, then nothing is found."""
    pods = [pod("api-7d4b9c-1"), pod("api-7d4b9c-2", ready=False)]

    assert findings(no_endpoints, cluster(*pods, service(), slices(up=["node-1"], down=["node-1"]))) == []


@pytest.mark.parametrize("scope", ["", "other"])
def test_endpoints_that_were_not_read_prove_nothing(scope: str) -> None:
    """Given endpoint slices that were refused, or are of another namespace, when judged, then nothing is found."""
    known = set(KINDS) - ({"endpointslices"} if not scope else set())

    assert findings(no_endpoints, cluster(pod(ready=False), service(), complete=known, scope=scope)) == []


def test_pods_of_a_finished_job_leave_their_service_alone() -> None:
    """Given a service whose only pods have completed, when judged, then nothing is found."""
    done = pod(deployment="", phase="Succeeded", ready=False, metadata={"labels": {"app": "api"}}, spec=NONE)

    assert findings(no_endpoints, cluster(done, service(), slices())) == []


@pytest.mark.parametrize(("second", "since"), [({"lastTransitionTime": ago(minutes=3)}, ago(minutes=3)), ({}, None)])
def test_a_service_is_silent_since_its_last_pod_became_unready(second: Fields, since: str | None) -> None:
    """Given two pods that are not ready, then the service is silent since the second, where both tell since when."""
    moments = ({"lastTransitionTime": ago(minutes=9)}, second)
    ill = [
        pod(f"api-7d4b9c-{n}", ready=False, conditions=[{"type": "Ready", "status": "False", **moment}])
        for n, moment in enumerate(moments)
    ]

    (found,) = findings(no_endpoints, cluster(*ill, service(), slices(down=["node-1", "node-1"]), deployment()))

    assert found.first_seen == (datetime.fromisoformat(since) if since else None)
