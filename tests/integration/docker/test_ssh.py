"""A real engine over SSH to a real sshd of this machine, on loopback, with keys of its own."""

import getpass
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sickbay.diagnostics.budget import Budget
from sickbay.diagnostics.platforms.docker.collector import collect
from sickbay.diagnostics.platforms.docker.snapshot import Obstacle, Unreachable
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.targets import Request
from tests.integration.docker.lab import Lab, finding, snapshot_of
from tests.integration.docker.watched import watching

pytestmark = [pytest.mark.docker, pytest.mark.sshd]


def _make_key(path: Path) -> str:
    """Write a private key, and give the line of its public key."""
    key = Ed25519PrivateKey.generate()
    path.touch(mode=0o600)
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption())
    )
    return key.public_key().public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH).decode()


class Sshd:
    """An sshd on a port of its own, and the client's home directory with what lets it in."""

    def __init__(self, directory: Path, environment: str) -> None:
        self.home = directory / "home"
        (self.home / ".ssh").mkdir(parents=True)
        self.authorized = directory / "authorized_keys"
        self.authorized.write_text(_make_key(self.home / ".ssh" / "id_ed25519") + "\n")
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self._host_key = _make_key(directory / "host_key")
        self.know(self._host_key)
        (directory / "sshd_config").write_text(
            f"ListenAddress 127.0.0.1:{self.port}\nHostKey {directory}/host_key\nPidFile none\nStrictModes no\n"
            f"AuthorizedKeysFile {self.authorized}\nUsePAM no\nPasswordAuthentication no\n"
            f"KbdInteractiveAuthentication no\nSetEnv {environment}\n"
        )
        self._log = directory / "sshd.log"
        self._process = subprocess.Popen(
            [shutil.which("sshd", path="/usr/sbin:/usr/bin") or "sshd", "-D", "-f", str(directory / "sshd_config"),
             "-E", str(self._log)]
        )  # fmt: skip
        self._await_banner()

    @property
    def target(self) -> DockerTarget:
        """The engine behind this sshd."""
        return DockerTarget(name="remote", host=f"ssh://{getpass.getuser()}@127.0.0.1:{self.port}")

    def know(self, key: str) -> None:
        """Write this as the server's key, the only one that the client knows."""
        (self.home / ".ssh" / "known_hosts").write_text(f"[127.0.0.1]:{self.port} {key}\n")

    def stop(self) -> None:
        """End the server."""
        self._process.terminate()
        self._process.wait(10)

    def _await_banner(self) -> None:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1) as link:
                    if link.recv(4) == b"SSH-":
                        return
            except OSError:
                time.sleep(0.05)
        raise AssertionError(f"sshd does not answer: {self._log.read_text()}")


@pytest.fixture
def environment(engine: DockerTarget) -> str:
    """What is set where the client logs in: a docker command that finds the engine."""
    return f"DOCKER_HOST={engine.host}"


