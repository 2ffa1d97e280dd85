"""Logs on a real cluster, as a person asks for them, and what one may type there."""

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import diagnose, read_logs
from sickbay.diagnostics.errors import PermanentError, UnknownScopeError
from sickbay.diagnostics.model import Log, LogTemplate
from sickbay.diagnostics.targets import Request
from tests.integration.kubernetes.lab import Lab, wait_for

pytestmark = [pytest.mark.kubernetes, pytest.mark.timeout(600)]

CRASHING = "sickbay-crash-loop"


def asked(lab: Lab, scope: str) -> tuple[Log, ...]:
    return read_logs(lab.target, Request(scope=scope, logs=True), budget=Budget(60))


def test_the_log_of_what_crashes(broken: Lab) -> None:
    """Given a crashing deployment, when its log is asked for by its name or its pod's, then its last words come."""
    broken.until(f"{CRASHING}/api", "K8S-P101", f"deployment/{CRASHING}/api")
    (pod,) = broken.get("pods", "-n", CRASHING)["items"]

    for name in ("api", pod["metadata"]["name"], "deployment/api"):
        logs = asked(broken, f"{CRASHING}/{name}")
        assert all(log.name.startswith(pod["metadata"]["name"]) for log in logs)
        assert any("DATABASE_URL is not set" in log.text for log in logs)


def test_what_only_the_failing_replica_says_is_told(broken: Lab) -> None:
    """Given three replicas of which one fails, when diagnosed, then what it alone says is told, as one line."""
    namespace = "sickbay-failing-replica"

    def said() -> tuple[LogTemplate, ...]:
        asks = Request(scope=f"{namespace}/api")
        return diagnose(broken.target, asks, budget=Budget(60), logs=True).report.log_templates

    wait_for(lambda: [item for item in said() if item.only_unwell], "the replica to fail beside the others")

    first = said()[0]
    assert first.finding == f"K8S-P101@statefulset/{namespace}/api"
    assert first.template == (
        'ConnectionError: no route to db-<*>.internal:<*> · File "/app/store.py", line <*>, in store'
    )
    assert all(name.startswith("api-1") for name in first.names)
    assert not any(item.only_unwell for item in said() if "is slow" in item.template)


def test_what_has_never_run_has_no_log(broken: Lab) -> None:
    """Given a deployment whose image cannot be pulled, when its log is asked for, then a sentence says why."""

    def told() -> str:
        with pytest.raises(PermanentError) as raised:
            asked(broken, "sickbay-wrong-image/api")
        return str(raised.value)

    wait_for(lambda: "No container of its pods has run yet: " in told() and "ImagePull" in told(), "the pull to fail")


def test_a_name_that_is_none_is_answered_with_the_nearest(broken: Lab) -> None:
    """Given a name that nothing has, when its log is asked for, then the nearest is named."""
    with pytest.raises(UnknownScopeError, match=f"Did you mean {CRASHING}/api"):
        asked(broken, f"{CRASHING}/apj")


def test_scopes_of_the_cluster_begin_with_the_unwell(broken: Lab) -> None:
    """Given the cluster with the crashing deployment, when all of it is diagnosed, then its scopes can be typed."""
    broken.until(f"{CRASHING}/api", "K8S-P101", f"deployment/{CRASHING}/api")

    (scopes,) = broken.diagnose("").scopes.values()

    assert scopes.index(f"{CRASHING}/api") < scopes.index("kube-system")
    assert "node/lab-node" in scopes
    broken.diagnose(scopes[0])
