"""K8S-P112: containers that are ready now and restart again and again."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Confidence, Subject
from sickbay.diagnostics.platforms.kubernetes.checks.restarts import restarts
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, findings, log, pod, status


def restarted(times: int = 9, *, begun: float = 30, ready: bool = True, **end: Any) -> dict[str, Any]:
    """Give a container whose run before this one began so many minutes ago."""
    last = {
        "exitCode": 1,
        "reason": "Error",
        "startedAt": ago(minutes=begun),
        "finishedAt": ago(minutes=begun - 20),
        **end,
    }
    running = {"running": {"startedAt": ago(minutes=begun - 20)}}
    return status(restartCount=times, ready=ready, state=running, lastState={"terminated": last})


def test_two_restarts_within_half_an_hour_are_told() -> None:
    """Given a ready container that restarted twice within thirty minutes, when judged, then it is inferred to flap."""
    ill = pod(statuses=[restarted()])

    (found,) = findings(restarts, cluster(ill, logs=[log(ill, "lost the database\n")]))

    assert found.subject == Subject("deployment", "shop/api")
    assert found.summary == (
        "Container app of 1 of 1 pod of deployment shop/api is ready, but restarted twice within 30 minutes (9 times "
        "in all): exit code 1, the application reported an error."
    )
    assert found.confidence is Confidence.INFERRED
    assert [item.value for item in found.evidence] == ["9", "lost the database\n"]


@pytest.mark.parametrize(
    "well",
    [
        pytest.param(status(), id="never"),
        pytest.param(restarted(2), id="twice in all"),
        pytest.param(restarted(begun=50), id="twice within fifty minutes"),
        pytest.param(restarted(begun=60 * 30), id="long ago"),
        pytest.param(restarted(ready=False), id="not ready"),
        pytest.param(restarted(startedAt=ago(minutes=11)), id="has outlived a run of a minute"),
        pytest.param(restarted(begun=21, startedAt=ago(minutes=9)), id="loops"),
        pytest.param(restarted(startedAt=None), id="start not known"),
    ],
)
def test_what_restarts_seldom_is_left_alone(well: dict[str, Any]) -> None:
    """Given restarts that are few, rare, over or not of a ready container, when judged, then nothing is found."""
    assert findings(restarts, cluster(pod(statuses=[well]))) == []
