"""The image that a container needs is not there and cannot be pulled."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.docker.ownership import remedy
from sickbay.diagnostics.platforms.docker.pulls import failure
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

_IMAGE = re.compile(r"image|pull|manifest|registry", re.IGNORECASE)


@check(
    "DKR-I101",
    title="Image missing",
    severity=Severity.HIGH,
    remedy="Pull or build the image; where the pull fails, its error says whether tag, login or registry is wrong.",
    explains=("DKR-C101", "DKR-C104", "DKR-C106", "DKR-C115"),
)
def missing_image(host: Snapshot) -> Iterator[Finding]:
    """An image is not on the host or could not be pulled, so what needs it cannot start or be made.

    Recognised by the container's State.Error, and by the engine's events of failed pulls: Podman 5 has them; Docker
    keeps none and shows the error only to whoever pulled. Classes: no such tag, access denied, too many pulls, no
    build for this architecture, TLS, registry not reached. `curl -I https://REGISTRY/v2/` tells whether a registry
    answers at all: 200 and 401 both mean yes. A container whose image was removed by force still starts, since its
    layers stay, but cannot be made anew. An image that went through `docker export` and `import` is there, but has
    lost its command: give it one, or use save and load.
    """
    for container in host.containers:
        error, name = container.state.error, container.inspect.config.image
        found = failure(error) if _IMAGE.search(error) and not container.state.running else None
        if found:
            why, cure = found
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} cannot have its image {name}: {why}.",
                evidence=(container.evidence("Config.Image", name), container.evidence("State.Error", error)),
                remedy=remedy(container, cure),
                last_seen=host.taken_at,
            )
    yield from _failed_pulls(host)


def _failed_pulls(host: Snapshot) -> Iterator[Finding]:
    """Yield a finding for each image whose last event in the window is a failed pull."""
    last = {event.actor.attributes.get("name", event.actor.id): event for event in host.events if event.type == "image"}
    for name, event in last.items():
        error = event.actor.attributes.get("error", "")
        if error and event.at >= host.window_start:
            why, cure = failure(error) or ("the pull failed", "Read the error, and pull it by hand to see all of it.")
            yield Finding(
                subject=Subject("image", name),
                summary=f"{name} could not be pulled at {event.at:%H:%M} UTC: {why}.",
                evidence=(host.evidence(f"GET /events image {event.action}", error),),
                remedy=Remedy(text=cure),
                last_seen=event.at,
            )
