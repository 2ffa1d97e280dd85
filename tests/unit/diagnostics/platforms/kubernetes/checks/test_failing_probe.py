"""K8S-P108: failing probes by kind, told from containers that crash by themselves or only start."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.failing_probe import failing_probe
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from tests.unit.diagnostics.platforms.kubernetes.clusters import (
    ago,
    cluster,
    container,
    event,
    findings,
    log,
    pod,
    status,
)  # fmt: skip

HTTP = {"httpGet": {"path": "/healthz", "port": 8080}}
REFUSED = "Get http://10.1.2.3:8080/healthz: dial tcp 10.1.2.3:8080: connect: connection refused"
BACK_OFF = {"waiting": {"reason": "CrashLoopBackOff", "message": "back-off"}}


def unhealthy(said: str = REFUSED, kind: str = "Readiness", *, of: str = "app", count: int = 20, **more: Any) -> Event:
    about = {"kind": "Pod", "name": "api-7d4b9c-x1", "namespace": "shop", "fieldPath": f"spec.containers{{{of}}}"}
    message = f"{kind} probe failed: {said}"
    return event("Pod", "api-7d4b9c-x1", "Unhealthy", message, count=count, involvedObject=about, **more)


def probed(kind: str = "readiness", state: dict[str, Any] | None = None, *, probe: dict[str, Any] = HTTP,
           **more: Any) -> Pod:  # fmt: skip
    """Give a pod with one probe whose container is in a state; not ready, and running for an hour, if not said."""
    running = {"running": {"startedAt": ago(hours=1)}}
    one = status(**{"ready": False, "state": state or running, **more})
    spec: dict[str, Any] = {f"{kind}Probe": probe}
    return pod(ready=False, containers=[container(**spec)], statuses=[one])


def killed(code: int = 137, reason: str = "Error", *, minutes_ago: float = 1) -> dict[str, Any]:
    return {"terminated": {"exitCode": code, "reason": reason, "finishedAt": ago(minutes=minutes_ago)}}


def test_a_failing_readiness_probe_takes_the_traffic() -> None:
    """Given a container that runs and refuses its probe, when judged, then class, effect and probe are told."""
    ill = probed()

    (found,) = findings(failing_probe, cluster(ill, unhealthy(), logs=[log(ill, "listening on 127.0.0.1\n")]))

    assert found.subject == Subject("deployment", "shop/api")
    assert found.summary == (
        "The readiness probe of container app of 1 of 1 pod of deployment shop/api fails: nothing listens on the port "
        "it asks; it gets no traffic."
    )
    assert [item.value for item in found.evidence] == [
        f"Readiness probe failed: {REFUSED}",
        "httpGet /healthz port 8080, initialDelaySeconds 0, timeoutSeconds 1, periodSeconds 10, failureThreshold 3",
        "listening on 127.0.0.1\n",
    ]


@pytest.mark.parametrize("kind", ["liveness", "startup"])
@pytest.mark.parametrize("code", [0, 137, 143])
def test_a_container_that_is_killed_for_its_probe_is_restarted(kind: str, code: int) -> None:
    """Given back-off after an end as the kubelet's, and enough failures, when judged, then the probe is the fault."""
    ill = probed(kind, BACK_OFF, lastState=killed(code), restartCount=7)

    (found,) = findings(failing_probe, cluster(ill, unhealthy(kind=kind.title(), count=3)))

    assert f"The {kind} probe of container app" in found.summary
    assert "the kubelet restarts it (7 times)" in found.summary


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (REFUSED, "nothing listens on the port it asks"),
        ("HTTP probe failed with statuscode: 503", "it answers with HTTP 503"),
        (
            'Get "http://10.1.2.3:8080/": context deadline exceeded (Client.Timeout exceeded while awaiting headers)',
            "it does not answer within 1 s (timeoutSeconds, the default)",
        ),
        ('command "/check.sh" timed out', "it does not answer within 1 s (timeoutSeconds, the default)"),
        ('OCI runtime exec failed: exec: "curl": executable file not found in $PATH', "command is not in the image"),
        ('Get "https://10.1.2.3/": http: server gave HTTP response to HTTPS client', "or the other way round"),
        ("dial tcp 10.1.2.3:80: connect: no route to host", "its node does not reach the pod's address"),
        ('Get "http://10.1.2.3/": EOF', "it closes the connection without an answer"),
        ('service unhealthy (responded with "NOT_SERVING")', "it says that it does not serve"),
        ("cache not warm yet\n", 'it says "cache not warm yet"'),
        ("", "its command says nothing"),
    ],
)
def test_each_answer_is_told(said: str, why: str) -> None:
    """Given what the kubelet heard, when judged, then the summary says what it means."""
    (found,) = findings(failing_probe, cluster(probed(), unhealthy(said)))

    assert why in found.summary
    assert found.remedy is not None


def test_a_longer_timeout_is_not_called_the_default() -> None:
    """Given a probe that waits five seconds, when it times out, then the summary says five and no default."""
    (found,) = findings(failing_probe, cluster(probed(probe={**HTTP, "timeoutSeconds": 5}), unhealthy("i/o timeout")))

    assert "within 5 s (timeoutSeconds);" in found.summary


@pytest.mark.parametrize(
    ("well", "told"),
    [
        pytest.param(probed(ready=True), unhealthy(), id="ready again"),
        pytest.param(probed(state={"running": {"startedAt": ago(seconds=50)}}), unhealthy(), id="just starting"),
        pytest.param(probed(probe={**HTTP, "initialDelaySeconds": 3590}), unhealthy(), id="within its delay"),
        pytest.param(probed(state=BACK_OFF, lastState=killed(1), restartCount=7), unhealthy(), id="crashes by itself"),
        pytest.param(
            probed("liveness", BACK_OFF, lastState=killed(1), restartCount=7),
            unhealthy(kind="Liveness"),
            id="own error",
        ),
        pytest.param(
            probed("liveness", BACK_OFF, lastState=killed(137, "OOMKilled")), unhealthy(kind="Liveness"), id="OOM"
        ),
        pytest.param(
            probed("liveness", BACK_OFF, lastState=killed()), unhealthy(kind="Liveness", count=2), id="under threshold"
        ),
        pytest.param(
            probed("liveness", ready=True, lastState=killed(minutes_ago=90)), unhealthy(kind="Liveness"), id="long ago"
        ),
        pytest.param(
            probed("liveness", BACK_OFF, lastState=killed(minutes_ago=30)),
            unhealthy(kind="Liveness"),
            id="killed before",
        ),
        pytest.param(probed("liveness"), unhealthy(kind="Liveness"), id="never killed"),
        pytest.param(probed(), unhealthy(kind="Liveness"), id="of another kind"),
        pytest.param(probed(), unhealthy(of="sidecar"), id="of another container"),
        pytest.param(probed(), event("Pod", "api-7d4b9c-x1", "Unhealthy", "Readiness probe warning: x"), id="warning"),
        pytest.param(probed(), event("Pod", "other", "Unhealthy", "Readiness probe failed: x"), id="of another pod"),
    ],
)
def test_what_does_not_hurt_is_left_alone(well: Pod, told: Event) -> None:
    """Given failures that are over, early, too few, or not the probe's fault, when judged, then nothing is found."""
    assert findings(failing_probe, cluster(well, told)) == []
