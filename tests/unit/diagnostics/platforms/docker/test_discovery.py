"""The engine of this machine is found where the docker command would find it."""

import hashlib
import json
from pathlib import Path

import pytest

from sickbay.diagnostics.platforms.docker.discovery import find_local
from sickbay.diagnostics.platforms.docker.target import DockerTarget


def _touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def _context(home: Path, name: str, host: str) -> Path:
    """Write a context as `docker context create` does and return the directory of its certificates."""
    key = hashlib.sha256(name.encode()).hexdigest()
    meta = _touch(home / ".docker/contexts/meta" / key / "meta.json")
    meta.write_text(json.dumps({"Name": name, "Endpoints": {"docker": {"Host": host}}}))
    return home / ".docker/contexts/tls" / key / "docker"


def test_nothing_there(tmp_path: Path) -> None:
    """A machine without any engine has no local target."""
    assert find_local({"HOME": str(tmp_path)}, root=tmp_path) is None


def test_address_from_the_environment(tmp_path: Path) -> None:
    """DOCKER_HOST wins over every socket, and is not looked at further."""
    _touch(tmp_path / "var/run/docker.sock")

    found = find_local({"DOCKER_HOST": "unix:///elsewhere.sock"}, root=tmp_path)

    assert found == DockerTarget(name="local", host="unix:///elsewhere.sock")


@pytest.mark.parametrize(
    ("host", "verify", "expected"),
    [
        ("tcp://h:2375", "", "tcp://h:2375"),
        ("tcp://h", "", "tcp://h:2375"),
        ("tcp://h", "1", "tcp://h:2376"),
        ("ssh://me@h", "", "ssh://me@h"),
    ],
)
def test_ports_that_are_left_out(host: str, verify: str, expected: str, tmp_path: Path) -> None:
    """Without a port the docker command assumes 2375, and 2376 with TLS."""
    found = find_local({"DOCKER_HOST": host, "DOCKER_TLS_VERIFY": verify, "HOME": str(tmp_path)})

    assert found is not None
    assert found.host == expected


def test_certificates_from_the_environment(tmp_path: Path) -> None:
    """DOCKER_TLS_VERIFY brings the certificates of DOCKER_CERT_PATH."""
    for name in ("ca.pem", "cert.pem", "key.pem"):
        _touch(tmp_path / name)
    environ = {"DOCKER_HOST": "tcp://h:2376", "DOCKER_TLS_VERIFY": "1", "DOCKER_CERT_PATH": str(tmp_path)}

    found = find_local(environ)

    assert found is not None
    assert found.tls is not None
    assert (found.tls.ca, found.tls.certificate) == (tmp_path / "ca.pem", tmp_path / "cert.pem")


@pytest.mark.parametrize("host", ["npipe:////./pipe/docker_engine", "nonsense", "unix://relative"])
def test_address_that_cannot_be_used(host: str) -> None:
    """An address that is no engine's is refused, not skipped: the user set it."""
    with pytest.raises(ValueError, match="host"):
        find_local({"DOCKER_HOST": host})


def test_current_context(tmp_path: Path) -> None:
    """The context that `docker context use` chose is the engine, with the certificates filed with it."""
    certificates = _context(tmp_path, "far", "tcp://far:2376")
    _touch(certificates / "ca.pem")
    (tmp_path / ".docker/config.json").write_text('{"currentContext": "far", "auths": {}}')

    found = find_local({"HOME": str(tmp_path)}, root=tmp_path)

    assert found is not None
    assert found.host == "tcp://far:2376"
    assert found.tls is not None
    assert found.tls.ca == certificates / "ca.pem"


def test_context_of_the_environment_wins(tmp_path: Path) -> None:
    """DOCKER_CONTEXT names another context than the current one, DOCKER_CONFIG another directory."""
    _context(tmp_path, "near", "unix:///near.sock")
    environ = {"DOCKER_CONFIG": str(tmp_path / ".docker"), "DOCKER_CONTEXT": "near"}

    found = find_local(environ, root=tmp_path)

    assert found is not None
    assert found.host == "unix:///near.sock"


@pytest.mark.parametrize("settings", ['{"currentContext": "gone"}', '{"currentContext": "default"}', "{broken", "[]"])
def test_settings_without_a_usable_context(settings: str, tmp_path: Path) -> None:
    """A context that is gone, the default one, and a broken file all leave the default sockets."""
    socket = _touch(tmp_path / "var/run/docker.sock")
    _touch(tmp_path / ".docker/config.json").write_text(settings)

    found = find_local({"HOME": str(tmp_path)}, root=tmp_path)

    assert found is not None
    assert found.host == f"unix://{socket}"


@pytest.mark.parametrize(
    "socket",
    [
        "run/user/docker.sock",
        "home/.docker/run/docker.sock",
        "home/.docker/desktop/docker.sock",
        "home/.colima/default/docker.sock",
        "home/.orbstack/run/docker.sock",
        "home/.rd/docker.sock",
        "run/podman/podman.sock",
        "run/user/podman/podman.sock",
    ],
)
def test_other_sockets(socket: str, tmp_path: Path) -> None:
    """Rootless Docker, the desktops' engines and Podman are found at their usual places."""
    there = _touch(tmp_path / socket)
    environ = {"HOME": str(tmp_path / "home"), "XDG_RUNTIME_DIR": str(tmp_path / "run/user")}

    found = find_local(environ, root=tmp_path)

    assert found is not None
    assert found.host == f"unix://{there}"


def test_dockers_socket_before_podmans(tmp_path: Path) -> None:
    """Where both run, Docker's is meant."""
    _touch(tmp_path / "run/podman/podman.sock")
    _touch(tmp_path / "var/run/docker.sock")

    found = find_local({}, root=tmp_path)

    assert found is not None
    assert found.host.endswith("docker.sock")
