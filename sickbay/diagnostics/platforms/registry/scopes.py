"""What of a registry a person could type as a scope: the images that it was asked about."""

from collections.abc import Iterator

from sickbay.diagnostics.platforms.registry.references import Reference, parse
from sickbay.diagnostics.platforms.registry.snapshot import Snapshot


def choices(registry: Snapshot) -> Iterator[str]:
    """Yield the images, those first that nobody may pull."""
    images = sorted(registry.images, key=lambda image: (image.readable, image.name))
    yield from (_typed(image.reference) for image in images if not image.reference.invalid)


def _typed(reference: Reference) -> str:
    """Give the name without the registry, unless it would then be taken for another's."""
    short = str(reference).removeprefix(f"{reference.registry}/")
    return short if parse(short, home=reference.registry) == reference else str(reference)
