"""Until when a swarm's authority holds is read from the certificates that its nodes trust."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from msgspec.structs import replace

from sickbay.diagnostics.platforms.swarm.collector.authority import ends
from sickbay.diagnostics.platforms.swarm.wire.cluster import Cluster, Info, Membership, Trust

SOON, LATER = datetime(2026, 12, 1, tzinfo=UTC), datetime(2046, 12, 1, tzinfo=UTC)


def certificate(until: datetime) -> str:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    built = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(until - timedelta(days=365))
        .not_valid_after(until)
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(Encoding.PEM).decode()


def trusting(pem: str) -> Info:
    return Info(swarm=Membership(cluster=replace(Cluster(), tls_info=Trust(trust_root=pem))))


def test_the_end_of_the_certificate_is_read() -> None:
    """Given one certificate, then its end is told; of two, while one is replaced, the later end."""
    assert ends(trusting(certificate(SOON))) == SOON
    assert ends(trusting(certificate(SOON) + certificate(LATER))) == LATER


@pytest.mark.parametrize("info", [None, Info(), trusting(""), trusting("-----BEGIN CERTIFICATE-----\nno\n")])
def test_what_is_no_certificate_tells_nothing(info: Info | None) -> None:
    """Given no certificate, or none that can be read, then nothing is told of its end."""
    assert ends(info) is None
