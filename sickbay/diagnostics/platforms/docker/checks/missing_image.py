"""The image that a container needs is not there and cannot be pulled."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.docker.images import failed_pulls, without_image
from sickbay.diagnostics.platforms.docker.ownership import remedy
from sickbay.diagnostics.platforms.docker.pulls import failure
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

_UNKNOWN = ("the pull failed", "Read the error, and pull it by hand to see all of it.")


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
    keeps none and shows the error only to whoever pulled. Classes: no such tag, access denied, too many pulls, no build
    for this architecture, TLS, registry not reached. A registry that the configuration names is asked about the image,
    and what it knows (REG-101 to 111) explains this finding. `curl -I https://REGISTRY/v2/` tells whether a registry
    answers at all: 200 and 401 both mean yes. A container whose image was removed by force still starts, since its
    layers stay, but cannot be made anew. An image that went through `docker export` and `import` is there, but has lost
    its command: give it one, or use save and load.
    """
    for container in without_image(host):
        error, name = container.state.error, container.inspect.config.image
        why, cure = failure(error) or _UNKNOWN
        yield Finding(
            subject=container.subject,
            summary=f"{container.name} cannot have its image {name}: {why}.",
            evidence=(container.evidence("Config.Image", name), container.evidence("State.Error", error)),
            remedy=remedy(container, cure),
            last_seen=host.taken_at,
        )
    for name, event in failed_pulls(host):
        error = event.actor.attributes["error"]
        why, cure = failure(error) or _UNKNOWN
        yield Finding(
            subject=Subject("image", name),
            summary=f"{name} could not be pulled at {event.at:%H:%M} UTC: {why}.",
            evidence=(host.evidence(f"GET /events image {event.action}", error),),
            remedy=Remedy(text=cure),
            last_seen=event.at,
        )
