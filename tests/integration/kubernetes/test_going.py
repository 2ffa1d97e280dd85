"""What was deleted and does not go, on a real cluster; the wait is not waited for, time is moved."""

from datetime import timedelta

import pytest

from tests.integration.kubernetes.lab import Lab

pytestmark = [pytest.mark.kubernetes, pytest.mark.timeout(600)]

_LATER = timedelta(minutes=30)


def test_a_pod_that_a_finalizer_keeps(broken: Lab) -> None:
    """Given a deleted pod with a finalizer that nobody takes away, then half an hour later it is on top."""
    namespace = "sickbay-stuck-terminating"
    broken.kubectl("delete", "pod", "worker", "-n", namespace, "--wait=false")

    report = broken.until(namespace, "K8S-P111", f"pod/{namespace}/worker", later=_LATER)

    assert "example.com/deregister" in report.findings[0].summary


def test_a_namespace_that_does_not_go(broken: Lab) -> None:
    """Given a deleted namespace in which a finalizer keeps an object, then half an hour later it is on top."""
    namespace = "sickbay-namespace-terminating"
    broken.kubectl("delete", "namespace", namespace, "--wait=false")

    broken.until(
        namespace, "K8S-X108", f"namespace/{namespace}", later=_LATER,
        also=lambda report: "example.com/backup" in report.findings[0].summary,
    )  # fmt: skip
