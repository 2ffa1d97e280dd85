"""A real engine behind TLS: read with the right certificates, and told apart which of them is wrong."""

import socket
import ssl
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.docker.collector import collect
from sickbay.diagnostics.platforms.docker.snapshot import Obstacle, Snapshot, Unreachable
from sickbay.diagnostics.platforms.docker.target import DockerTarget, TlsFiles
from sickbay.diagnostics.targets import Request
from tests.integration.docker.certificates import Authority, Pair
from tests.integration.docker.lab import Lab, finding
from tests.integration.docker.relay import Relay
from tests.integration.docker.watched import watching

pytestmark = pytest.mark.docker


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """The authority that the engine and its clients trust."""
    return Authority(tmp_path_factory.mktemp("authority"), "authority")


@pytest.fixture(scope="module")
def client(authority: Authority) -> Pair:
    """A certificate that the engine accepts from its clients."""
    return authority.sign("client")


@pytest.fixture
def server(authority: Authority) -> Pair:
    """The engine's certificate, valid unless a test says otherwise."""
    return authority.sign("server")


@pytest.fixture
def port(engine: DockerTarget, authority: Authority, server: Pair) -> Iterator[int]:
    """The port of a real engine behind TLS that asks for client certificates."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(server.certificate, server.key)
    context.load_verify_locations(authority.path)
    context.verify_mode = ssl.CERT_REQUIRED
    with Relay(socket.create_server(("127.0.0.1", 0)), engine.host, context) as relay:
        yield relay.port


def _target(port: int, ca: Path | None, pair: Pair | None) -> DockerTarget:
    files = TlsFiles(ca=ca, certificate=pair.certificate if pair else None, key=pair.key if pair else None)
    return DockerTarget(name="remote", host=f"tcp://127.0.0.1:{port}", tls=files)


def _read(target: DockerTarget) -> Snapshot:
    return collect(target, Request(), Budget(20), lambda _step: None)


def _unreachable(target: DockerTarget) -> Unreachable:
    snapshot = _read(target)
    assert snapshot.looked_at() == {}
    assert snapshot.unreachable is not None
    return snapshot.unreachable


def test_read_through_tls(lab: Lab, port: int, authority: Authority, client: Pair) -> None:
    """Given the right certificates, when a container is diagnosed through TLS, then all of it is read."""
    job = lab.run("job", "sh", "-c", "echo out of luck; exit 3")
    lab.until_exited(job)
    lab.target = _target(port, authority.path, client)

    report = lab.diagnose(job.name).report

    assert "out of luck" in finding(report, "DKR-C101").summary
    assert report.gaps == ()


def test_watched_through_tls(lab: Lab, port: int, authority: Authority, client: Pair) -> None:
    """Given the right certificates, then what happens is told as it does, and the watch ends when told to."""
    with watching(_target(port, authority.path, client)) as watched:
        job = lab.run("job", "true")
        assert watched.about(f"container/{job.name}", "died").after == "0"

        assert watched.stop() < 10


def test_authority_that_is_not_ours(port: int, client: Pair, tmp_path: Path) -> None:
    """Given an authority that did not sign the engine's certificate, then that is said."""
    stranger = Authority(tmp_path, "stranger")

    found = _unreachable(_target(port, stranger.path, client))

    assert found.obstacle is Obstacle.TLS
    assert found.message.startswith("the engine's certificate is not accepted: ")


class TestExpired:
    """The engine's certificate has expired."""

    @pytest.fixture
    def server(self, authority: Authority) -> Pair:
        """A certificate that ended yesterday."""
        return authority.sign("expired", lasts=timedelta(days=-1))

    def test_is_said(self, port: int, authority: Authority, client: Pair) -> None:
        """Given a certificate that ended yesterday, then that is said."""
        found = _unreachable(_target(port, authority.path, client))

        assert found.obstacle is Obstacle.TLS
        assert found.message == "the engine's certificate is not accepted: certificate has expired"


