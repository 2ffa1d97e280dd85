"""REG-110: images that nobody signed."""

import pytest

from sickbay.diagnostics.platforms.registry.checks.unsigned import unsigned
from tests.unit.diagnostics.platforms.registry.registries import findings, image, registry


def test_an_image_without_a_signature() -> None:
    """Given an image for which signatures were looked for and none was found, when judged, then that is told."""
    (finding,) = findings(unsigned, registry(image(signatures=())))

    assert finding.summary == "registry.lan/shop/web:1.0 has no signature in the registry."


@pytest.mark.parametrize("signatures", [None, ("tag sha256-aaaa.sig",)])
def test_an_image_that_is_signed_or_was_not_looked_at(signatures: tuple[str, ...] | None) -> None:
    """Given a signature, or that none could be looked for, when judged, then nothing is said."""
    assert findings(unsigned, registry(image(signatures=signatures))) == []
