"""What of a registry is drawn over time."""

from collections.abc import Mapping

from sickbay.diagnostics.platforms.registry.snapshot import Snapshot


def figures(registry: Snapshot) -> Mapping[str, float]:
    """Give how many of the images that were asked about nobody may pull, nothing where none was asked about."""
    if not registry.images:
        return {}
    return {"pull_failures": float(sum(not image.readable for image in registry.images))}
