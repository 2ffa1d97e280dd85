"""K8S-W103: stateful sets that wait for one of their pods."""

from typing import Any

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.statefulset_blocked import statefulset_blocked
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from tests.unit.diagnostics.platforms.kubernetes.clusters import (
    ago,
    cluster,
    findings,
    owned_by,
    pod,
    statefulset,
    status,
)

LOOPING = status(ready=False, state={"waiting": {"reason": "CrashLoopBackOff"}})


def member(ordinal: int, *, ready: bool = True, created: str = ago(days=2), **more: Any) -> Pod:
    about = {**owned_by("StatefulSet", "db"), "creationTimestamp": created}
    return pod(f"db-{ordinal}", deployment="", metadata=about, ready=ready, **more)


def test_the_lowest_unready_pod_blocks_those_that_are_still_to_be_made() -> None:
    """Given db-0 well, db-1 in a crash loop and db-2 not made, when judged, then db-1 is named with what waits."""
    blocked = statefulset(replicas=3, there=2, ready=1)
    ill = member(1, ready=False, statuses=[LOOPING])

    (found,) = findings(statefulset_blocked, cluster(member(0), ill, statefulsets=(blocked,)))

    assert found.subject == Subject("statefulset", "shop/db")
    assert found.summary == "StatefulSet shop/db is blocked at db-1 (CrashLoopBackOff): 1 more pod waits for it."
    assert found.evidence[1].value == "1 of 3 ready, 2 there"


def test_ordinals_are_numbers() -> None:
    """Given db-9 and db-10 unready, when judged, then db-9 is the lowest, not db-10."""
    blocked = statefulset(replicas=12, there=11, ready=9)
    ill = [member(number, ready=False, statuses=[LOOPING]) for number in (10, 9)]

    (found,) = findings(statefulset_blocked, cluster(*ill, statefulsets=(blocked,)))

    assert "blocked at db-9 " in found.summary


def test_an_update_waits_for_an_unready_pod() -> None:
    """Given an update whose first pod does not get ready, when judged, then the update waits for it."""
    updating = statefulset(ready=2, currentRevision="db-1", updateRevision="db-2", updatedReplicas=1)
    ill = member(2, ready=False, statuses=[LOOPING])

    (found,) = findings(statefulset_blocked, cluster(member(0), member(1), ill, statefulsets=(updating,)))

    assert "blocked at db-2 (CrashLoopBackOff): the update waits for it" in found.summary


def test_a_set_that_is_whole_has_nothing_to_wait_for() -> None:
    """Given an unready pod of a set that is all there, when judged, then its own check tells, not this one."""
    ill = member(1, ready=False, statuses=[LOOPING])

    assert findings(statefulset_blocked, cluster(member(0), ill, member(2), statefulsets=(statefulset(ready=2),))) == []


def test_parallel_sets_never_wait() -> None:
    """Given podManagementPolicy Parallel, when a pod is ill, then no other waits for it."""
    parallel = statefulset(there=2, ready=1, spec={"podManagementPolicy": "Parallel"})
    ill = member(1, ready=False, statuses=[LOOPING])

    assert findings(statefulset_blocked, cluster(member(0), ill, statefulsets=(parallel,))) == []


def test_a_pod_that_starts_is_given_its_time() -> None:
    """Given db-1 made a minute ago and not yet ready, when judged, then nothing is found."""
    starting = member(1, ready=False, created=ago(minutes=1))

    assert (
        findings(statefulset_blocked, cluster(member(0), starting, statefulsets=(statefulset(there=2, ready=1),))) == []
    )
