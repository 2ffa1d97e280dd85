"""Each broken workload, on a real cluster: its namespace's report has the true cause on top."""

from datetime import timedelta

import pytest
from msgspec import Struct

from tests.integration.kubernetes.lab import PREFIX, Lab, told, wait_for

pytestmark = [pytest.mark.kubernetes, pytest.mark.timeout(600)]


class Scenario(Struct, frozen=True):
    """What a scenario's file breaks: the top finding's code and subject, and how much later it is a fault."""

    name: str
    code: str
    subject: str
    later: timedelta = timedelta()

    @property
    def scope(self) -> str:
        return PREFIX + self.name


_GRACE = timedelta(minutes=4)
EXPECTED = (
    Scenario("crash-loop", "K8S-P101", "deployment/api"),
    Scenario("failing-replica", "K8S-P101", "statefulset/api"),
    Scenario("init-crash", "K8S-P101", "deployment/api"),
    Scenario("out-of-memory", "K8S-P102", "deployment/api"),
    Scenario("wrong-image", "K8S-P103", "deployment/api"),
    Scenario("never-pulled", "K8S-P103", "deployment/api"),
    Scenario("invalid-image", "K8S-P103", "deployment/api"),
    Scenario("missing-secret", "K8S-P105", "deployment/api"),
    Scenario("missing-key", "K8S-P105", "deployment/api"),
    Scenario("missing-volume", "K8S-P107", "deployment/api", _GRACE),
    Scenario("bad-command", "K8S-P105", "deployment/api"),
    Scenario("may-not-be-root", "K8S-P105", "deployment/api"),
    Scenario("failing-readiness", "K8S-P108", "deployment/api", _GRACE),
    Scenario("failing-liveness", "K8S-P108", "deployment/api"),
    Scenario("init-stuck", "K8S-P109", "deployment/api", timedelta(minutes=10)),
    Scenario("too-much-cpu", "K8S-P104", "deployment/api", _GRACE),
    Scenario("too-much-memory", "K8S-P104", "deployment/api", _GRACE),
    Scenario("no-such-node", "K8S-P104", "deployment/api", _GRACE),
    Scenario("missing-claim", "K8S-P104", "deployment/api", _GRACE),
    Scenario("unknown-class", "K8S-V101", "persistentvolumeclaim/data", _GRACE),
    Scenario("quota-exceeded", "K8S-W102", "deployment/api", _GRACE),
    Scenario("limit-range", "K8S-W102", "deployment/api", _GRACE),
    Scenario("missing-account", "K8S-W102", "deployment/api", _GRACE),
    Scenario("host-port-clash", "K8S-S108", "deployment/second", _GRACE),
    Scenario("selector-mismatch", "K8S-S101", "service/api", _GRACE),
    Scenario("wrong-target-port", "K8S-S102", "service/api", _GRACE),
    Scenario("ingress-nowhere", "K8S-S106", "ingress/web", _GRACE),
    Scenario("load-balancer-pending", "K8S-S105", "service/api", timedelta(minutes=20)),
    Scenario("network-policy", "K8S-S107", "networkpolicy/api", _GRACE),
    Scenario("failed-job", "K8S-W105", "job/import"),
    Scenario("suspended-cron-job", "K8S-W105", "cronjob/report"),
    Scenario("autoscaler-without-metrics", "K8S-W106", "horizontalpodautoscaler/api", _GRACE),
    Scenario("stateful-set-blocked", "K8S-W103", "statefulset/db", timedelta(minutes=20)),
)


@pytest.mark.parametrize("scenario", EXPECTED, ids=lambda scenario: scenario.name)
def test_the_true_cause_is_on_top(broken: Lab, scenario: Scenario) -> None:
    """Given a workload that is broken in one way, when its namespace is diagnosed, then that fault is on top."""
    kind, _, name = scenario.subject.partition("/")

    broken.until(scenario.scope, scenario.code, f"{kind}/{scenario.scope}/{name}", later=scenario.later)


def test_an_evicted_pod_is_on_top(broken: Lab) -> None:
    """Given a pod whose status is as its kubelet leaves it after an eviction, then the eviction is on top."""
    namespace = f"{PREFIX}evicted"
    pod = broken.get("pod", "importer", "-n", namespace)
    message = 'Usage of EmptyDir volume "scratch" exceeds the limit "1Mi". '
    status = {
        "phase": "Failed",
        "reason": "Evicted",
        "message": message,
        "startTime": pod["metadata"]["creationTimestamp"],
    }
    broken.replace_status(f"/api/v1/namespaces/{namespace}/pods/importer", {**pod, "status": status})

    report = broken.until(namespace, "K8S-P110", f"pod/{namespace}/importer")

    assert "scratch" in str(report.findings[0])


@pytest.mark.parametrize("later", [timedelta(), timedelta(minutes=4), timedelta(hours=1)], ids=str)
def test_what_is_healthy_is_called_healthy(broken: Lab, later: timedelta) -> None:
    """Given a namespace in which all is well, at its start and long after it, then there is no finding."""
    namespace = f"{PREFIX}healthy"

    def at_work() -> bool:
        items = [
            item
            for kind in ("deployments", "statefulsets", "daemonsets")
            for item in broken.get(kind, "-n", namespace)["items"]
        ]
        wanted = [item["spec"].get("replicas", item["status"].get("desiredNumberScheduled")) for item in items]
        ready = [item["status"].get("readyReplicas", item["status"].get("numberReady", 0)) for item in items]
        return wanted == ready

    wait_for(at_work, "the healthy namespace")

    diagnosis = broken.diagnose(namespace)

    report = broken.judge_later(diagnosis, later)
    assert report.findings == (), told(report)
    assert report.looked_at.keys() >= {
        "pods",
        "deployments",
        "statefulsets",
        "daemonsets",
        "jobs",
        "cronjobs",
        "services",
    }
