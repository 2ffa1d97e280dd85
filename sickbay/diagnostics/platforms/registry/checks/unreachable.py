"""The registry cannot be reached."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.registry.obstacles import cure, says
from sickbay.diagnostics.platforms.registry.snapshot import Obstacle, Snapshot
from sickbay.diagnostics.platforms.registry.symptoms import PULLS

#: What is a matter of certificates: REG-102.
_OF_TLS = frozenset({Obstacle.CERTIFICATE, Obstacle.PLAIN_HTTP, Obstacle.WANTS_TLS})


@check(
    "REG-101",
    title="Registry unreachable",
    severity=Severity.CRITICAL,
    remedy="Look at name, network and proxy between whoever pulls and the registry: curl -I https://REGISTRY/v2/.",
    explains=PULLS,
)
def unreachable(registry: Snapshot) -> Iterator[Finding]:
    """Nothing that speaks as a registry answers at its address, so nobody pulls from it by this way.

    `/v2/` tells: 200 and 401 both mean that the registry is up. Before it, the name must be found, the port must take
    connections, and the TLS handshake must succeed. Sickbay connects from where its worker runs, and through no proxy:
    a host behind a proxy may see another picture. Names that lead to loopback, link-local or metadata addresses are
    refused: that is how a registry would be made to send Sickbay to secrets. Where the registry wants tokens, the
    server that gives them (auth.docker.io, for Docker Hub) must be reached too: a firewall that lets only the registry
    through looks so. `curl -k` shows whether only the certificate is at fault, which is REG-102; do not leave it in a
    script, nor a password in its arguments, where every user of the host can read it.
    """
    why, realm = registry.unreachable, registry.challenge.partition(" ")[2]
    if why and why.obstacle not in _OF_TLS:
        reached = f" ({registry.connected_to})" if registry.connected_to else ""
        call, address = f"GET {registry.address}/v2/{reached}", registry.address
        what = f"Registry {registry.registry} cannot be reached"
    elif why := registry.token_server:
        call, address = f"GET {realm}", realm
        what = f"The token server of registry {registry.registry}, without which nobody pulls, cannot be asked"
    else:
        return
    yield Finding(
        subject=registry.subject,
        summary=f"{what}: {says(why.obstacle, address)}.",
        evidence=(registry.evidence(call, f"{why.obstacle}: {why.message}"),),
        remedy=cure(why, address),
        last_seen=registry.taken_at,
    )
