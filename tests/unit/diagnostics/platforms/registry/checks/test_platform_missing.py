"""REG-111: images that were not built for who wants them."""

import pytest

from sickbay.diagnostics.platforms.registry.checks.platform_missing import platform_missing
from tests.unit.diagnostics.platforms.registry.registries import findings, image, pull, registry

NAME = "registry.lan/shop/web:1.0"


def test_an_index_without_the_platform() -> None:
    """Given a host of ARM and an index without it, when judged, then both are named, and how to build for it."""
    wanted = pull(platform="linux/arm64", failed=True)

    (finding,) = findings(platform_missing, registry(image(NAME, platforms=("linux/amd64",), pulls=(wanted,))))

    assert finding.summary == f"{NAME} is not built for linux/arm64, only for linux/amd64."
    assert finding.remedy
    assert finding.remedy.command == "docker buildx build --platform linux/amd64,linux/arm64 --push ."


@pytest.mark.parametrize(
    ("wanted", "built"),
    [
        ("linux/arm64", ("linux/amd64", "linux/arm64/v8")),
        ("linux/amd64", ("linux/386",)),
        ("linux/arm64", ("linux/arm/v7",)),
        ("linux/amd64", ()),
        ("", ("linux/amd64",)),
    ],
)
def test_an_image_that_fits_or_cannot_be_told(wanted: str, built: tuple[str, ...]) -> None:
    """Given an image for the host's processor or its smaller kin, or one side unknown, then nothing is said."""
    assert findings(platform_missing, registry(image(NAME, platforms=built, pulls=(pull(platform=wanted),)))) == []
