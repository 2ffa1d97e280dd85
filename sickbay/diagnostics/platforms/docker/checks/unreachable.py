"""The engine cannot be looked at."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity
from sickbay.diagnostics.platforms.docker.obstacles import cure, says
from sickbay.diagnostics.platforms.docker.snapshot import Obstacle, Snapshot


@check(
    "DKR-E101",
    title="Engine unreachable",
    severity=Severity.CRITICAL,
    remedy="Start the engine, and let Sickbay read it: docker version, run as Sickbay's user, must show its server.",
)
def unreachable(host: Snapshot) -> Iterator[Finding]:
    """Sickbay cannot read the engine, so nothing is known of its containers: that is not the same as healthy.

    The first call tells why. No socket: the engine is not installed (Docker's packages come from download.docker.com)
    or keeps its socket elsewhere. Permission denied: another group owns the socket; members of the docker group are as
    good as root on that host. Refused: the engine is down. No answer in time: it hangs, or a firewall drops packets.
    TLS and SSH fail for reasons of their own. A name that is not found is a matter of DNS or of /etc/hosts (where
    'sudo: unable to resolve host' comes from, too). An API version that does not fit is DKR-E102.
    """
    why = host.unreachable
    if why is None:
        if host.silent:
            yield _silent(host)
        return
    if why.obstacle is Obstacle.API_VERSION:
        return
    yield Finding(
        subject=host.subject,
        summary=f"{host.host} cannot be looked at: {says(why.obstacle, host.address)}.",
        evidence=(host.evidence(f"GET /_ping at {host.address}", f"{why.obstacle}: {why.message}"),),
        remedy=cure(why, host.address),
        last_seen=host.taken_at,
    )


def _silent(host: Snapshot) -> Finding:
    failed = tuple(Evidence(source=gap.what, value=gap.reason, at=host.taken_at) for gap in host.gaps)
    return Finding(
        subject=host.subject,
        summary=f"{host.host} answers, but tells neither of itself nor of its containers: nothing was looked at.",
        evidence=(host.evidence("GET /version", host.version.version or "-"), *failed),
        remedy=cure(None, host.address),
        last_seen=host.taken_at,
    )
