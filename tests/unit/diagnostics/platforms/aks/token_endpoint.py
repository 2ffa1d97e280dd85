"""A token endpoint of Microsoft Entra ID as azure-identity meets it: over TLS, with its own discovery document."""

import json
import ssl
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

Answer = Callable[["Handler"], None]
TENANT = "22222222-3333-4444-5555-666666666666"


class Handler(BaseHTTPRequestHandler):
    """One connection to the endpoint."""

    server: "_Server"

    def do_GET(self) -> None:
        url = f"https://127.0.0.1:{self.server.server_address[1]}/{TENANT}"
        self.send(200, {"token_endpoint": f"{url}/oauth2/v2.0/token", "issuer": f"{url}/v2.0",
                        "authorization_endpoint": f"{url}/oauth2/v2.0/authorize"})  # fmt: skip

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.answer(self)

    def send(self, status: int, body: object) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    answer: Answer

    def handle_error(self, *_: object) -> None:
        """Clients of a test may leave at any time."""


class TokenEndpoint:
    """A context manager; `certificate` is the one to trust, `address` the authority."""

    def __init__(self, directory: Path, answer: Answer) -> None:
        self.certificate = directory / "authority.pem"
        key = directory / "authority-key.pem"
        _certify(self.certificate, key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, key)
        self._server = _Server(("127.0.0.1", 0), Handler)
        self._server.answer = answer
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.address = f"https://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


def refusing(description: str, error: str = "invalid_client") -> Answer:
    """Refuse as Microsoft Entra ID does."""
    return lambda handler: handler.send(401, {"error": error, "error_description": description})


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
