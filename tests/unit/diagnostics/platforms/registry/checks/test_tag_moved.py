"""REG-108: tags that mean another image than the one that runs."""

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.registry.checks.tag_moved import tag_moved
from sickbay.diagnostics.platforms.registry.snapshot import Image
from tests.unit.diagnostics.platforms.registry.registries import DIGEST, OTHER, findings, image, pull, registry

NAME = "registry.lan/shop/web:1.0"


def test_a_tag_that_moved() -> None:
    """Given two containers that run another digest than the tag's, when judged, then the image, and they, are named."""
    pulls = (pull(digest=OTHER), pull(digest=OTHER, subject=Subject("container", "web-2")))

    (finding,) = findings(tag_moved, registry(image(NAME, pulls=pulls)))

    assert finding.summary == f"{NAME} means another image now than the one that container/web-1, container/web-2 run."
    assert [item.value for item in finding.evidence] == [DIGEST, OTHER, OTHER]
    assert finding.count == 2


@pytest.mark.parametrize(
    "same",
    [
        image(NAME, pulls=(pull(digest=DIGEST),)),
        image(NAME, pulls=(pull(digest=""),)),
        image(NAME, digest="", pulls=(pull(digest=OTHER),)),
        image(NAME, manifests=(OTHER,), pulls=(pull(digest=OTHER),)),
        image(f"registry.lan/shop/web@{DIGEST}", pulls=(pull(digest=OTHER),)),
        image(NAME, pulls=(pull(digest=OTHER, failed=True),)),
        image(NAME),
    ],
)
def test_a_tag_that_stands_or_is_not_known(same: Image) -> None:
    """Given the same digest, one of the index's, none to compare, or a name that is a digest, then nothing moved."""
    assert findings(tag_moved, registry(same)) == []
