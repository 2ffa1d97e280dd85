"""A token endpoint of Microsoft Entra ID as azure-identity meets it: over TLS, with its own discovery document."""

import json
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.unit.diagnostics.platforms import loopback
from tests.unit.diagnostics.platforms.loopback import Loopback

Answer = Callable[["Handler"], None]
TENANT = "22222222-3333-4444-5555-666666666666"


class Handler(loopback.Handler):
    """One connection to the endpoint."""

    def __init__(self, endpoint: "TokenEndpoint", *connection: Any) -> None:
        self.endpoint = endpoint
        super().__init__(*connection)

    def do_GET(self) -> None:
        url = f"{self.endpoint.url}/{TENANT}"
        self.tell(200, {"token_endpoint": f"{url}/oauth2/v2.0/token", "issuer": f"{url}/v2.0",
                        "authorization_endpoint": f"{url}/oauth2/v2.0/authorize"})  # fmt: skip

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.endpoint.answer(self)

    def tell(self, status: int, body: object) -> None:
        """Send JSON."""
        self.send(status, json.dumps(body).encode())


class TokenEndpoint(Loopback):
    """A context manager; `certificate` is the one to trust, `url` the authority."""

    def __init__(self, directory: Path, answer: Answer) -> None:
        self.answer = answer
        self.certificate = directory / "authority.pem"
        key = directory / "authority-key.pem"
        _certify(self.certificate, key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        super().__init__(partial(Handler, self), tls=context)


def refusing(description: str, error: str = "invalid_client") -> Answer:
    """Refuse as Microsoft Entra ID does."""
    return lambda handler: handler.tell(401, {"error": error, "error_description": description})


def _certify(certificate: Path, key: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "authority of a test")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(private, hashes.SHA256())
    )
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    key.write_bytes(
        private.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
