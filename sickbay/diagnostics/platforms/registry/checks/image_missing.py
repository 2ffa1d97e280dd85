"""The registry has no such image."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Remedy, Severity
from sickbay.diagnostics.platforms.registry.neighbours import Absence, absence_of
from sickbay.diagnostics.platforms.registry.snapshot import Image, Snapshot
from sickbay.diagnostics.platforms.registry.symptoms import PULLS


@check(
    "REG-104",
    title="No such image",
    severity=Severity.HIGH,
    remedy="Correct the name or the tag, or push the image under it.",
    explains=PULLS,
)
def image_missing(registry: Snapshot) -> Iterator[Finding]:
    """The repository, the tag or the digest is not in the registry, or the name is none that a registry takes.

    NAME_UNKNOWN says that there is no such repository, MANIFEST_UNKNOWN that the repository has no such tag;
    NAME_INVALID names what no registry takes: a repository is lower case and at most 255 characters, a tag at most 128.
    Where the tags can be listed, those most like the wanted one are named. An image that runs somewhere and is gone
    from the registry (a lifecycle policy that removes old tags does that) runs on, but no other host can have it.
    """
    for image in registry.images:
        absence = absence_of(image)
        if absence is None:
            continue
        running = sorted({str(pull.subject) for pull in image.pulls if not pull.failed})
        gone = f"; {', '.join(running[:3])} still {'runs' if len(running) == 1 else 'run'} it" if running else ""
        yield Finding(
            subject=image.subject,
            summary=f"{image.name} cannot be pulled: {absence.says}{gone}.{absence.hint}",
            evidence=_evidence(registry, image, absence),
            remedy=Remedy(text=absence.cure),
            last_seen=registry.taken_at,
        )


def _evidence(registry: Snapshot, image: Image, absence: Absence) -> tuple[Evidence, ...]:
    if image.reference.invalid:
        return (registry.evidence("the name as it was asked for", image.pulls[0].image if image.pulls else image.name),)
    listed = (registry.evidence(absence.list_call, ", ".join(absence.nearest)),) if absence.nearest else ()
    return (*registry.access_evidence(image), *listed)
