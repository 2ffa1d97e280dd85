"""A container cannot start because the port it publishes is in use."""

import re
import shlex
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity
from sickbay.diagnostics.platforms.docker.ownership import owner_of, remedy
from sickbay.diagnostics.platforms.docker.ports import holder, refused
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot

_CONFLICT = re.compile(r"(?:port is already allocated|address already in use)", re.IGNORECASE)


def port_conflict(container: Container) -> bool:
    """Say whether the container's error is about a port."""
    return bool(_CONFLICT.search(container.state.error))


@check(
    "DKR-C107",
    title="Port already taken",
    severity=Severity.HIGH,
    remedy="Stop whatever holds the port, or publish this container on another one.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105", "DKR-C106", "DKR-C115", "DKR-N111"),
)
def port_taken(host: Snapshot) -> Iterator[Finding]:
    """The engine could not publish a port: another container, or a process of the host, listens there.

    Recognised by State.Error ('port is already allocated', 'address already in use'). The owner is looked up among the
    containers; where none publishes the port, it is a process outside Docker, which the API does not show.
    """
    for container in host.containers:
        if not port_conflict(container) or container.state.running:
            continue
        port = refused(container)
        other = holder(host, container, port) if port else None
        evidence = [container.evidence("State.Error", container.state.error)]
        if port is None:
            who, cure = "the error does not say which", None
        elif other:
            who = f"container {other.name} holds it"
            evidence.append(host.evidence("GET /containers/json Ports", f"{other.name} publishes {port.number}"))
            text = f"Stop {other.name}, or publish this container on another port."
            cure = remedy(container, text, f"docker stop {shlex.quote(other.name)}")
        else:
            who = "no container publishes it, so a process of the host outside Docker holds it"
            text = "Find the process on the host and stop it, or publish this container on another port."
            cure = remedy(container, text, f"ss -l{port.listed_by}np 'sport = :{port.number}'")
        which = f"port {port.number}" if port else "a port that it publishes"
        yield Finding(
            subject=container.subject,
            summary=f"{container.name} cannot start: {which} is taken; {who}.",
            evidence=tuple(evidence),
            confidence=Confidence.OBSERVED if other or port is None else Confidence.INFERRED,
            remedy=cure,
            owner=owner_of(container.labels),
            last_seen=host.taken_at,
        )
