"""Logs that a person asked for: of each container of what the scope names, the unwell first."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.engine import read_logs
from sickbay.diagnostics.errors import NoLogError, PermanentError, UnknownScopeError
from sickbay.diagnostics.model import MOST_LOGS, Log
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.kubernetes.fake_api import (
    FakeApi,
    Handler,
    answer,
    hang,
    items,
    kubeconfig,
    raw,
    refusal,
)

SHOP = "/api/v1/namespaces/shop"
RUNNING = {"running": {"startedAt": "2026-11-24T02:00:00Z"}}
FAILED = {"terminated": {"exitCode": 1, "finishedAt": "2126-11-24T02:00:00Z"}}
Ask = Callable[..., tuple[Log, ...]]


@pytest.fixture
def ask(api: FakeApi, tmp_path: Path) -> Ask:
    """Ask for logs: `ask(scope)`. What the server is not told of is not there."""
    file = kubeconfig(tmp_path, api.url)
    api.routes.update(dict.fromkeys(objects("api"), refusal(404, "not found")))

    def asking(scope: str = "shop/api", seconds: float = 20.0, *, siblings: bool = False) -> tuple[Log, ...]:
        target = KubernetesTarget(name="lab", kubeconfig=file)
        return read_logs(target, Request(scope=scope, logs=True, siblings=siblings), budget=Budget(seconds))

    return asking


def objects(name: str) -> list[str]:
    """Give the paths at which an object of this name may stand."""
    plurals = {
        "/api/v1": ("pods", "services", "persistentvolumeclaims", "replicationcontrollers"),
        "/apis/apps/v1": ("deployments", "statefulsets", "daemonsets", "replicasets"),
        "/apis/batch/v1": ("jobs", "cronjobs"),
        "/apis/batch/v1beta1": ("cronjobs",),
        "/apis/networking.k8s.io/v1": ("ingresses",),
    }
    return [f"{api}/namespaces/shop/{plural}/{name}" for api, found in plurals.items() for plural in found]


def status(name: str = "app", **more: Any) -> dict[str, Any]:
    return {"name": name, "ready": "running" in more.get("state", RUNNING), "state": RUNNING, **more}


def pod(name: str, *statuses: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "metadata": {"name": name, "namespace": "shop", "uid": name, "labels": {"app": "api"}},
        "spec": {"nodeName": "node-1", "containers": [{"name": "app"}], **more.pop("spec", {})},
        "status": {"phase": "Running", "containerStatuses": list(statuses) or [status()], **more},
    }


def deployment(api: FakeApi, *pods: dict[str, Any]) -> None:
    """Let there be the deployment `api` with these pods, whose logs say whose they are and of which run."""
    selector = {"selector": {"matchLabels": {"app": "api"}}}
    made = {"metadata": {"name": "api", "namespace": "shop", "uid": "api"}, "spec": selector}
    api.routes["/apis/apps/v1/namespaces/shop/deployments/api"] = answer(made)
    api.routes[f"{SHOP}/pods"] = items(*pods)
    for item in pods:
        api.routes[f"{SHOP}/pods/{item['metadata']['name']}/log"] = own_words(item["metadata"]["name"])


def own_words(name: str) -> Callable[[Handler, dict[str, str]], None]:
    def log(handler: Handler, query: dict[str, str]) -> None:
        run = "before" if query["previous"] == "true" else "now"
        handler.send(200, f"2026-11-24T02:58:00Z {name} {query['container']} {run}\n".encode())

    return log


def test_the_log_of_a_pod(api: FakeApi, ask: Ask) -> None:
    """Given a pod of one container, when its log is asked for, then its end comes, and little else is read."""
    api.routes[f"{SHOP}/pods/api"] = answer(pod("api"))
    api.routes[f"{SHOP}/pods/api/log"] = raw(b"2026-11-24T02:58:00Z \x1b[31mpassword=hunter2222 refused\xff\n")

    (log,) = ask()

    assert log == Log(name="api", text="2026-11-24T02:58:00Z password=[redacted] refused\ufffd")
    assert "tailLines=1000" in api.requests[-1]
    assert f"{SHOP}/events" not in {request.partition("?")[0] for request in api.requests}


def test_a_workload_s_logs_begin_with_the_unwell(api: FakeApi, ask: Ask) -> None:
    """Given three pods, one with a container that was restarted, then its log of the run before comes first of all."""
    sidecar = status("proxy")
    deployment(
        api,
        pod("api-1", status(), sidecar),
        pod("api-2", sidecar, status(restartCount=1, lastState=FAILED)),
        pod("api-3", status(), initContainerStatuses=[status("setup", state={"terminated": {"exitCode": 0}})]),
    )

    logs = ask("shop/deploy/api")

    assert [log.name for log in logs] == [
        "api-2/app (previous)", "api-2/app", "api-2/proxy", "api-1/app", "api-1/proxy", "api-3",
    ]  # fmt: skip
    assert logs[0].text.endswith("api-2 app before")
    assert logs[1].text.endswith("api-2 app now")


def test_a_container_between_two_crashes_has_one_log(api: FakeApi, ask: Ask) -> None:
    """Given a container that waits to be started again, then the API server's log is that of the run that ended."""
    waits = {"waiting": {"reason": "CrashLoopBackOff"}}
    deployment(api, pod("api-1", status(state=waits, lastState=FAILED)))

    assert [log.name for log in ask()] == ["api-1"]


