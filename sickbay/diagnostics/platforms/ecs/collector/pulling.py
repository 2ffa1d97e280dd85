"""What ECR and CloudTrail say of images that could not be pulled."""

from datetime import timedelta
from functools import partial

from msgspec.structs import replace

from sickbay.diagnostics.platforms.ecs.collector.ecr import Ecr
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from sickbay.diagnostics.platforms.ecs.collector.reading import Reading
from sickbay.diagnostics.platforms.ecs.collector.trail import Trail
from sickbay.diagnostics.platforms.ecs.images import ecr_parts, not_pulled, pull_error, pull_fault
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.registry import EcrImage
from sickbay.diagnostics.pulls import PullFault

#: At most so many images are asked for.
IMAGES = 10
#: How far back the removal of an image is looked for.
_REMOVED = timedelta(days=30)


def with_images(reading: Reading, trail: Trail, ecs: Snapshot) -> Snapshot:
    """Give the snapshot with what is known of images in ECR that could not be pulled. Raises CancelledError.

    Of one that is not there, what removes images is asked; of one that was denied, the policy of its repository.
    """
    faults: dict[str, PullFault | None] = {}
    for task in reversed(ecs.failed):
        container = not_pulled(task)
        if container and ecr_parts(container.image) and len(faults) < IMAGES:
            faults.setdefault(container.image, pull_fault(pull_error(task)))
    ecr = Ecr(reading.connection)
    refused = [image for image, fault in faults.items() if fault is PullFault.DENIED]
    found = reading.each(Operation.IMAGE, faults, ecr.image)
    policies = reading.each(Operation.REPOSITORY_POLICY, refused, ecr.policy)
    absent = [image for image, known in found.items() if known.found is False and known.repository]
    rules = reading.each(Operation.LIFECYCLE, absent, ecr.rules)
    look_up = partial(trail.removals, absent, ecs.taken_at - _REMOVED)
    removals = reading.finish(Operation.TRAIL, reading.start(look_up)) if absent else None
    images = (
        replace(
            found.get(image, EcrImage(image=image)),
            rules=rules.get(image, ()),
            policy=policies.get(image),
            removed=(removals or {}).get(image),
        )
        for image in faults
        if image in found or image in policies
    )
    return replace(ecs, images=tuple(images))
