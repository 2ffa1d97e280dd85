"""What of a cluster a person could type, the unwell first."""

from sickbay.diagnostics.platforms.kubernetes.scopes import choices
from tests.unit.diagnostics.platforms.kubernetes.clusters import (
    cluster,
    cronjob,
    deployment,
    job,
    pod,
    statefulset,
)


def test_the_unwell_come_first() -> None:
    """Given a deployment with a pod that is not ready, then it comes before namespaces, workloads and nodes."""
    snapshot = cluster(
        deployment("api"),
        deployment("web"),
        pod("web-1", deployment="web", ready=False),
        pod("api-1", deployment="api"),
        pod("alone", deployment="", ready=False),
        cronjob("report"),
        job("report-1", cronjob="report"),
    )

    assert list(dict.fromkeys(choices(snapshot))) == [
        "shop/web", "shop/alone", "shop", "shop/report", "shop/api", "node/node-1",
    ]  # fmt: skip


def test_a_name_of_two_kinds_is_told_with_its_kind() -> None:
    """Given a deployment and a stateful set of one name, then each is given as it must be typed."""
    snapshot = cluster(deployment("db"), statefulsets=(statefulset("db"),))

    assert [scope for scope in choices(snapshot) if scope.endswith("/db")] == [
        "shop/deployment/db",
        "shop/statefulset/db",
    ]
