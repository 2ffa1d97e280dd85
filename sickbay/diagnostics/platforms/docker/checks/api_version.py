"""The engine and Sickbay have no API version in common."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.docker.snapshot import Obstacle, Snapshot
from sickbay.diagnostics.platforms.docker.wire.base import NEWEST_API, OLDEST_API


@check(
    "DKR-E102",
    title="API version not supported",
    severity=Severity.HIGH,
    remedy="Upgrade the older side: the engine, or the client that talks to it.",
)
def api_version(host: Snapshot) -> Iterator[Finding]:
    """The engine's range of API versions does not meet the client's, so it refuses every call.

    `/version` tells both ends: ApiVersion and MinAPIVersion. Engines from 29.0 on refuse API versions below 1.44
    (later releases of 29: 1.40), which shuts out old clients: docker-py 1.x, Compose v1, old Ansible and Puppet
    modules. For those, upgrade the client, or set DOCKER_MIN_API_VERSION in the engine's environment until it is done.
    """
    if host.unreachable is None or host.unreachable.obstacle is not Obstacle.API_VERSION:
        return
    version = host.version
    offered = f"{version.min_api_version or '?'} to {version.api_version or '?'}"
    too_new = _number(version.min_api_version) > _number(NEWEST_API)
    yield Finding(
        subject=host.subject,
        summary=f"{host.host} speaks API {offered} and Sickbay {OLDEST_API} to {NEWEST_API}: nothing was looked at.",
        evidence=(host.evidence("GET /version ApiVersion", f"{offered} (Docker {version.version or '?'})"),),
        remedy=Remedy(text="Upgrade Sickbay: this engine is newer than what it knows.")
        if too_new
        else Remedy(text="Upgrade the engine: it is older than any that Sickbay can read.", command="docker version"),
        last_seen=host.taken_at,
    )


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdecimal())
