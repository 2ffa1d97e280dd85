"""Shapes of the swarm as its manager's `/info` tells of it."""

from datetime import timedelta

from msgspec import field

from sickbay.diagnostics.platforms.docker.wire.base import Wire


class Peer(Wire, frozen=True, kw_only=True):
    """One of the managers that a node knows."""

    node_id: str = field(default="", name="NodeID")
    addr: str = ""


class Orchestration(Wire, frozen=True, kw_only=True):
    """How many old tasks of a slot are kept; the API leaves it out where it is 0."""

    task_history_retention_limit: int = 0


class Authority(Wire, frozen=True, kw_only=True):
    """How long a node's certificate holds, nanoseconds."""

    node_cert_expiry: int = 0

    @property
    def holds(self) -> timedelta:
        """Give how long a node's certificate holds."""
        return timedelta(microseconds=self.node_cert_expiry / 1000)


class Encryption(Wire, frozen=True, kw_only=True):
    """Whether a manager that starts anew waits for the unlock key."""

    auto_lock_managers: bool = False


class ClusterSpec(Wire, frozen=True, kw_only=True):
    """How the swarm is configured."""

    name: str = ""
    orchestration: Orchestration = Orchestration()
    ca_config: Authority = field(default=Authority(), name="CAConfig")
    encryption_config: Encryption = Encryption()


class Trust(Wire, frozen=True, kw_only=True):
    """The certificates, PEM, of the authority that the nodes trust."""

    trust_root: str = ""


class Cluster(Wire, frozen=True, kw_only=True):
    """The swarm itself."""

    id: str = field(default="", name="ID")
    spec: ClusterSpec = ClusterSpec()
    tls_info: Trust = field(default=Trust(), name="TLSInfo")
    root_rotation_in_progress: bool = False


class Membership(Wire, frozen=True, kw_only=True):
    """An engine's place in a swarm; `local_node_state` is inactive, pending, active, error or locked.

    `cluster` is told by a manager alone, and only while its swarm has a leader.
    """

    node_id: str = field(default="", name="NodeID")
    node_addr: str = ""
    local_node_state: str = ""
    control_available: bool = False
    error: str = ""
    remote_managers: tuple[Peer, ...] = ()
    nodes: int = 0
    managers: int = 0
    cluster: Cluster | None = None

    @property
    def member(self) -> bool:
        """Say whether the engine belongs to a swarm at all."""
        return self.local_node_state not in {"", "inactive"}


class Info(Wire, frozen=True, kw_only=True):
    """`GET /info`, as far as a swarm is concerned."""

    name: str = ""
    system_time: str = ""
    swarm: Membership = Membership()