def test_of_many_pods_five_are_read_and_the_others_named(api: FakeApi, ask: Ask) -> None:
    """Given seven pods, the last one unwell, when asked for, then it and four others come, and two are named."""
    ill = pod("api-7", status(state=FAILED))
    deployment(api, *(pod(f"api-{number}") for number in range(1, 7)), ill)

    logs = ask()

    assert [log.name for log in logs] == ["api-7", "api-1", "api-2", "api-3", "api-4", "not-read"]
    assert logs[-1].text.splitlines()[1:] == ["shop/api-5", "shop/api-6"]


def test_to_compare_some_healthy_pods_are_read(api: FakeApi, ask: Ask) -> None:
    """Given six pods that fail and two that do not, when compared, then two of the five read are healthy."""
    ill = [pod(f"api-{number}", status(state=FAILED)) for number in range(1, 7)]
    deployment(api, *ill, pod("api-7"), pod("api-8"))

    logs = ask(siblings=True)

    assert [log.name for log in logs if log.unwell] == ["api-1", "api-2", "api-3"]
    assert [log.name for log in logs if not log.unwell] == ["api-7", "api-8"]


def test_to_compare_many_containers_leave_room_for_the_healthy(api: FakeApi, ask: Ask) -> None:
    """Given pods of six containers each, one of which fails, when compared, then logs of the other are read too."""
    deployment(
        api,
        pod("api-1", *(status(f"c{number}", state=FAILED) for number in range(9))),
        pod("api-2", *(status(f"c{number}") for number in range(9))),
    )

    logs = ask(siblings=True)

    assert (len(logs), sum(not log.unwell for log in logs)) == (MOST_LOGS, 2)


def test_to_compare_there_is_no_log_of_what_never_ran(api: FakeApi, ask: Ask) -> None:
    """Given pods that wait for their image, when compared, then the error is that of what never ran."""
    deployment(api, pod("api-1", status(state={"waiting": {"reason": "ImagePullBackOff"}})))

    with pytest.raises(NoLogError, match="No container of its pods has run yet"):
        ask(siblings=True)


def test_to_compare_the_healthy_alone_tell_nothing(api: FakeApi, ask: Ask) -> None:
    """Given a pod that waits for its image and one that is well, when compared, then what the well one says is left."""
    deployment(api, pod("api-1", status(state={"waiting": {"reason": "ImagePullBackOff"}})), pod("api-2"))

    with pytest.raises(NoLogError, match="have not run yet"):
        ask(siblings=True)


def test_of_many_containers_some_are_read(api: FakeApi, ask: Ask) -> None:
    """Given a pod of twelve containers, when asked for, then nine come, and the tenth log says which pod has more."""
    deployment(api, pod("api-1", *(status(f"c{number:02}") for number in range(12))))

    logs = ask()

    assert len(logs) == MOST_LOGS
    assert logs[-1].text.splitlines()[1:] == ["shop/api-1"]


