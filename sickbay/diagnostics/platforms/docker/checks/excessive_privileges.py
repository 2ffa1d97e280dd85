"""A container may do to its host what only root should."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.powers import powers
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot


@check(
    "DKR-C111",
    title="Excessive privileges",
    severity=Severity.HIGH,
    kind=Kind.HYGIENE,
    remedy="Drop --privileged and what else is named; add back only the one capability or device that it needs.",
    explains=("DKR-E105",),
    benchmark=("CIS 5.4", "CIS 5.5", "CIS 5.6", "CIS 5.7", "CIS 5.16", "CIS 5.18", "CIS 5.32"),
)
def excessive_privileges(host: Snapshot) -> Iterator[Finding]:
    """The container can take over its host: privileged, the engine's socket, the host's root or devices, its processes.

    Also an SSH server inside, which is one more way in. A privileged container can change the host's kernel settings,
    so it is a candidate where one of them is wrong (IP forwarding).
    """
    rootless = any("rootless" in option for option in host.info.security_options)
    prize = "take over the user that runs the engine" if rootless else "take over the host"
    for container in host.containers:
        found = list(powers(container))
        if found:
            effect = f"it can {prize}" if any(power.enough for power in found) else "few containers need that"
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} {', '.join(power.what for power in found)}: {effect}.",
                evidence=tuple(power.proof for power in found),
                owner=owner_of(container.labels),
            )
