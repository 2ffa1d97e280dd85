"""Read one registry into a Snapshot, by GET and HEAD alone.

addresses.py decides where Sickbay may go, transport.py bounds every call, session.py decides who is told what, and
collection.py in which order it is read.
"""

from datetime import UTC, datetime

from msgspec.structs import replace

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.errors import UnknownScopeError
from sickbay.diagnostics.platform import Progress
from sickbay.diagnostics.platforms.registry.collector.collection import Collection
from sickbay.diagnostics.platforms.registry.references import Reference, parse
from sickbay.diagnostics.platforms.registry.snapshot import Image, Snapshot
from sickbay.diagnostics.platforms.registry.target import RegistryTarget
from sickbay.diagnostics.targets import Request


def collect(target: RegistryTarget, request: Request, budget: Budget, progress: Progress) -> Snapshot:
    """Read the registry within the budget.

    What cannot be read is a Gap; a registry that cannot be reached at all is `Snapshot.unreachable`. Raises
    UnknownScopeError and CancelledError.
    """
    snapshot = Snapshot(
        request=request,
        taken_at=datetime.now(UTC),
        registry=target.registry,
        address=target.url,
        images=_images(target, request),
    )
    return Collection(target, budget).run(snapshot, progress)


def _images(target: RegistryTarget, request: Request) -> tuple[Image, ...]:
    """Give the images that were asked about, each once with all whom it concerns. Raises UnknownScopeError."""
    if request.pulls:
        images: dict[Reference, Image] = {}
        for pull in request.pulls:
            reference = replace(parse(pull.image), registry=target.registry)
            image = images.get(reference, Image(reference=reference))
            images[reference] = replace(image, pulls=(*image.pulls, pull))
        return tuple(images.values())
    if not request.scope:
        return ()
    reference = parse(request.scope, home=target.registry)
    if reference.registry != target.registry and not target.serves(request.scope):
        raise UnknownScopeError(
            f"{target.name} is {target.registry}, which has no images of {reference.registry}. Only registries of the "
            "configuration are asked."
        )
    return (Image(reference=replace(reference, registry=target.registry)),)
