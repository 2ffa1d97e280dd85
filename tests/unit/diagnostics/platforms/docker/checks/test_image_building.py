"""DKR-A106: an image was built in a way that makes its content hard to trust or to repeat."""

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.docker.checks.image_building import image_building
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.wire.images import HistoryLayer
from tests.unit.diagnostics.platforms.docker.hosts import findings, host, image

LISTS, UNSIGNED = "package lists updated in a step of their own", "packages whose signatures were not checked"


def built(*commands: str) -> Snapshot:
    return host(images={"sha256:1": image(history=[HistoryLayer(created_by=command) for command in commands])})


@pytest.mark.parametrize(
    ("command", "says", "number"),
    [
        ("RUN /bin/sh -c apt-get update # buildkit", LISTS, "4.7"),
        ("/bin/sh -c apt-get -qq update", LISTS, "4.7"),
        ("RUN |1 V=2 /bin/bash -o pipefail -c apk update # buildkit", LISTS, "4.7"),
        ("ADD https://example.com/app.tgz /opt/ # buildkit", "ADD", "4.9"),
        ("/bin/sh -c #(nop) ADD dir:0123 in /srv ", "ADD", "4.9"),
        ("RUN /bin/sh -c apt-get update && apt-get install --allow-unauthenticated x # buildkit", UNSIGNED, "4.11"),
        ("RUN /bin/sh -c apk add --no-cache --allow-untrusted /tmp/x.apk # buildkit", UNSIGNED, "4.11"),
        ("RUN /bin/sh -c yum install -y --nogpgcheck x && yum clean all", UNSIGNED, "4.11"),
    ],
)
def test_a_careless_step_is_told(command: str, says: str, number: str) -> None:
    """Given a history with one careless step, then it is told, and the step is its proof with the number."""
    (finding,) = findings(image_building, built(command))

    assert finding.subject == Subject("image", "shop/web:1.4")
    assert finding.summary == f"shop/web:1.4 was built with {says}."
    assert finding.evidence[0].source == "GET /images/shop/web:1.4/history CreatedBy"
    assert finding.evidence[0].value.startswith(f"CIS {number}: ")


@pytest.mark.parametrize(
    "command",
    [
        "RUN /bin/sh -c apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/* # buildkit",
        "RUN /bin/sh -c apk update && apk add curl",
        "ADD rootfs.tar.xz / # buildkit",
        "/bin/sh -c #(nop) ADD file:0123 in / ",
        "COPY app /srv # buildkit",
        'CMD ["apt-get", "update"]',
        "LABEL note=ADD this",
        "",
    ],
)
def test_a_careful_step_is_left_alone(command: str) -> None:
    """Given steps as they should be, and a base's own root file system, then nothing is found."""
    assert findings(image_building, built(command)) == []


def test_many_images_are_told_together() -> None:
    """Given three images of which two were built carelessly, then one finding of the host counts and names them."""
    step = [HistoryLayer(created_by="ADD a /b")]
    images = {name: image(name, history=step) for name in ("a:1", "b:1")} | {"c": image("c:1")}

    (finding,) = findings(image_building, host(images=images))

    assert finding.subject == Subject("host", "host-7")
    assert finding.summary == "2 of 3 images in use were built with ADD."
    assert finding.evidence[0].value == "CIS 4.9: ADD a /b in a:1, b:1"
