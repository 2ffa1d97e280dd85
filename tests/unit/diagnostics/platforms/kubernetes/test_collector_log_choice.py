"""Of which containers the log is read, and of which run."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.unit.diagnostics.platforms.kubernetes.conftest import Read
from tests.unit.diagnostics.platforms.kubernetes.fake_api import FakeApi, items, raw

RUNNING: dict[str, Any] = {"running": {"startedAt": "2026-11-24T02:00:00Z"}}
BACK_OFF = {"waiting": {"reason": "CrashLoopBackOff"}}


def ended(code: int = 1) -> dict[str, Any]:
    """Give an end a minute ago: the collector asks for those within the window by the clock on the wall."""
    moment = (datetime.now(UTC) - timedelta(minutes=1)).isoformat().replace("+00:00", "Z")
    return {"terminated": {"exitCode": code, "finishedAt": moment}}


def serve(api: FakeApi, phase: str, **status: Any) -> None:
    """Serve one pod whose container `app` has this status, and its log."""
    one = {"name": "app", **status}
    pod = {"metadata": {"name": "a", "namespace": "shop", "uid": "a"}, "status": {"phase": phase}}
    pod["status"]["initContainerStatuses" if phase == "Pending" else "containerStatuses"] = [one]  # type: ignore[assignment]
    api.routes["/api/v1/pods"] = items(pod)
    api.routes["/api/v1/namespaces/shop/pods/a/log"] = raw(b"2026-11-24T02:59:00Z waiting for db\n")


@pytest.mark.parametrize(
    ("phase", "status", "previous"),
    [
        pytest.param("Pending", {"state": RUNNING}, False, id="init container that runs"),
        pytest.param("Running", {"state": RUNNING}, False, id="not ready"),
        pytest.param("Running", {"state": ended()}, False, id="ended"),
        pytest.param("Running", {"state": {"waiting": {}}, "lastState": ended()}, True, id="waits for its next run"),
        pytest.param("Running", {"state": RUNNING, "ready": True, "lastState": ended()}, True, id="ready again"),
        pytest.param("Running", {"state": BACK_OFF, "lastState": ended(0)}, True, id="ends well, over and over"),
    ],
)
def test_the_run_that_tells_why_is_read(
    api: FakeApi, read: Read, phase: str, status: dict[str, Any], previous: bool
) -> None:
    """Given a container that is or was unwell, when read, then the log is that of the run that went wrong."""
    serve(api, phase, **status)

    (log,) = read().logs

    assert log.previous is previous
    assert log.tail.last_line == "waiting for db"


@pytest.mark.parametrize(
    "status",
    [
        pytest.param({"state": RUNNING, "ready": True}, id="ready"),
        pytest.param({"state": RUNNING, "ready": True, "lastState": ended(0)}, id="ended well before"),
        pytest.param({"state": {"waiting": {"reason": "ContainerCreating"}}}, id="not started"),
    ],
)
def test_of_the_well_no_log_is_read(api: FakeApi, read: Read, status: dict[str, Any]) -> None:
    """Given a container that is well or has not run, when read, then its log is not asked for."""
    serve(api, "Running", **status)

    read()

    assert not any(path.split("?")[0].endswith("/log") for path in api.requests)
