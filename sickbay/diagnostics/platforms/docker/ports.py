"""Ports of a host: where a container has published its own, which one it was refused, and who holds that."""

import re
from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.containers import ContainerSummary, PortBinding

_EVERYWHERE = frozenset({"", "0.0.0.0", "::"})  # noqa: S104 - what a container must not bind, not what we do
_ADDRESS = re.compile(r"(?:\[[^\]]*\]|[\d.]+|::):(\d{1,5})\b")
_PROTOCOL = re.compile(r"\blisten (tcp|udp|sctp)|:\d{1,5}/(tcp|udp|sctp)\b")
#: How `ss` names the protocols.
_OPTIONS = {"tcp": "t", "udp": "u", "sctp": "S"}


class Publication(Struct, frozen=True, kw_only=True):
    """One port of a container, as `5432/tcp`, and where on the host it is published."""

    port: str
    binding: PortBinding

    @property
    def number(self) -> str:
        """Give the port without its protocol."""
        return self.port.split("/")[0]

    @property
    def everywhere(self) -> bool:
        """Say whether it is published on all addresses of the host."""
        return self.binding.host_ip in _EVERYWHERE

    @property
    def place(self) -> str:
        """Give port and place in words, as evidence."""
        return f"{self.port} on {self.binding.host_ip or 'every address'}:{self.binding.host_port}"


class Refused(Struct, frozen=True, kw_only=True):
    """The port of the host that a container could not have; `protocols` are those that may be meant, empty for any."""

    number: int
    protocols: frozenset[str]

    @property
    def listed_by(self) -> str:
        """Give the options of `ss` that list such ports."""
        return "".join(sorted(_OPTIONS[protocol] for protocol in self.protocols)) or _OPTIONS["tcp"]


def published(container: Container) -> Iterator[Publication]:
    """Yield what the container has really published."""
    for port, bindings in container.inspect.network_settings.ports.items():
        yield from (Publication(port=port, binding=binding) for binding in bindings)


def refused(container: Container) -> Refused | None:
    """Give the port that the container's error names, or nothing where it names none.

    The words 'port is already allocated' leave the protocol out: then it is what the container asked to publish there.
    """
    error = container.state.error
    address, protocol = _ADDRESS.search(error), _PROTOCOL.search(error)
    if address is None:
        return None
    if protocol:
        return Refused(number=int(address[1]), protocols=frozenset({protocol[1] or protocol[2]}))
    wanted = {
        port.partition("/")[2]
        for port, bindings in container.inspect.host_config.port_bindings.items()
        if any(binding.host_port == address[1] for binding in bindings)
    }
    return Refused(number=int(address[1]), protocols=frozenset(_OPTIONS.keys() & wanted))


def holder(host: Snapshot, container: Container, port: Refused) -> ContainerSummary | None:
    """Give another container that publishes the port, or nothing where none does."""
    for summary in host.summaries:
        for item in summary.ports:
            same = item.public_port == port.number and (not port.protocols or item.type in port.protocols)
            if same and summary.id != container.inspect.id:
                return summary
    return None
