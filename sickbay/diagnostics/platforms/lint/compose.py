"""A Compose file as its services, each value with the line on which it stands."""

from msgspec import Struct

from sickbay.diagnostics.model import Subject


class Problem(Struct, frozen=True):
    """Why Compose refuses the file, or what it does otherwise than it says, and the line (0 where none is known)."""

    line: int
    message: str
    inferred: bool = False


class Value(Struct, frozen=True):
    """A text and its line."""

    text: str
    line: int


class Variable(Struct, frozen=True):
    """One variable of a service's environment; without a value it is taken from whoever runs Compose."""

    name: str
    value: str | None
    line: int


class Port(Struct, frozen=True, kw_only=True):
    """One published port or range: where on the host, empty where Docker chooses, and which of the container."""

    line: int
    published: str
    target: str
    protocol: str = "tcp"
    host_ip: str = ""

    @property
    def everywhere(self) -> bool:
        """Say whether it is published on every address of the host."""
        return self.host_ip in {"", "0.0.0.0", "::", "[::]"}  # noqa: S104 - what a service should not do


class Dependency(Struct, frozen=True):
    """A service that another waits for, and the condition: `service_started` where none is given."""

    service: str
    condition: str
    line: int


class Service(Struct, frozen=True, kw_only=True):
    """One service. `mounts` are the places inside it where something is mounted; `replicas` is 1 without a number."""

    name: str
    line: int
    image: Value | None = None
    builds: bool = False
    container_name: Value | None = None
    replicas: int = 1
    ports: tuple[Port, ...] = ()
    environment: tuple[Variable, ...] = ()
    mounts: tuple[str, ...] = ()
    depends_on: tuple[Dependency, ...] = ()
    links: tuple[Value, ...] = ()
    networks: tuple[str, ...] = ()
    healthcheck: bool = False
    extends: bool = False
    profiles: tuple[str, ...] = ()
    network_mode: str = ""
    command: Value | None = None

    @property
    def complete(self) -> bool:
        """Say whether it says what to run: what only adds to another file need not."""
        return self.image is not None or self.builds or self.extends


class Network(Struct, frozen=True):
    """A network with the range from which addresses are given, as it is written; `subnet` says that it is all of it."""

    name: str
    line: int
    addresses: str
    subnet: bool


class ComposeFile(Struct, frozen=True, kw_only=True):
    """One Compose file. `legacy` says that its services stand at the top, as in the first format.

    `partial` says that it adds to another file or takes services from others: what is missing then says nothing.
    """

    path: str
    services: tuple[Service, ...] = ()
    networks: tuple[Network, ...] = ()
    version: Value | None = None
    legacy: bool = False
    partial: bool = False
    problems: tuple[Problem, ...] = ()

    @property
    def subject(self) -> Subject:
        """Give the file as the subject of a finding."""
        return Subject("file", self.path)

    def service(self, name: str) -> Service | None:
        """Give the service of that name."""
        return next((item for item in self.services if item.name == name), None)
