"""Registries of this machine's docker-registry, one of each kind for a module."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.integration.docker.certificates import Authority
from tests.integration.registry.lab import BINARY, Process, Registry
from tests.integration.registry.token_server import ISSUER, SERVICE, TokenServer

USER, PASSWORD = "ci", "hunter2hunter2"
#: bcrypt of the password, as `htpasswd -B` writes it: the registry takes no other.
_HASHED = "$2b$04$2xIQB2fHPA7ZjxOPmyfaYedonagpXSfTcOIjfXgJBclP0BvSiai0K"
LONG = timedelta(days=60)


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory for registries, where they can be run at all."""
    if BINARY is None:
        pytest.skip("no docker-registry (Debian's package docker-registry)")
    return tmp_path_factory.mktemp("registries")


@pytest.fixture(scope="session")
def authority(place: Path) -> Authority:
    """An authority that signs certificates for 127.0.0.1."""
    return Authority(place, "authority")


@pytest.fixture(scope="module")
def plain(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry over plain HTTP, open to all, with an image and an index."""
    with Process(tmp_path_factory.mktemp("plain")) as process:
        process.registry.push("shop/web", "1.0")
        process.registry.push_index("shop/web", "2.0", ["linux/amd64", "linux/arm64"])
        yield process.registry


@pytest.fixture(scope="module")
def guarded(place: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry that lets in the user of an htpasswd file alone."""
    directory = tmp_path_factory.mktemp("guarded")
    (directory / "htpasswd").write_text(f"{USER}:{_HASHED}\n")
    auth = {"htpasswd": {"realm": "lab", "path": str(directory / "htpasswd")}}
    with Process(directory, auth=auth, login=(USER, PASSWORD)) as process:
        process.registry.push("shop/web", "1.0")
        yield process.registry


@pytest.fixture(scope="module")
def tokened(authority: Authority, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry that wants tokens: all may pull but what lies under private/."""
    directory = tmp_path_factory.mktemp("tokened")
    with TokenServer(authority.sign("token"), USER, PASSWORD) as server:
        auth = {
            "token": {
                "realm": server.realm, "service": SERVICE, "issuer": ISSUER, "rootcertbundle": str(authority.path)
            }
        }  # fmt: skip
        with Process(directory, auth=auth) as process:
            names = ("public/web", "private/web")
            grants = [{"type": "repository", "name": name, "actions": ["pull", "push"]} for name in names]
            may_push = Registry(
                process.registry.url, process.registry.name, process.registry.port, f"Bearer {server.token(grants)}"
            )
            for name in names:
                may_push.push(name, "1")
            yield process.registry
