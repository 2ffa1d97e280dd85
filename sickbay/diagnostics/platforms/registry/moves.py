"""Tags that mean another image now than the one that somebody runs."""

from collections.abc import Iterator

from sickbay.diagnostics.platforms.registry.snapshot import Image
from sickbay.diagnostics.pulls import Pull


def stale_pulls(image: Image) -> Iterator[Pull]:
    """Yield what still runs the image that the tag meant before: a digest that is an entry of the index is no other."""
    known = {image.digest, *image.manifests}
    if not image.reference.tag or image.reference.digest or not image.digest:
        return
    for pull in image.pulls:
        if pull.digest and not pull.failed and pull.digest not in known:
            yield pull
