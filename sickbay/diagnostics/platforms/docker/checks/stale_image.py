"""A container still runs an image that its tag no longer means."""

import shlex
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.docker.images import tagged, tags_of
from sickbay.diagnostics.platforms.docker.ownership import remedy
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot


@check(
    "DKR-I102",
    title="Stale image",
    severity=Severity.MEDIUM,
    remedy="Make the container anew from the image that its tag means now, or pin it to a digest.",
    benchmark=("CIS 5.28",),
)
def stale_image(host: Snapshot) -> Iterator[Finding]:
    """The container was made from a tag that has since moved to another image here: a restart keeps the old one.

    Usual causes: the image was pulled or built again and nobody recreated the container (Compose, Puppet, Chef and
    Ansible do so only when told), or a deployment on `latest` believed itself done. Only this host's own tags are
    compared; what the tag means in its registry is REG-108, where the configuration names the registry.
    """
    now = tags_of(host)
    for container in host.containers:
        wanted, runs = tagged(container.inspect.config.image), container.inspect.image
        means = now.get(wanted, runs)
        if not container.state.running or means.removeprefix("sha256:") == runs.removeprefix("sha256:"):
            continue
        yield Finding(
            subject=container.subject,
            summary=f"{container.name} runs an older image than the one that {wanted} means now.",
            evidence=(
                container.evidence("Image", runs),
                host.evidence(f"GET /system/df Images {wanted}", means),
                container.evidence("Created", f"{container.inspect.created:%Y-%m-%d %H:%M:%S} UTC"),
            ),
            remedy=_cure(container),
            last_seen=host.taken_at,
        )


def _cure(container: Container) -> Remedy:
    text = "Make the container anew from the tag (a restart is not enough), or pin it to a digest."
    project, service = shlex.quote(container.project), shlex.quote(container.service)
    return remedy(container, text, f"docker compose -p {project} up -d {service}" if container.service else None)
