"""An image stands on a base that nobody keeps up, or that nobody chose."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.lint.bases import ended, untagged
from sickbay.diagnostics.platforms.lint.compose import ComposeFile
from sickbay.diagnostics.platforms.lint.findings import Fault, told
from sickbay.diagnostics.platforms.lint.hadolint_rules import told_by
from sickbay.diagnostics.platforms.lint.snapshot import Dockerfile, Snapshot


@check(
    "LNT-101",
    title="Base image",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Name a release that is kept up, by its tag, and where it must not change by its digest.",
)
def base_image(lint: Snapshot) -> Iterator[Finding]:
    """A base or service image has no tag or `latest`, is out of support, or comes from a registry that is not trusted.

    Without a tag the next build takes whatever is newest then. An image out of support gets no more security fixes, and
    its package repositories vanish one day, which ends every build. The days are those of the distributions and
    languages; Debian's LTS is counted in. Which registries are trusted is told by `.hadolint.yaml`
    (`trustedRegistries`); official images are those without a name before the slash.
    """
    for file in lint.dockerfiles:
        yield from told(lint, file, [*told_by("LNT-101", file), *_old_bases(lint, file)])
    for compose in lint.compose_files:
        yield from told(lint, compose, _service_images(lint, compose))


def _old_bases(lint: Snapshot, file: Dockerfile) -> Iterator[Fault]:
    for stage in file.stages:
        if why := ended(stage.base, lint.taken_at.date()):
            yield Fault(line=stage.line, what=f"{stage.base} {why}", shown=f"FROM {stage.base}")


def _service_images(lint: Snapshot, file: ComposeFile) -> Iterator[Fault]:
    for service in file.services:
        if service.image is None:
            continue
        image = service.image.text
        if why := ended(image, lint.taken_at.date()):
            yield Fault(line=service.image.line, what=f"{image} {why}", shown=f"image: {image}")
        elif not service.builds and untagged(image):
            what = f"the service {service.name} takes whatever {image} is newest"
            yield Fault(line=service.image.line, what=what, shown=f"image: {image}")