@pytest.mark.parametrize(
    ("plural", "spec"),
    [
        ("services", {"selector": {"app": "api"}}),
        ("persistentvolumeclaims", {}),
    ],
)
def test_what_has_pods_behind_it_has_their_logs(api: FakeApi, ask: Ask, plural: str, spec: dict[str, Any]) -> None:
    """Given a service, or a claim that one of two pods mounts, then the logs of the pods behind it come."""
    mounted = {"volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "api"}}]}
    pods = [pod("api-1", spec=mounted), *([pod("other")] if plural == "persistentvolumeclaims" else [])]
    deployment(api, *pods)
    api.routes["/apis/apps/v1/namespaces/shop/deployments/api"] = refusal(404, "not found")
    made = {"metadata": {"name": "api", "namespace": "shop", "uid": "x"}, "spec": spec}
    api.routes[f"{SHOP}/{plural}/api"] = answer(made)

    assert [log.name for log in ask()] == ["api-1"]


def test_a_cron_job_has_the_logs_of_its_runs(api: FakeApi, ask: Ask) -> None:
    """Given a cron job with a run, when its logs are asked for, then those of the run's pod come."""
    owner = [{"kind": "CronJob", "name": "api", "controller": True}]
    run = {"metadata": {"name": "api-29", "namespace": "shop", "uid": "j", "ownerReferences": owner}}
    deployment(api, pod("api-29-x"))
    api.routes["/apis/apps/v1/namespaces/shop/deployments/api"] = refusal(404, "not found")
    made = {"metadata": {"name": "api", "namespace": "shop", "uid": "c"}}
    api.routes["/apis/batch/v1/namespaces/shop/cronjobs/api"] = answer(made)
    api.routes["/apis/batch/v1/namespaces/shop/jobs"] = items(run)

    assert [log.name for log in ask()] == ["api-29-x"]
    assert any("job-name" in request and "api-29" in request for request in api.requests)


def test_a_log_of_huge_lines_is_read_by_fewer(api: FakeApi, ask: Ask) -> None:
    """Given a log whose tail is larger than is read, when asked for, then the last fifty lines of it come."""
    deployment(api, pod("api-1"))
    line = "2026-11-24T02:58:00Z " + "word " * 1_900

    def log(handler: Handler, query: dict[str, str]) -> None:
        lines = "".join(f"{line}{number}\n" for number in range(1_000 - int(query["tailLines"]), 1_000))
        handler.send(200, lines.encode()[: int(query["limitBytes"])])

    api.routes[f"{SHOP}/pods/api-1/log"] = log

    (found,) = ask()

    assert found.text.endswith(" 999")
    assert len(found.text.split("\n")) == 50


def test_what_cannot_be_read_says_why(api: FakeApi, ask: Ask) -> None:
    """Given two pods, one on a node that does not answer, then its log says so in the API server's words."""
    deployment(api, pod("api-1"), pod("api-2"))
    api.routes[f"{SHOP}/pods/api-2/log"] = refusal(500, 'Get "https://node-1:10250/": dial tcp: connection refused')

    good, bad = ask()

    assert good.text.endswith("api-1 app now")
    assert bad.text.startswith('Sickbay could not read this log: Get "https://node-1:10250/"')


def test_what_rbac_refuses_names_the_right(api: FakeApi, ask: Ask) -> None:
    """Given an account that may not read logs, when asked for one, then the sentence names the right that it takes."""
    deployment(api, pod("api-1"))
    refused = (
        'pods "api-1" is forbidden: User "u" cannot get resource "pods/log" in API group "" in the namespace "shop"'
    )
    api.routes[f"{SHOP}/pods/api-1/log"] = refusal(403, refused)

    with pytest.raises(PermanentError, match=r"needs get on pods/log: RBAC refuses it in the namespace"):
        ask()


def test_pods_that_never_ran_have_no_log(api: FakeApi, ask: Ask) -> None:
    """Given a pod whose image cannot be pulled, and no pods at all, then a sentence says why there is no log."""
    deployment(api, pod("api-1", status(state={"waiting": {"reason": "ImagePullBackOff"}})))
    with pytest.raises(PermanentError, match=r"of shop/api: No container of its pods has run yet: ImagePullBackOff\.$"):
        ask()

    deployment(api)
    with pytest.raises(PermanentError, match=r"of shop/api: There are no pods behind it\.$"):
        ask()


def test_names_that_are_none_are_answered_with_the_nearest(api: FakeApi, ask: Ask) -> None:
    """Given a name that nothing has, or a whole namespace, when asked for, then a sentence says what can be."""
    deployment(api, pod("api-1"))
    api.routes.update(dict.fromkeys(objects("apu"), refusal(404, "not found")))
    api.routes["/apis/apps/v1/namespaces/shop/deployments"] = items({"metadata": {"name": "api", "namespace": "shop"}})
    with pytest.raises(UnknownScopeError, match=r"Did you mean shop/api\?$"):
        ask("shop/apu")
    for scope in ("shop", "node/node-1"):
        with pytest.raises(UnknownScopeError, match=r"has no log of its own: name a pod or a workload, NAMESPACE/NAME"):
            ask(scope)


def test_a_cluster_that_does_not_answer_is_told(api: FakeApi, ask: Ask) -> None:
    """Given an API server that takes no token, or hangs, when asked for a log, then a sentence says so."""
    api.routes["/version"] = refusal(401, "Unauthorized")
    with pytest.raises(PermanentError, match=r"^lab cannot be reached: Unauthorized"):
        ask()

    api.routes["/version"] = hang(5)
    with pytest.raises(PermanentError, match=r"^lab (did not answer in time|cannot be reached)"):
        ask(seconds=0.3)
