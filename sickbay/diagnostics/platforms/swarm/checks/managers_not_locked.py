"""A manager that starts anew needs no key."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot


@check(
    "DKR-S108",
    title="Managers not locked",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Switch auto-lock on and keep its key safe: docker swarm update --autolock=true. Managers then wait for it.",
    benchmark=("CIS 7.5",),
)
def managers_not_locked(swarm: Snapshot) -> Iterator[Finding]:
    """Whoever gets at a manager's disk gets the swarm's secrets, since the keys to them lie there too.

    With auto-lock, a manager whose engine starts anew waits for the unlock key, which lies nowhere. That also keeps it
    out of the swarm until somebody comes, so it is a choice. Whether the key is ever replaced no API tells.
    """
    cluster = swarm.membership.cluster
    if cluster and not cluster.spec.encryption_config.auto_lock_managers and not swarm.request.scope:
        yield Finding(
            subject=swarm.subject,
            summary=f"{swarm.swarm} does not lock its managers: their disks hold the keys to its secrets.",
            evidence=(swarm.evidence("GET /info Swarm.Cluster.Spec.EncryptionConfig.AutoLockManagers", "false"),),
        )
