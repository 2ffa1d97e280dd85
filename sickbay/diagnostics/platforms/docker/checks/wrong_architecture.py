"""A container's program was built for another processor."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Evidence, Finding, Severity
from sickbay.diagnostics.platforms.docker.ownership import remedy
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot

_FORMAT = re.compile(r"exec format error", re.IGNORECASE)


@check(
    "DKR-I103",
    title="Wrong architecture",
    severity=Severity.HIGH,
    remedy="Build the image for this host too (docker buildx build --platform), and pull it anew.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C106", "DKR-C115"),
)
def wrong_architecture(host: Snapshot) -> Iterator[Finding]:
    """The container failed with 'exec format error', or failed and its image is for another processor than the host's.

    The error proves that the kernel did not know the program's format; where the image does fit the host, it is a
    script without a `#!` line, or a damaged file. A foreign image that runs (by emulation, binfmt and QEMU) is left
    alone: it is only slow.
    """
    for container in host.containers:
        state, said = container.state, _said(host, container)
        failed = state.status in {"created", "exited", "dead", "restarting"} and bool(state.exit_code or state.error)
        image = host.image_of(container)
        built, runs = image.inspect.architecture if image else "", host.info.runs
        foreign = bool(built and runs) and built not in runs
        if not failed or not (said or foreign) or (not said and state.finished_at < host.window_start):
            continue
        machine = host.info.architecture or "its processor"
        why = f"its image is for {built} and {host.host} is {machine}"
        plain = "the kernel does not know its program's format; a script needs `#!` in its first line"
        fits = "The image fits this host: look at the first line (#!) and the completeness of the program it starts."
        evidence = [*said, container.evidence("State.ExitCode", state.exit_code)]
        source = f"GET /images/{container.inspect.config.image}/json Architecture"
        evidence += [host.evidence(source, built)] if built else []
        evidence += [host.evidence("GET /info Architecture", machine)] if runs else []
        yield Finding(
            subject=container.subject,
            summary=f"{container.name} cannot run: {why if foreign else plain}.",
            evidence=tuple(evidence),
            confidence=Confidence.OBSERVED if said else Confidence.INFERRED,
            remedy=None if foreign or not built else remedy(container, fits),
            last_seen=host.taken_at,
        )


def _said(host: Snapshot, container: Container) -> tuple[Evidence, ...]:
    """Give where the engine's error or the log's end says so."""
    if _FORMAT.search(container.state.error):
        return (container.evidence("State.Error", container.state.error),)
    return container.log_line(host.window_start, _FORMAT.search)
