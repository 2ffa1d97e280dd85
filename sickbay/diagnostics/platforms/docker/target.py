"""How a Docker host is reached: a Unix socket, TCP with or without TLS, or SSH."""

from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints, model_validator

from sickbay.diagnostics.targets import Target


def _with_port_in_range(host: str) -> str:
    try:
        port = urlsplit(host).port
    except ValueError:
        port = 0
    if port == 0:
        raise ValueError("allowed is a host, IPv6 in brackets, and a port of 1 to 65535")
    return host


DockerHost = Annotated[
    str,
    StringConstraints(pattern=r"^(unix:///\S+|tcp://[^\s/]+:\d+|ssh://[^\s/]+)$"),
    AfterValidator(_with_port_in_range),
]


class TlsFiles(BaseModel):
    """Paths to PEM files: the authority behind the engine's certificate, the client's own certificate and key."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ca: Path | None = None
    certificate: Path | None = None
    key: Path | None = None

    @model_validator(mode="after")
    def _certificate_and_key_together(self) -> Self:
        if (self.certificate is None) != (self.key is None):
            raise ValueError("certificate and key go together: give both or neither")
        return self


class EngineTarget(Target):
    """An engine by its address, as DOCKER_HOST writes it: `unix:///…`, `tcp://host:2376` or `ssh://user@host`."""

    host: DockerHost
    tls: TlsFiles | None = None

    @model_validator(mode="after")
    def _tls_goes_with_tcp(self) -> Self:
        if self.tls and not self.host.startswith("tcp://"):
            raise ValueError("tls goes with a tcp:// host only")
        return self


class DockerTarget(EngineTarget):
    """A Docker host, by its engine."""

    platform: Literal["docker"] = "docker"
