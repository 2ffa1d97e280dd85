"""The images of a Docker host that their registry can be asked about: those that could not be had, those that run."""

import re
from collections.abc import Iterator, Mapping

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.engine import Event
from sickbay.diagnostics.pulls import Pull, fault_of

_ABOUT_AN_IMAGE = re.compile(r"image|pull|manifest|registry", re.IGNORECASE)


def without_image(host: Snapshot) -> Iterator[Container]:
    """Yield the containers whose last start failed with an error of its image's."""
    for container in host.containers:
        error = container.state.error
        if not container.state.running and _ABOUT_AN_IMAGE.search(error) and fault_of(error):
            yield container


def failed_pulls(host: Snapshot) -> Iterator[tuple[str, Event]]:
    """Yield the images whose last event in the window is a failed pull, and that event."""
    last = {event.actor.attributes.get("name", event.actor.id): event for event in host.events if event.type == "image"}
    for name, event in last.items():
        if event.actor.attributes.get("error") and event.at >= host.window_start:
            yield name, event


def pulls_of(host: Snapshot) -> Iterator[Pull]:
    """Yield the images that could not be had, then those that run and came from a registry."""
    runs = host.info.runs[:1]
    platform = f"{host.info.os_type or 'linux'}/{runs[0]}" if runs else ""
    for container in without_image(host):
        image, fault = container.inspect.config.image, fault_of(container.state.error)
        yield Pull(image=image, subject=container.subject, failed=True, fault=fault, platform=platform)
    for name, event in failed_pulls(host):
        fault = fault_of(event.actor.attributes["error"])
        yield Pull(image=name, subject=Subject("image", name), failed=True, fault=fault, platform=platform)
    for container in host.containers:
        if container.state.running and (digest := _digest(host, container)):
            image = container.inspect.config.image
            yield Pull(image=image, subject=container.subject, platform=platform, digest=digest)


def tagged(name: str) -> str:
    """Give the name with its tag, as the list of images writes it; a digest or an id stays as it is."""
    return name if "@" in name or ":" in name.rsplit("/", 1)[-1] else f"{name}:latest"


def tags_of(host: Snapshot) -> Mapping[str, str]:
    """Give the id of the image that each tag means now."""
    inspected = {tag: id_ for id_, image in host.images.items() for tag in image.inspect.repo_tags}
    listed = {tag: image.id for image in host.disk.images for tag in image.repo_tags} if host.disk else {}
    return {**inspected, **listed}


def _digest(host: Snapshot, container: Container) -> str:
    """Give the digest under which the container's image came from its registry, or nothing where it was built here."""
    head, slash, tail = container.inspect.config.image.partition("@")[0].rpartition("/")
    repository, image = f"{head}{slash}{tail.partition(':')[0]}", host.image_of(container)
    known = (entry.partition("@") for entry in image.inspect.repo_digests) if image else ()
    wanted = {repository, f"docker.io/{repository}", f"docker.io/library/{repository}"}
    return next((digest for name, _, digest in known if name in wanted), "")
