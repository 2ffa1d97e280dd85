"""Two containers of whom it was asked cannot talk to each other."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity
from sickbay.diagnostics.platforms.docker.obstructions import obstruction
from sickbay.diagnostics.platforms.docker.ownership import remedy
from sickbay.diagnostics.platforms.docker.paths import MOST, paths
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot


@check(
    "DKR-N111",
    title="These two cannot talk",
    severity=Severity.HIGH,
    remedy="Put both on one user-defined network, and let the second listen on all its addresses.",
)
def no_path(host: Snapshot) -> Iterator[Finding]:
    """It was asked whether one container can talk to another (scope `web~db`), and something is in the way.

    Looked at, in this order: whether both run; whether a common network, a common network stack, a link or a published
    port joins them; whether their networks let containers talk (enable_icc); and what the first says in its log or
    health check of the second. Nothing is tried. The host's packet filter (iptables, the chain DOCKER-USER) and the
    ports on which a program really listens are not in the API: what follows from them is inferred.
    """
    for path in paths(host)[:MOST]:
        if blocked := obstruction(path):
            yield Finding(
                subject=path.subject,
                summary=f"{path.one.name} cannot talk to {path.other.name}: {blocked.why}.",
                evidence=blocked.evidence,
                confidence=Confidence.OBSERVED if blocked.sure else Confidence.INFERRED,
                remedy=remedy(path.one, blocked.text, blocked.command),
                last_seen=host.taken_at,
            )
