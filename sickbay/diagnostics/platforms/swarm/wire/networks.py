"""Shapes of the networks that reach over all nodes."""

from collections.abc import Mapping

from msgspec import field

from sickbay.diagnostics.platforms.docker.wire.base import Wire


class Pool(Wire, frozen=True, kw_only=True):
    """A subnet of which a network gives out addresses; `ip_range` narrows it."""

    subnet: str = ""
    ip_range: str = field(default="", name="IPRange")
    gateway: str = ""


class Addresses(Wire, frozen=True, kw_only=True):
    """Where a network's addresses come from."""

    config: tuple[Pool, ...] = ()


class Network(Wire, frozen=True, kw_only=True):
    """One of `GET /networks`."""

    id: str
    name: str = ""
    driver: str = ""
    ingress: bool = False
    options: Mapping[str, str] = {}
    ipam: Addresses = field(default=Addresses(), name="IPAM")

    @property
    def encrypted(self) -> bool:
        """Say whether what goes from node to node is encrypted; the option has no value of its own."""
        return self.options.get("encrypted", "false") != "false"
