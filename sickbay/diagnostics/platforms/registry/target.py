"""How a registry is reached: its address, and files with what logs in there. No secret stands in the configuration."""

import ipaddress
from pathlib import Path
from typing import Annotated, ClassVar, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from sickbay.diagnostics.platforms.registry.references import DOCKER_HUB, HUB_HOSTS, parse
from sickbay.diagnostics.targets import Target


def _with_host_and_port(url: str) -> str:
    try:
        parts = urlsplit(url)
        well = bool(parts.hostname) and parts.port != 0
    except ValueError:
        well = False
    if not well:
        raise ValueError("allowed is a host, IPv6 in brackets, and a port of 1 to 65535")
    return url.rstrip("/")


Url = Annotated[
    str, StringConstraints(pattern=r"^https?://[A-Za-z0-9._:\[\]-]+/?$"), AfterValidator(_with_host_and_port)
]


class RegistryTarget(Target):
    """A registry by its address, such as `https://registry.example.com`; Docker Hub is `https://registry-1.docker.io`.

    It is logged in to with what `docker_config` (a config.json of Docker's) has for it, or with `username` and the
    content of `password_file`. `ca` is the authority behind its certificate, PEM.
    """

    holds_images: ClassVar[bool] = True

    platform: Literal["registry"] = "registry"
    url: Url = Field(description="Its address, https://HOST[:PORT]; plain HTTP only where http:// is written.")
    docker_config: Path | None = Field(
        default=None, description="A config.json that `docker login` wrote. Credential helpers are not run."
    )
    username: str | None = Field(default=None, min_length=1, description="Who logs in, with `password_file`.")
    password_file: Path | None = Field(default=None, description="A file with the password or token, and nothing else.")
    ca: Path | None = Field(default=None, description="The authority behind the registry's certificate, PEM.")

    @model_validator(mode="after")
    def _one_way_to_log_in(self) -> Self:
        if (self.username is None) != (self.password_file is None):
            raise ValueError("username and password_file go together: give both or neither")
        if self.docker_config and self.username:
            raise ValueError("give docker_config, or username and password_file, not both")
        if self.ca and self.url.startswith("http://"):
            raise ValueError("ca goes with an https:// url only")
        return self

    @property
    def registry(self) -> str:
        """Give the registry as names of images begin with it: host and port, `docker.io` for Docker Hub."""
        parts = urlsplit(self.url)
        host = parts.netloc.lower()
        if host in HUB_HOSTS:
            return DOCKER_HUB
        default = ":443" if parts.scheme == "https" else ":80"
        return host.removesuffix(default) if host.endswith(f"]{default}") or host.count(":") == 1 else host

    @property
    def names_loopback(self) -> bool:
        """Say whether the address itself is of this machine: else no name may lead there."""
        host = urlsplit(self.url).hostname or ""
        try:
            return ipaddress.ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    def serves(self, image: str) -> bool:
        """Say whether the image's name begins with this registry; a name without one is Docker Hub's."""
        registry = parse(image).registry.lower()
        return registry in {self.registry, urlsplit(self.url).netloc.lower()}