@pytest.fixture
def sshd(environment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Sshd]:
    """A running sshd, while HOME is its client's."""
    if shutil.which("sshd", path="/usr/sbin:/usr/bin") is None:
        pytest.skip("no sshd on this machine (Debian's package openssh-server)")
    if shutil.which("docker") is None:
        pytest.skip("no docker command on this machine, which SSH needs at its far end")
    Path("/run/sshd").mkdir(exist_ok=True)
    server = Sshd(tmp_path, environment)
    monkeypatch.setenv("HOME", str(server.home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    yield server
    server.stop()


def _unreachable(target: DockerTarget) -> Unreachable:
    snapshot = collect(target, Request(), Budget(20), lambda _step: None)
    assert snapshot.looked_at() == {}
    assert snapshot.unreachable is not None
    return snapshot.unreachable


def test_read_over_ssh(lab: Lab, sshd: Sshd) -> None:
    """Given more containers than sshd allows sessions, when they are diagnosed over SSH, then all is read."""
    project = lab.name("shop")
    for number in range(12):
        lab.compose(project, f"web-{number}", "sleep", "3600", stop_signal="SIGKILL")
    job = lab.compose(project, "job", "sh", "-c", "echo out of luck; exit 3")
    lab.until_exited(job)
    lab.target = sshd.target

    diagnosis = lab.diagnose(project)

    assert diagnosis.report.gaps == ()
    assert "out of luck" in finding(diagnosis.report, "DKR-C101").summary
    read = snapshot_of(diagnosis).containers
    assert sorted(len(container.samples) for container in read) == [0] + [2] * 12


def test_watched_over_ssh(lab: Lab, sshd: Sshd) -> None:
    """Given an engine behind SSH, then what happens is told as it does, and the watch ends when told to."""
    with watching(sshd.target) as watched:
        job = lab.run("job", "true")
        assert watched.about(f"container/{job.name}", "died").after == "0"

        assert watched.stop() < 10


def test_unknown_host_key(sshd: Sshd) -> None:
    """Given a server whose key is not in known_hosts, then nothing is sent to it, and the file is named."""
    (sshd.home / ".ssh" / "known_hosts").write_text("")

    found = _unreachable(sshd.target)

    assert found.obstacle is Obstacle.SSH
    assert "not found in known_hosts" in found.message


def test_changed_host_key(sshd: Sshd, tmp_path: Path) -> None:
    """Given a server whose key differs from the one in known_hosts, then it is refused."""
    sshd.know(_make_key(tmp_path / "another"))

    found = _unreachable(sshd.target)

    assert found.obstacle is Obstacle.SSH
    assert "host key" in found.message.lower()


def test_key_that_is_refused(sshd: Sshd, tmp_path: Path) -> None:
    """Given a key that the server does not know, then the authentication is what failed."""
    sshd.authorized.write_text(_make_key(tmp_path / "another") + "\n")

    found = _unreachable(sshd.target)

    assert found.obstacle is Obstacle.SSH
    assert "authentication" in found.message.lower()


def test_no_key_at_all(sshd: Sshd) -> None:
    """Given a client without any key, then that is what failed."""
    (sshd.home / ".ssh" / "id_ed25519").unlink()

    found = _unreachable(sshd.target)

    assert found.obstacle is Obstacle.SSH
    assert "authentication" in found.message.lower()


def test_no_server(sshd: Sshd) -> None:
    """Given no sshd on that port, then the connection is refused."""
    sshd.stop()

    assert _unreachable(sshd.target).obstacle is Obstacle.REFUSED


def test_server_that_never_answers() -> None:
    """Given a port that accepts and never speaks SSH, then it ends within the budget."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        target = DockerTarget(name="remote", host=f"ssh://nobody@127.0.0.1:{server.getsockname()[1]}")
        began = time.monotonic()
        snapshot = collect(target, Request(), Budget(1), lambda _step: None)

    assert time.monotonic() - began < 4
    assert snapshot.unreachable is not None
    assert snapshot.unreachable.obstacle in {Obstacle.SSH, Obstacle.TIMEOUT}


class TestWithoutDocker:
    """The far end has no docker command."""

    @pytest.fixture
    def environment(self, tmp_path: Path) -> str:
        """A place in which no command is found."""
        return f"PATH={tmp_path}"

    def test_is_said(self, sshd: Sshd) -> None:
        """Given a server without a docker command, then it is asked whether it is installed there."""
        found = _unreachable(sshd.target)

        assert found.obstacle is Obstacle.SSH
        assert "is the docker command installed there" in found.message


class TestWithoutAnEngine:
    """The far end's docker command finds no engine."""

    @pytest.fixture
    def environment(self, tmp_path: Path) -> str:
        """An address at which there is none."""
        return f"DOCKER_HOST=unix://{tmp_path}/none.sock"

    def test_is_said(self, sshd: Sshd) -> None:
        """Given a docker command that reaches no engine, then it is asked whether this user may use it."""
        found = _unreachable(sshd.target)

        assert found.obstacle is Obstacle.SSH
        assert "may this user use its engine" in found.message
