"""K8S-P101: crash loops, told from what is well, with the reason in the log and what sets the failing apart."""

from datetime import datetime
from typing import Any

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.crash_loop import crash_loop
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, event, findings, log, node, pod, status

BACK_OFF = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off 5m0s restarting failed container"}}


def ended(code: int, **more: Any) -> dict[str, object]:
    return {"terminated": {"exitCode": code, "reason": "Error", "finishedAt": ago(minutes=1), **more}}


def crashing(name: str = "api-7d4b9c-x1", code: int = 3, **more: Any) -> dict[str, object]:
    return status(ready=False, restartCount=7, state=BACK_OFF, lastState=ended(code), **more)


def test_a_crash_loop_names_the_exit_code_and_the_last_line() -> None:
    """Given a pod in CrashLoopBackOff whose log ends with its reason, when judged, then the finding says both."""
    ill = pod(ready=False, statuses=[crashing()])

    (found,) = findings(crash_loop, cluster(ill, logs=[log(ill, "2026-11-24T02:58:00Z no such table: carts\n")]))

    assert found.subject == Subject("deployment", "shop/api")
    assert "exit code 3" in found.summary
    assert '"no such table: carts"' in found.summary
    assert [item.source for item in found.evidence] == [
        "GET /api/v1/namespaces/shop/pods/api-7d4b9c-x1 status.containerStatuses[app].lastState",
        "GET /api/v1/namespaces/shop/pods/api-7d4b9c-x1/log?container=app&previous=true",
    ]
    assert found.remedy is not None
    assert found.remedy.command == "kubectl logs api-7d4b9c-x1 -n shop -c app --previous"


@pytest.mark.parametrize(
    ("code", "cure"),
    [(137, "Something outside"), (139, "The program crashed"), (127, "Correct the command"), (0, "keep running")],
)
def test_the_exit_code_chooses_the_remedy(code: int, cure: str) -> None:
    """Given a loop that ends with a code, when judged, then the remedy is that code's."""
    (found,) = findings(crash_loop, cluster(pod(ready=False, statuses=[crashing(code=code)])))

    assert found.remedy is not None
    assert cure in found.remedy.text


def test_twenty_replicas_are_one_finding_with_a_count() -> None:
    """Given twenty pods of a deployment in the same loop, when judged, then there is one finding that counts them."""
    pods = [pod(f"api-7d4b9c-{number}", ready=False, statuses=[crashing()]) for number in range(20)]

    (found,) = findings(crash_loop, cluster(*pods))

    assert found.count == 20
    assert "20 of 20 pods of deployment shop/api" in found.summary


def test_what_separates_the_failing_from_the_healthy_is_named() -> None:
    """Given two of four replicas that crash, both on one node, when judged, then that node is named."""
    ill = [pod(f"api-7d4b9c-{n}", node="node-2", ready=False, statuses=[crashing()]) for n in (1, 2)]
    well = [pod(f"api-7d4b9c-{n}", node="node-1") for n in (3, 4)]

    (found,) = findings(crash_loop, cluster(*ill, *well, node("node-1"), node("node-2")))

    assert "All that fail have node node-2; the 2 that are well have not." in found.summary


def test_a_loop_without_a_readiness_probe_is_ready_between_two_ends() -> None:
    """Given a container that is ready for four seconds after a run of three, when judged, then it is still a loop."""
    running = {"running": {"startedAt": ago(seconds=4)}}
    last = ended(1, startedAt=ago(seconds=63), finishedAt=ago(seconds=60))

    ill = pod(statuses=[status(restartCount=4, state=running, lastState=last)])

    assert len(findings(crash_loop, cluster(ill))) == 1


def test_a_loop_that_has_outlived_its_last_run_has_recovered() -> None:
    """Given a container that is ready for ten seconds after a run of three, when judged, then it loops no longer."""
    running = {"running": {"startedAt": ago(seconds=10)}}
    last = ended(1, startedAt=ago(seconds=63), finishedAt=ago(seconds=60))

    assert findings(crash_loop, cluster(pod(statuses=[status(restartCount=4, state=running, lastState=last)]))) == []


def test_between_two_ends_a_loop_is_still_seen() -> None:
    """Given a container that runs just now after its fourth end a minute ago, when judged, then it is a loop."""
    running = {"running": {"startedAt": ago(seconds=20)}}
    ill = pod(ready=False, statuses=[status(ready=False, restartCount=4, state=running, lastState=ended(1))])

    assert len(findings(crash_loop, cluster(ill))) == 1


def test_the_third_end_is_a_loop_before_it_is_held_back() -> None:
    """Given a container that ended for the third time and is not yet held back, when judged, then it is a loop."""
    ill = pod(ready=False, statuses=[status(ready=False, restartCount=2, state=ended(1), lastState=ended(1))])

    assert len(findings(crash_loop, cluster(ill))) == 1


@pytest.mark.parametrize(
    "well",
    [
        status(),
        status(restartCount=2, ready=False, lastState=ended(1)),
        status(restartCount=9, lastState=ended(1)),
        status(restartCount=9, ready=False, lastState=ended(1, startedAt=ago(hours=9))),
        status(restartCount=9, ready=False, lastState=ended(1, finishedAt=ago(hours=3))),
        status(ready=False, state={"waiting": {"reason": "ContainerCreating"}}),
        status(restartCount=4, state={"terminated": {"exitCode": 0, "finishedAt": ago(minutes=1)}}, lastState=ended(1)),
    ],
)
def test_what_does_not_loop_is_left_alone(well: dict[str, object]) -> None:
    """Given a container that is well, restarted seldom, long ago or is ready, when judged, then nothing is found."""
    assert findings(crash_loop, cluster(pod(statuses=[well]))) == []


@pytest.mark.parametrize(
    ("told", "began"),
    [
        ((), {"days": 2}),
        (("Back-off restarting failed container",), {"minutes": 12}),
        (('Back-off pulling image "api:2"',), {"days": 2}),
    ],
)
def test_a_pod_that_ran_for_long_began_to_crash_when_it_was_first_held_back(
    told: tuple[str, ...], began: dict[str, int]
) -> None:
    """Given a pod of two days that the kubelet holds back since 12 minutes, then that is when the loop began."""
    ill = pod(ready=False, statuses=[crashing()])
    events = [event("Pod", "api-7d4b9c-x1", "BackOff", message) for message in told]

    (found,) = findings(crash_loop, cluster(ill, *events))

    assert found.first_seen == datetime.fromisoformat(ago(**began))


def test_a_pod_that_crashes_from_the_start_began_with_it() -> None:
    """Given a pod that was held back a minute after its start, then the loop began as it started."""
    ill = pod(ready=False, statuses=[crashing()], startTime=ago(minutes=13))
    held = event("Pod", "api-7d4b9c-x1", "BackOff", "Back-off restarting failed container")

    (found,) = findings(crash_loop, cluster(ill, held))

    assert found.first_seen == datetime.fromisoformat(ago(minutes=13))
