"""The image was not built for the platform that wants it."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.registry.platforms import fits
from sickbay.diagnostics.platforms.registry.snapshot import Snapshot
from sickbay.diagnostics.platforms.registry.symptoms import PULLS


@check(
    "REG-111",
    title="Platform missing",
    severity=Severity.HIGH,
    remedy="Build and push the image for that platform too: docker buildx build --platform linux/amd64,linux/arm64.",
    explains=("DKR-I103", *PULLS),
)
def platform_missing(registry: Snapshot) -> Iterator[Finding]:
    """The image, or the index of images behind its name, has nothing for the platform of a host that wants it.

    Pulls then fail with 'no matching manifest'; a single image of another platform is pulled by Docker all the same,
    with a warning, and fails with 'exec format error'. Asked is what the host or the node says of itself; emulation,
    which would run it slowly, cannot be seen from here. Which platforms an image has is told in what was looked at.
    """
    for image in registry.images:
        wanted = sorted({pull.platform for pull in image.pulls if pull.platform})
        lacking = [platform for platform in wanted if image.platforms and not fits(platform, image.platforms)]
        if not lacking:
            continue
        built = ", ".join(image.platforms)
        yield Finding(
            subject=image.subject,
            summary=f"{image.name} is not built for {', '.join(lacking)}, only for {built}.",
            evidence=(registry.evidence(f"GET manifest of {image.name} platforms", built),),
            remedy=Remedy(
                text=f"Build and push it for {', '.join(lacking)} too, or run it where it fits.",
                command=f"docker buildx build --platform {','.join((*image.platforms, *lacking))} --push .",
            ),
            last_seen=registry.taken_at,
        )
