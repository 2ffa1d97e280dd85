"""The registry's certificate is not accepted, or soon will not be."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.registry.certificates import facts, trouble_of
from sickbay.diagnostics.platforms.registry.snapshot import Snapshot
from sickbay.diagnostics.platforms.registry.symptoms import PULLS


@check(
    "REG-102",
    title="Registry's certificate",
    severity=Severity.HIGH,
    remedy="Renew the certificate; where its authority is your own, give it to each host that pulls.",
    explains=PULLS,
)
def certificate(registry: Snapshot) -> Iterator[Finding]:
    """Engines refuse the registry's certificate or will soon, or one side speaks TLS and the other plain HTTP.

    Expired, not yet valid, for other names, or of an authority that is not known: each is read from the handshake, and
    the dates and names from the certificate itself, trusted or not. One that holds for less than 14 days (or a third of
    its life, where that is less) is told before it hurts. A registry over plain HTTP must be named in each engine's
    `insecure-registries`; better, give it a certificate. Its authority goes under /etc/docker/certs.d/HOST/ca.crt.
    """
    trouble = trouble_of(registry)
    if trouble is not None:
        yield Finding(
            subject=registry.subject,
            summary=trouble.says,
            evidence=facts(registry),
            remedy=Remedy(text=trouble.cure),
            last_seen=registry.taken_at,
        )
