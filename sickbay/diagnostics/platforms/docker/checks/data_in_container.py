"""Data lives in a container's own layer, and goes when the container goes."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from sickbay.diagnostics.check import check
from sickbay.diagnostics.databases import data_directory
from sickbay.diagnostics.model import Evidence, Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot

_LARGE = 1_000_000_000


@check(
    "DKR-C110",
    title="Data in the container's own layer",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Put what must last on a volume, mounted where the application writes.",
    explains=("DKR-E107",),
)
def data_in_container(host: Snapshot) -> Iterator[Finding]:
    """The container has written over 1 GB into its own layer, or is a database whose data directory is on no volume.

    What is in that layer is lost when the container is removed, and each first write to a file of the image copies it
    whole. The data directories are those that the official images document.
    """
    for container in host.containers:
        written = container.inspect.size_rw
        if written > _LARGE:
            source = f"GET /system/df Containers[{container.name}].SizeRw"
            evidence = Evidence(source=source, value=f"{written} bytes", at=container.read_at)
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} has written {written / 1e9:.1f} GB into its own layer, which goes with it.",
                evidence=(evidence,),
                owner=owner_of(container.labels),
            )
        elif directory := _unmounted(container):
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} is a database with nothing mounted at {directory}: its data goes with it.",
                evidence=(
                    container.evidence("Config.Image", container.inspect.config.image),
                    container.evidence(
                        "Mounts", ", ".join(mount.destination for mount in container.inspect.mounts) or "none"
                    ),
                ),
                owner=owner_of(container.labels),
            )


def _unmounted(container: Container) -> str:
    """Give a database's data directory where nothing is mounted on it, above it or in it."""
    if not (directory := data_directory(container.inspect.config.image)):
        return ""
    data, mounts = PurePosixPath(directory), [PurePosixPath(mount.destination) for mount in container.inspect.mounts]
    covered = any(place.is_relative_to(data) or data.is_relative_to(place) for place in mounts if place.is_absolute())
    return "" if covered else directory
