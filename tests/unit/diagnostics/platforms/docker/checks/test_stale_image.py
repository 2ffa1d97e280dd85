"""DKR-I102: containers whose tag has moved on."""

import pytest

from sickbay.diagnostics.platforms.docker.checks.stale_image import stale_image
from sickbay.diagnostics.platforms.docker.wire.engine import DiskUsage
from sickbay.diagnostics.platforms.docker.wire.images import ImageSummary
from tests.unit.diagnostics.platforms.docker.hosts import container, findings, host, image

OLD = "sha256:" + "0" * 64


def listed(*tags: str, id_: str = "sha256:" + "1" * 64) -> DiskUsage:
    return DiskUsage(images=(ImageSummary(id=id_, repo_tags=tags),))


@pytest.mark.parametrize(
    ("made_from", "tag"), [("shop/web:1.4", "shop/web:1.4"), ("registry:5000/web", "registry:5000/web:latest")]
)
def test_a_tag_that_moved(made_from: str, tag: str) -> None:
    """Given a running container and a tag that means another image now, when judged, then both ids are the evidence."""
    running = container(image=made_from, image_id=OLD)

    (finding,) = findings(stale_image, host(running, images={}, disk=listed(tag)))

    assert finding.summary == f"web-1 runs an older image than the one that {tag} means now."
    assert [item.value for item in finding.evidence[:2]] == [OLD, "sha256:" + "1" * 64]


def test_without_disk_usage_other_containers_images_tell() -> None:
    """Given an engine whose disk usage could not be read, when another container's image has the tag, it is told."""
    old, new = container("web-1", image_id=OLD), container("web-2")
    images = {OLD: image(id=OLD, repo_tags=()), new.inspect.image: image()}

    (finding,) = findings(stale_image, host(old, new, images=images, disk=None))

    assert finding.subject == old.subject


def test_a_compose_service_is_brought_up_again() -> None:
    """Given a Compose service with an old image, when judged, then the command makes that service anew."""
    labels = {"com.docker.compose.project": "shop", "com.docker.compose.service": "web"}

    (finding,) = findings(stale_image, host(container(image_id=OLD, labels=labels), disk=listed("shop/web:1.4")))

    assert finding.remedy is not None
    assert finding.remedy.command == "docker compose -p shop up -d web"
    assert finding.remedy.owner == "Compose project shop"


def test_labels_cannot_add_to_the_command() -> None:
    """Given labels that hold a command of their own, when judged, then what a person is told to run quotes them."""
    labels = {"com.docker.compose.project": "shop;reboot", "com.docker.compose.service": "$(reboot)"}

    (finding,) = findings(stale_image, host(container(image_id=OLD, labels=labels), disk=listed("shop/web:1.4")))

    assert finding.remedy is not None
    assert finding.remedy.command == "docker compose -p 'shop;reboot' up -d '$(reboot)'"


@pytest.mark.parametrize(
    "made_from", ["shop/web:1.3", "shop/web@sha256:" + "2" * 64, "sha256:" + "0" * 64, "0123456789ab", ""]
)
def test_what_no_tag_here_speaks_of(made_from: str) -> None:
    """Given a tag that is gone, a digest or an id, when judged, then nothing can be said."""
    assert (
        findings(stale_image, host(container(image=made_from, image_id=OLD), images={}, disk=listed("shop/web:1.4")))
        == []
    )


def test_the_same_image_written_without_its_algorithm() -> None:
    """Given a list that writes ids without `sha256:`, as Podman does, when the image is the same, it is not stale."""
    same = container(image_id=OLD)

    assert findings(stale_image, host(same, disk=listed("shop/web:1.4", id_="0" * 64))) == []


def test_a_container_that_does_not_run() -> None:
    """Given a stopped container of an old image, when judged, then nothing is said."""
    stopped = container(image_id=OLD, status="exited")

    assert findings(stale_image, host(stopped, disk=listed("shop/web:1.4"))) == []
