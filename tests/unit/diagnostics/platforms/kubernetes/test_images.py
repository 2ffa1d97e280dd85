"""Which images of a cluster its registries are asked about."""

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.pulls import Pull, PullFault
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, container, node, pod, status

IMAGE, DIGEST = "lan.example/shop/api:1", f"sha256:{'a' * 64}"
API = Subject("deployment", "shop/api")
ARM = node(nodeInfo={"operatingSystem": "linux", "architecture": "arm64"})


def test_a_pull_that_fails_is_asked_about_once_a_workload() -> None:
    """Given two pods of a deployment that wait for an image, then it is asked about once, with class and platform."""
    waiting = {"waiting": {"reason": "ErrImagePull", "message": f"manifest for {IMAGE} not found: manifest unknown"}}
    pods = [
        pod(name, deployment="api", ready=False, containers=[container(image=IMAGE)],
            statuses=[status(image=IMAGE, imageID="", ready=False, state=waiting)])
        for name in ("api-7d4b9c-x1", "api-7d4b9c-x2")
    ]  # fmt: skip

    assert cluster(ARM, *pods).pulls() == (
        Pull(image=IMAGE, subject=API, failed=True, fault=PullFault.NO_TAG, platform="linux/arm64"),
    )


def test_what_runs_is_asked_about_under_the_name_that_the_pod_asks_for() -> None:
    """Given a running container whose status names its image otherwise, then the pod's own name for it is asked."""
    running = pod(
        "api-7d4b9c-x1",
        deployment="api",
        containers=[container(image=IMAGE)],
        statuses=[status(image="sha256:0123", imageID=f"docker-pullable://lan.example/shop/api@{DIGEST}")],
    )

    assert cluster(ARM, running).pulls() == (
        Pull(image=IMAGE, subject=API, platform="linux/arm64", digest=DIGEST),
    )  # fmt: skip


def test_what_came_from_no_registry_is_not_asked_about() -> None:
    """Given a running container whose image has no digest of a registry's, then nobody is asked."""
    local = pod("api-7d4b9c-x1", deployment="api", statuses=[status(imageID="sha256:0123")])

    assert cluster(ARM, local).pulls() == ()