class TestAnotherHost:
    """The engine's certificate was made for another host."""

    @pytest.fixture
    def server(self, authority: Authority) -> Pair:
        """A certificate for another address."""
        return authority.sign("elsewhere", address="192.0.2.7")

    def test_is_said(self, port: int, authority: Authority, client: Pair) -> None:
        """Given a certificate for another address, then the address is named."""
        found = _unreachable(_target(port, authority.path, client))

        assert found.obstacle is Obstacle.TLS
        assert "certificate is not valid for '127.0.0.1'" in found.message


def test_no_client_certificate(port: int, authority: Authority) -> None:
    """Given an engine that asks for a client's certificate, when there is none, then that is said."""
    found = _unreachable(_target(port, authority.path, None))

    assert found.obstacle is Obstacle.TLS
    assert found.message == "the engine wants a client certificate: give certificate and key under `tls`"


def test_client_certificate_that_is_refused(port: int, authority: Authority, tmp_path: Path) -> None:
    """Given a client's certificate of another authority, then it is said that the engine refuses it."""
    found = _unreachable(_target(port, authority.path, Authority(tmp_path, "stranger").sign("client")))

    assert found.obstacle is Obstacle.TLS
    assert found.message == "the engine does not accept the client certificate: check certificate and key under `tls`"


def test_no_tls_on_that_port(engine: DockerTarget, authority: Authority, client: Pair) -> None:
    """Given an engine on a plain port, when it is to be read with TLS, then it is said that it speaks none."""
    with Relay(socket.create_server(("127.0.0.1", 0)), engine.host) as relay:
        found = _unreachable(_target(relay.port, authority.path, client))

    assert found.obstacle is Obstacle.TLS
    assert found.message == "what answers on that port does not speak TLS"


def test_connection_ended_in_the_handshake(authority: Authority, client: Pair) -> None:
    """Given a connection that is reset, as when a refused client's alert is lost, then certificates are suspected."""

    def reset(server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                connection.recv(1)
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=reset, args=(server,), daemon=True).start()
        found = _unreachable(_target(server.getsockname()[1], authority.path, client))

    assert found.obstacle is Obstacle.TLS
    assert "do not accept the client certificate" in found.message


def test_files_that_are_missing(authority: Authority, tmp_path: Path) -> None:
    """Given paths to certificates that are not there, then that is an obstacle of TLS that names the file."""
    nowhere = Pair(tmp_path / "cert.pem", tmp_path / "key.pem")

    found = _unreachable(_target(1, authority.path, nowhere))

    assert found == Unreachable(obstacle=Obstacle.TLS, message=f"{nowhere.certificate}: No such file or directory")


@pytest.mark.parametrize("name", ["ca.pem", "cert.pem"])
def test_files_that_are_no_certificates(authority: Authority, client: Pair, tmp_path: Path, name: str) -> None:
    """Given a file that holds no certificate, then that is an obstacle of TLS that names the file."""
    wrong = tmp_path / name
    wrong.write_text("not PEM")
    pair = client if name == "ca.pem" else Pair(wrong, client.key)

    found = _unreachable(_target(1, wrong if name == "ca.pem" else authority.path, pair))

    assert found.obstacle is Obstacle.TLS
    assert found.message.startswith(f"{wrong}: not a PEM certificate")


def test_key_with_a_password(authority: Authority, client: Pair, tmp_path: Path) -> None:
    """Given a key that needs a password, then that is said, and nobody is asked for it on a terminal."""
    key = serialization.load_pem_private_key(client.key.read_bytes(), None)
    locked = tmp_path / "key.pem"
    locked.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"correct horse"),
        )
    )

    found = _unreachable(_target(1, authority.path, Pair(client.certificate, locked)))

    assert found.obstacle is Obstacle.TLS
    assert "the key has a password" in found.message
