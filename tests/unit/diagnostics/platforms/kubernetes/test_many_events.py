"""Thousands of events about one object: what is told stays short."""

from sickbay.diagnostics.engine import judge
from sickbay.diagnostics.model import ReportTarget
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, event, pod, status


def test_five_thousand_events_on_one_object() -> None:
    """Given a crashing pod with 5,000 events of its own, when judged, then it is one short finding about it."""
    end = {"exitCode": 3, "reason": "Error", "finishedAt": ago(minutes=1)}
    loop = {"waiting": {"reason": "CrashLoopBackOff"}}
    ill = pod(ready=False, statuses=[status(ready=False, restartCount=9, state=loop, lastState={"terminated": end})])
    reasons = ("BackOff", "Unhealthy", "FailedMount", "Failed", "FailedCreatePodSandBox")
    events = [
        event("Pod", ill.metadata.name, reasons[number % 5], f"trouble number {number}", count=number + 1)
        for number in range(5_000)
    ]

    report = judge(cluster(ill, *events), ReportTarget(name="lab", platform="kubernetes", zone="default"))

    assert report.findings[0].code == "K8S-P101"
    assert {finding.subject for finding in report.findings} == {"deployment/shop/api"}
    assert all(len(finding.evidence) <= 10 for finding in report.findings)
