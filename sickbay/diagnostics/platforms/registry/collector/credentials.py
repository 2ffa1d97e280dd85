"""What the target's files have to log in with, and until when it holds where it says so itself.

Credential helpers are not run: a diagnosis starts no programs. The secret leaves this package in a header alone.
"""

import base64
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from sickbay.diagnostics.platforms.registry.references import DOCKER_HUB
from sickbay.diagnostics.platforms.registry.snapshot import Credentials
from sickbay.diagnostics.platforms.registry.target import RegistryTarget
from sickbay.diagnostics.platforms.registry.wire import Claims, DockerConfig, DockerLogin, EcrToken

#: What Docker's config.json calls Docker Hub.
_HUB_KEYS = frozenset({DOCKER_HUB, "index.docker.io", "registry-1.docker.io"})
#: The user that stands for an Azure token.
_AZURE_USER = "00000000-0000-0000-0000-000000000000"
_ECR_USER = "AWS"
#: Bytes read of a file.
_LONGEST = 1024 * 1024


class CredentialsError(Exception):
    """Raised when the files have nothing to log in with; the message says why, without what is in them."""


class Login(msgspec.Struct, frozen=True):
    """A user and a secret, and what may be told of them."""

    username: str
    secret: str
    facts: Credentials

    @property
    def basic(self) -> str:
        """Give the value of the Authorization header."""
        return "Basic " + base64.b64encode(f"{self.username}:{self.secret}".encode()).decode()


def read_login(target: RegistryTarget) -> Login | None:
    """Give what the target logs in with, or nothing where it has no credentials. Raises CredentialsError."""
    if target.username is not None and target.password_file is not None:
        secret = _read(target.password_file).decode(errors="replace").strip()
        return _login(target.username, secret, "password_file")
    if target.docker_config is None:
        return None
    try:
        config = msgspec.json.decode(_read(target.docker_config), type=DockerConfig)
    except msgspec.DecodeError:
        raise CredentialsError("docker_config is no config.json of Docker's") from None
    for key, login in config.auths.items():
        if _same(key, target.registry) and (found := _of_docker(login)):
            return found
    helper = next(
        (name for key, name in config.cred_helpers.items() if _same(key, target.registry)), config.creds_store
    )
    if helper:
        raise CredentialsError(f"docker_config keeps them in the helper {helper!r}, which Sickbay does not run")
    raise CredentialsError(f"docker_config has none for {target.registry}")


def claims_of(token: str) -> Claims:
    """Give what a JSON Web Token says of itself; nothing of a token of another kind."""
    parts = token.split(".")
    if len(parts) == 3:
        try:
            return msgspec.json.decode(base64.urlsafe_b64decode(parts[1] + "=="), type=Claims)
        except (ValueError, msgspec.DecodeError):
            pass
    return Claims()


def _of_docker(login: DockerLogin) -> Login | None:
    username, password = login.username, login.password
    if login.auth:
        try:
            username, _, password = base64.b64decode(login.auth).decode().partition(":")
        except ValueError:
            raise CredentialsError("docker_config has an auth that is not base64 of name:password") from None
    secret = login.identitytoken or password.rstrip("\0")
    return _login(username, secret, "docker_config") if username and secret else None


def _login(username: str, secret: str, source: str) -> Login:
    kind, expires = "", 0.0
    if username == _ECR_USER:
        kind, expires = "Amazon ECR", _ecr_expiration(secret)
    else:
        expires = claims_of(secret).exp
        kind = "Azure" if username == _AZURE_USER else ""
    facts = Credentials(source=source, username=username, kind=kind, expires_at=_moment(expires))
    return Login(username, secret, facts)


def _ecr_expiration(secret: str) -> float:
    try:
        return msgspec.json.decode(base64.b64decode(secret), type=EcrToken).expiration
    except (ValueError, msgspec.DecodeError):
        return 0.0


def _moment(seconds: float) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if seconds > 0 else None
    except (OverflowError, ValueError, OSError):
        return None


def _same(key: str, registry: str) -> bool:
    try:
        host = urlsplit(key if "://" in key else f"//{key}").netloc.lower()
    except ValueError:
        return False
    return host == registry or (registry == DOCKER_HUB and host in _HUB_KEYS)


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(_LONGEST)
    except OSError as error:
        raise CredentialsError(f"{file.name} cannot be read: {error.strerror}") from error
