"""Find the Docker engine of this machine the way the docker command does, and Podman's socket after it.

Only looks at files and at the environment it is given. A socket that exists is enough: whether it may be used, and
whether an engine answers there, is for the diagnosis to tell.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeVar

import msgspec

from sickbay.diagnostics.platforms.docker.target import DockerTarget, TlsFiles

S = TypeVar("S", bound=msgspec.Struct)

LOCAL = "local"
#: Ports that the docker command assumes, without and with TLS.
_PORT, _TLS_PORT = 2375, 2376
#: Sockets in the order in which they are tried. Docker's own first, then Docker Desktop, Colima, OrbStack and Rancher
#: Desktop in the home directory, then Podman's.
_SYSTEM_SOCKET = "var/run/docker.sock"
_HOME_SOCKETS = (
    ".docker/run/docker.sock",
    ".docker/desktop/docker.sock",
    ".colima/default/docker.sock",
    ".orbstack/run/docker.sock",
    ".rd/docker.sock",
)
_PODMAN_SOCKET = "podman/podman.sock"


class _Endpoint(msgspec.Struct, rename="pascal"):
    host: str = ""


class _Context(msgspec.Struct, rename="pascal"):
    endpoints: Mapping[str, _Endpoint] = {}


class _Settings(msgspec.Struct, rename={"current_context": "currentContext"}):
    current_context: str = ""


def find_local(environ: Mapping[str, str], *, root: Path = Path("/")) -> DockerTarget | None:
    """Give the engine that `docker` would talk to as the target `local`, or Podman's, or None.

    `root` is where absolute paths of sockets start. Raises ValueError (pydantic's, naming the field) when DOCKER_HOST
    or the current context hold an address that cannot be used.
    """
    if host := environ.get("DOCKER_HOST", ""):
        return _by_address(host, _tls_by_environment(environ))
    if found := _by_context(environ):
        return found
    for socket in _sockets(environ, root):
        if _is_there(socket):
            return DockerTarget(name=LOCAL, host=f"unix://{socket}")
    return None


def _by_address(host: str, tls: TlsFiles | None) -> DockerTarget:
    scheme, _, address = host.partition("://")
    if scheme == "tcp":
        address = address.rstrip("/")
        if ":" not in address.rpartition("]")[2]:
            address += f":{_TLS_PORT if tls else _PORT}"
        return DockerTarget(name=LOCAL, host=f"tcp://{address}", tls=tls)
    return DockerTarget(name=LOCAL, host=host)


def _tls_by_environment(environ: Mapping[str, str]) -> TlsFiles | None:
    if not environ.get("DOCKER_TLS_VERIFY"):
        return None
    return _tls_files(Path(environ.get("DOCKER_CERT_PATH") or _docker_directory(environ))) or TlsFiles()


def _by_context(environ: Mapping[str, str]) -> DockerTarget | None:
    directory = _docker_directory(environ)
    name = environ.get("DOCKER_CONTEXT") or _read(directory / "config.json", _Settings()).current_context
    if not name or name == "default":
        return None
    # The docker command files contexts under the hash of their name.
    key = hashlib.sha256(name.encode()).hexdigest()
    context = _read(directory / "contexts/meta" / key / "meta.json", _Context())
    endpoint = context.endpoints.get("docker")
    if endpoint is None or not endpoint.host:
        return None
    return _by_address(endpoint.host, _tls_files(directory / "contexts/tls" / key / "docker"))


def _tls_files(directory: Path) -> TlsFiles | None:
    ca, certificate, key = (directory / name for name in ("ca.pem", "cert.pem", "key.pem"))
    pair = _is_there(certificate) and _is_there(key)
    if not pair and not _is_there(ca):
        return None
    return TlsFiles(
        ca=ca if _is_there(ca) else None, certificate=certificate if pair else None, key=key if pair else None
    )


def _sockets(environ: Mapping[str, str], root: Path) -> Iterator[Path]:
    home, runtime = environ.get("HOME"), environ.get("XDG_RUNTIME_DIR")
    yield root / _SYSTEM_SOCKET
    if runtime:
        yield Path(runtime) / "docker.sock"
    if home:
        yield from (Path(home) / socket for socket in _HOME_SOCKETS)
    yield root / "run" / _PODMAN_SOCKET
    if runtime:
        yield Path(runtime) / _PODMAN_SOCKET


def _docker_directory(environ: Mapping[str, str]) -> Path:
    return Path(environ.get("DOCKER_CONFIG") or Path(environ.get("HOME", "/")) / ".docker")


def _is_there(path: Path) -> bool:
    """Say whether the file can be seen; Podman's directory, for one, is closed to all but root."""
    try:
        return path.exists()
    except PermissionError:
        return False


def _read(path: Path, default: S) -> S:
    """Give the file's content in the default's shape, or the default where it is missing or not to be read."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=type(default))
    except (OSError, msgspec.DecodeError):
        return default
