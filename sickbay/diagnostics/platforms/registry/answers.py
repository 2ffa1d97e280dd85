"""The answer to 'can this image be pulled?', as a table: by whom, for which platforms, and whether it is signed."""

from collections.abc import Iterator

from sickbay.diagnostics.model import Table
from sickbay.diagnostics.platforms.registry.snapshot import Image, Snapshot


def answers(registry: Snapshot) -> tuple[Table, ...]:
    """Give an answer for each image that the registry could be asked about."""
    return tuple(_answer(image) for image in registry.images if image.accesses)


def _answer(image: Image) -> Table:
    verdict = f"Yes, by {' and '.join(image.readers)}" if image.readable else "No"
    return Table(title=f"Can {image.name} be pulled? {verdict}", columns=("asked", "found"), rows=tuple(_rows(image)))


def _rows(image: Image) -> Iterator[tuple[str, str]]:
    for access in image.accesses:
        yield f"by {access.by}", "yes" if access.granted else str(access.told)
    if image.readable:
        platforms = [platform for platform in image.platforms if platform]
        yield "platforms", ", ".join(platforms) or "it does not say"
        yield "digest", image.digest or "not told"
    if image.signatures is not None:
        yield "signatures", ", ".join(image.signatures) or "none"
