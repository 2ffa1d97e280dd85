"""Which pods the checks may pass over because their own status says that all is well."""

import pytest

from tests.unit.diagnostics.platforms.kubernetes.clusters import Fields, ago, cluster, pod, status

ENDED: Fields = {"terminated": {"exitCode": 0, "reason": "Completed", "finishedAt": ago(minutes=3)}}


@pytest.mark.parametrize(
    "looked_at",
    [
        pod(phase="Pending"),
        pod(phase="Failed"),
        pod(metadata={"deletionTimestamp": ago(minutes=1)}),
        pod(ready=False),
        pod(statuses=[status(restartCount=1)]),
        pod(statuses=[status(lastState=ENDED)]),
        pod(statuses=[status(), status("sidecar", state=ENDED)]),
        pod(statuses=[status(state={"waiting": {"reason": "CrashLoopBackOff"}})]),
        pod(initContainerStatuses=[status("init", ready=False)]),
        pod(containerStatuses=[]),
    ],
)  # fmt: skip
def test_whatever_may_be_wrong_is_looked_at(looked_at: object) -> None:
    """Given a pod that waits, ends, is not ready or was started again, when sorted, then the checks look at it."""
    assert cluster(looked_at).unsteady == (looked_at,)  # type: ignore[arg-type]  # a Pod


def test_what_has_run_well_all_along_is_passed_over() -> None:
    """Given a pod that runs, ready, and never had to be started again, when sorted, then it needs no look."""
    assert cluster(pod()).unsteady == ()
