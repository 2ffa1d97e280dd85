"""A container cannot start because the port it publishes is in use."""

import re
import shlex
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity
from sickbay.diagnostics.platforms.docker.ownership import owner_of, remedy
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot

_CONFLICT = re.compile(r"(?:port is already allocated|address already in use)", re.IGNORECASE)
_PORT = re.compile(r"(?:for |listen (?:tcp|udp)\d? )?(?:\[[^\]]*\]|[\d.]+|::):(\d{1,5})\b")


def port_conflict(container: Container) -> bool:
    """Say whether the container's error is about a port."""
    return bool(_CONFLICT.search(container.state.error))


@check(
    "DKR-C107",
    title="Port already taken",
    severity=Severity.HIGH,
    remedy="Stop whatever holds the port, or publish this container on another one.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C106", "DKR-C115"),
)
def port_taken(host: Snapshot) -> Iterator[Finding]:
    """The engine could not publish a port: another container, or a process of the host, listens there.

    Recognised by State.Error ('port is already allocated', 'address already in use'). The owner is looked up among the
    containers; where none publishes the port, it is a process outside Docker, which the API does not show.
    """
    for container in host.containers:
        if not port_conflict(container) or container.state.running:
            continue
        found = _PORT.search(container.state.error)
        port = int(found[1]) if found else 0
        which = f"port {port}" if port else "a port that it publishes"
        owners = [
            summary
            for summary in host.summaries
            if port and summary.id != container.inspect.id and any(item.public_port == port for item in summary.ports)
        ]
        evidence = [container.evidence("State.Error", container.state.error)]
        if not port:
            who, cure = "the error does not say which", None
        elif owners:
            owner = owners[0].name
            who = f"container {owner} holds it"
            evidence.append(host.evidence("GET /containers/json Ports", f"{owner} publishes {port}"))
            cure = remedy(
                container,
                f"Stop {owner}, or publish this container on another port.",
                f"docker stop {shlex.quote(owner)}",
            )
        else:
            who = "no container publishes it, so a process of the host outside Docker holds it"
            cure = remedy(
                container,
                "Find the process on the host and stop it, or publish this container on another port.",
                f"ss -l{'u' if 'udp' in container.state.error else 't'}np 'sport = :{port}'",
            )
        yield Finding(
            subject=container.subject,
            summary=f"{container.name} cannot start: {which} is taken; {who}.",
            evidence=tuple(evidence),
            confidence=Confidence.OBSERVED if owners or not port else Confidence.INFERRED,
            remedy=cure,
            owner=owner_of(container.labels),
            last_seen=host.taken_at,
        )
