"""One cause, told once: symptoms lie folded beneath it, and replicas with one fault are one finding."""

import json
from datetime import timedelta

import pytest

from sickbay.diagnostics.model import Report
from tests.integration.kubernetes.lab import Lab, told

pytestmark = [pytest.mark.kubernetes, pytest.mark.timeout(600)]


def test_a_limit_that_kills_explains_all_that_follows(broken: Lab) -> None:
    """Given a limit that kills, then crash loop, passed deadline and silent service are folded beneath it."""
    namespace = "sickbay-one-deadline"
    deployment, service = f"deployment/{namespace}/api", f"service/{namespace}/api"
    expected = {
        ("K8S-P101", deployment), ("K8S-W101", deployment), ("K8S-S101", service)
    }  # fmt: skip

    def folded(report: Report) -> bool:
        return {(item.code, item.subject) for item in report.findings if item.explained_by} == expected

    report = broken.until(namespace, "K8S-P102", deployment, later=timedelta(minutes=4), also=folded)

    assert len(report.causes) == 1, told(report)


def test_replicas_with_one_fault_are_one_finding(broken: Lab) -> None:
    """Given four replicas that miss one secret, then it is told once, with a count.

    Four stand for twenty, which the small machines of the tests would feel.
    """
    namespace = "sickbay-many-replicas"

    report = broken.until(
        namespace, "K8S-P105", f"deployment/{namespace}/api", also=lambda report: report.findings[0].count == 4
    )

    assert len(report.causes) == 1, told(report)
    assert "4 of 4 pods" in report.findings[0].summary


def test_what_separates_the_failing_replica_is_named(broken: Lab) -> None:
    """Given a release whose first pod crashes beside the old one that runs, then its revision is named."""
    namespace = "sickbay-one-of-two"
    container = {"name": "app", "command": ["sh", "-c", "echo 'unknown flag --turbo'; exit 2"]}
    change = {"spec": {"template": {"spec": {"containers": [container]}}}}
    broken.kubectl("rollout", "status", "deployment/api", "-n", namespace, "--timeout=200s")
    broken.kubectl("patch", "deployment", "api", "-n", namespace, "-p", json.dumps(change))

    report = broken.until(namespace, "K8S-P101", f"deployment/{namespace}/api")

    (old, new) = sorted(
        broken.get("replicasets", "-n", namespace)["items"],
        key=lambda item: int(item["status"].get("readyReplicas", 0)),
        reverse=True,
    )
    assert new["metadata"]["labels"]["pod-template-hash"] in report.findings[0].summary, told(report)
    assert old["metadata"]["labels"]["pod-template-hash"] not in report.findings[0].summary
