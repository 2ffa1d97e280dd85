"""REG-104: images that are not there, and what is."""

import pytest

from sickbay.diagnostics.platforms.registry.checks.image_missing import image_missing
from sickbay.diagnostics.platforms.registry.snapshot import Image
from tests.unit.diagnostics.platforms.registry.registries import DIGEST, access, findings, image, pull, registry

UNKNOWN = access(404, "MANIFEST_UNKNOWN")
NAME = "registry.lan/shop/web:1.0"


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        (image(NAME, UNKNOWN), "repository shop/web has no tag 1.0."),
        (
            image(NAME, UNKNOWN, tags=("1.0.1", "latest", "1.0.0")),
            "has no tag 1.0. Most like it of 3 tags: 1.0.1, 1.0.0.",
        ),
        (image(NAME, UNKNOWN, tags=("a", "b")), "Most like it of 2 tags: a, b."),
        (image(NAME, UNKNOWN, tags=("a",)), "has no tag 1.0. Its only tag is a."),
        (image(NAME, UNKNOWN, tags=tuple("abcdefg")), "repository shop/web has no tag 1.0."),
        (image(NAME, access(404, "NAME_UNKNOWN")), "the registry has no repository shop/web."),
        (image(NAME, UNKNOWN, repositories=("shop/wbe",)), "no repository shop/web. Most like it: shop/wbe."),
        (image(NAME, access(400, "NAME_INVALID")), "the registry takes no such name."),
        (image(f"registry.lan/web:1@{DIGEST}", UNKNOWN), f"repository web has no digest {DIGEST}."),
        (image(f"registry.lan/web@{DIGEST}", UNKNOWN), f"repository web has no digest {DIGEST}."),
        (image("registry.lan/Shop/web:1.0"), "the repository has capitals in it, which no registry takes."),
        (image("registry.lan/shop/web:"), "that is no valid tag, which no registry takes."),
    ],
)
def test_what_is_not_there_is_named_with_what_is_like_it(wanted: Image, says: str) -> None:
    """Given an image that is not there, when judged, then it is said what of it, and what is most like it."""
    (finding,) = findings(image_missing, registry(wanted))

    assert says in finding.summary
    assert finding.remedy
    assert finding.evidence


def test_an_image_that_runs_and_is_gone() -> None:
    """Given a tag that is gone and a container that runs it, when judged, then it is told who still does."""
    (finding,) = findings(image_missing, registry(image(NAME, UNKNOWN, pulls=(pull(digest=DIGEST),))))

    assert finding.summary.endswith("has no tag 1.0; container/web-1 still runs it.")


@pytest.mark.parametrize("there", [image(), image(NAME, access(401)), image(NAME, UNKNOWN, access(by="ci"))])
def test_an_image_that_is_there_or_only_denied(there: Image) -> None:
    """Given an image that someone may pull, or that is only denied, when judged, then nothing is missing."""
    assert findings(image_missing, registry(there)) == []
