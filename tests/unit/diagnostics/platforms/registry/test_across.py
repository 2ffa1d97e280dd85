"""A registry's finding explains the failed pull of a host, a cluster, in one report, and only where it can be why."""

import pytest

from sickbay.diagnostics import engine
from sickbay.diagnostics.follow_ups import Probe
from sickbay.diagnostics.model import ReportTarget
from sickbay.diagnostics.platform import Snapshot
from sickbay.diagnostics.platforms.docker.wire.engine import DiskUsage
from sickbay.diagnostics.platforms.docker.wire.images import ImageSummary
from sickbay.diagnostics.platforms.registry.snapshot import Image
from sickbay.diagnostics.pulls import PullFault
from tests.unit.diagnostics.platforms.docker.hosts import container, host
from tests.unit.diagnostics.platforms.docker.hosts import image as docker_image
from tests.unit.diagnostics.platforms.kubernetes import clusters
from tests.unit.diagnostics.platforms.registry.registries import OTHER, TARGET, access, image, registry, told

IMAGE = "registry.lan/shop/web:9"
NO_TAG = f"manifest for {IMAGE} not found: manifest unknown"


def asked(snapshot: Snapshot, *accesses: object, platform: str = "docker", **facts: object) -> list[tuple[str, str]]:
    """Give code and first cause of each finding, where the registry told this of the image that the snapshot wants."""
    about: Image = image(IMAGE, *accesses, pulls=snapshot.pulls())  # type: ignore[arg-type]
    probe = Probe(TARGET, registry(about, **facts))
    report = engine.judge(snapshot, ReportTarget(name="x", platform=platform, zone="default"), [probe])
    return [(item.code, next(iter(item.explained_by), "")) for item in report.findings]


def wants(error: str = NO_TAG) -> Snapshot:
    return host(container(image=IMAGE, status="created", error=error))


def test_a_host_that_could_not_pull() -> None:
    """Given a container without its image and a registry without the tag, then the tag is the cause of all."""
    assert asked(wants(), access(404, "MANIFEST_UNKNOWN")) == [
        ("REG-104", ""),
        ("DKR-I101", f"REG-104@image/{IMAGE}"),
        ("DKR-C106", "DKR-I101@container/web-1"),
    ]


def test_a_cluster_that_could_not_pull() -> None:
    """Given a pod that waits for its image and a registry that denies it, then the denial is the cause."""
    waiting = {"waiting": {"reason": "ErrImagePull", "message": "pull access denied, authorization failed"}}
    pod = clusters.pod("api-7d4b9c-x1", deployment="api", ready=False,
                       containers=[clusters.container(image=IMAGE)],
                       statuses=[clusters.status(image=IMAGE, imageID="", ready=False, state=waiting)])  # fmt: skip

    found = asked(clusters.cluster(pod), access(401, "UNAUTHORIZED"), platform="kubernetes")

    assert found[:2] == [("REG-103", ""), ("K8S-P103", f"REG-103@image/{IMAGE}")]


def test_a_tag_that_moved_is_told_once() -> None:
    """Given a container whose tag means another image in the registry and on the host, then the host's is folded."""
    old = "sha256:" + "0" * 64
    came_as = docker_image(id=old, repo_tags=(), repo_digests=(f"registry.lan/shop/web@{OTHER}",))
    newer = DiskUsage(images=(ImageSummary(id="sha256:" + "1" * 64, repo_tags=(IMAGE,)),))

    found = asked(host(container(image=IMAGE, image_id=old), images={old: came_as}, disk=newer))

    assert found == [("REG-108", ""), ("DKR-I102", f"REG-108@image/{IMAGE}")]


@pytest.mark.parametrize(
    ("error", "explained"),
    [("toomanyrequests: You have reached your pull rate limit", True), (NO_TAG, False)],
)
def test_what_the_registry_has_explains_only_errors_of_the_registry(error: str, *, explained: bool) -> None:
    """Given a registry that limits pulls, then a pull that failed for its tag is not said to come from that."""
    found = asked(wants(error), access(429), answers=(told(429, "TOOMANYREQUESTS"),))

    assert (("DKR-I101", "REG-105@registry/registry.lan") in found) is explained
    assert ("REG-105", "") in found


def test_every_class_of_a_failed_pull_is_of_the_image_or_of_the_registry() -> None:
    """Given each class of fault, then who pulls depends on the image, and on the registry unless it is the image's."""
    alone = {PullFault.NO_TAG, PullFault.PLATFORM, PullFault.NO_SPACE, PullFault.SHORT_NAME}
    snapshot = wants()
    (pull,) = snapshot.pulls()
    for fault in PullFault:
        of_fault = type(pull)(image=IMAGE, subject=pull.subject, failed=True, fault=fault)
        needs = registry(image(IMAGE, pulls=(of_fault,))).upstream()[pull.subject]

        assert len(needs) == (1 if fault in alone else 2), fault
