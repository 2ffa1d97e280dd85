"""Until when the certificate of a swarm's own authority holds: every node is trusted by it."""

from contextlib import suppress
from datetime import datetime

from cryptography import x509

from sickbay.diagnostics.platforms.swarm.wire.cluster import Info


def ends(info: Info | None) -> datetime | None:
    """Give when the authority's certificate runs out, or nothing where none is told that can be read.

    While the authority is being replaced there are two: the one that holds longer counts.
    """
    pem = info.swarm.cluster.tls_info.trust_root if info and info.swarm.cluster else ""
    with suppress(ValueError):
        return max(certificate.not_valid_after_utc for certificate in x509.load_pem_x509_certificates(pem.encode()))
    return None
