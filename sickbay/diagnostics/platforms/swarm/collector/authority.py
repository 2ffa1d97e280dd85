"""Until when the certificate of a swarm's own authority holds: every node is trusted by it."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from cryptography import x509

from sickbay.diagnostics.platforms.swarm.wire.cluster import Info


def ends(info: Info | None) -> datetime | None:
    """Give when the authority's certificate runs out, or nothing where none is told that can be read.

    While the authority is being replaced there are two: the one that holds longer counts.
    """
    return max((certificate.not_valid_after_utc for certificate in _certificates(info)), default=None)


def began(info: Info | None) -> datetime | None:
    """Give since when the authority's latest certificate holds, or nothing where none is told that can be read."""
    return max((certificate.not_valid_before_utc for certificate in _certificates(info)), default=None)


def _certificates(info: Info | None) -> Sequence[x509.Certificate]:
    pem = info.swarm.cluster.tls_info.trust_root if info and info.swarm.cluster else ""
    with suppress(ValueError):
        return x509.load_pem_x509_certificates(pem.encode())
    return ()
