"""Build swarms for the tests of checks: healthy unless told otherwise, at one fixed moment.

`swarm(service("web", tasks=[task(state="running")]))` has three managers and what is named; ids are names.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from sickbay.diagnostics import engine
from sickbay.diagnostics.check import Check
from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import Finding, Report, ReportTarget
from sickbay.diagnostics.platforms.docker.wire.engine import Version
from sickbay.diagnostics.platforms.docker.wire.networks import AddressPool, Ipam, Network
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.wire.cluster import (
    Authority,
    Cluster,
    ClusterSpec,
    Encryption,
    Info,
    Membership,
    Orchestration,
    Peer,
)
from sickbay.diagnostics.platforms.swarm.wire.nodes import (
    Description,
    ManagerStatus,
    Node,
    NodeEngine,
    NodePlatform,
    NodeSpec,
    NodeStatus,
    Plugin,
)
from sickbay.diagnostics.platforms.swarm.wire.services import (
    ContainerSpec,
    Count,
    EndpointSpec,
    Everywhere,
    JobCount,
    Mode,
    NetworkUse,
    Placement,
    Port,
    Quantities,
    Resources,
    RestartPolicy,
    Service,
    ServiceSpec,
    TaskSpec,
    UpdateStatus,
)
from sickbay.diagnostics.platforms.swarm.wire.tasks import (
    ContainerStatus,
    Task,
    TaskContainer,
    TaskStatus,
    TaskTemplate,
)
from sickbay.diagnostics.targets import Request

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
GIB = 1024**3
DIGEST = "sha256:" + "a" * 64
IMAGE = f"shop/web:1.4@{DIGEST}"


def ago(**span: float) -> datetime:
    """Give the moment so many `minutes`, `hours`, `days` before NOW."""
    return NOW - timedelta(**span)


def node(name: str, *, state: str = "ready", availability: str = "active", **differs: Any) -> Node:
    """Give a worker of 4 processors and 8 GiB; `manager` (its reachability) makes it a manager."""
    reachability = differs.pop("manager", "")
    labels = differs.pop("labels", {})
    version = differs.pop("version", "29.4.0")
    hostname = differs.pop("hostname", name)
    message = differs.pop("message", "")
    plugins = (Plugin(type="Volume", name="local"), Plugin(type="Network", name="overlay"))
    made = Node(
        id=name,
        created_at=ago(days=90),
        updated_at=ago(days=1),
        spec=NodeSpec(role="manager" if reachability else "worker", availability=availability, labels=labels),
        description=Description(
            hostname=hostname,
            platform=NodePlatform(architecture="x86_64", os="linux"),
            resources=Quantities(nano_cpus=4_000_000_000, memory_bytes=8 * GIB),
            engine=NodeEngine(engine_version=version, plugins=plugins),
        ),
        status=NodeStatus(state=state, message=message, addr="10.0.0.1"),
        manager_status=ManagerStatus(reachability=reachability, addr="10.0.0.1:2377") if reachability else None,
    )
    return replace(made, **differs)


def managers(count: int = 3, **differs: Any) -> tuple[Node, ...]:
    """Give so many managers, `m-1` and on."""
    return tuple(node(f"m-{nth + 1}", manager="reachable", **differs) for nth in range(count))


def task(state: str = "running", error: str = "", **differs: Any) -> Task:
    """Give a task of slot 1 on node m-1 that has stood so since a minute ago; failed ones are not wanted any more."""
    ended = state in {"failed", "rejected", "complete", "shutdown"}
    code = differs.pop("exit_code", 0)
    ran = differs.pop("ran", state in {"running", "complete"} or error.startswith("task: non-zero exit"))
    at = differs.pop("at", ago(minutes=1))
    status = TaskStatus(
        timestamp=at,
        state=state,
        message="started" if ran else "preparing",
        err=error,
        container_status=ContainerStatus(container_id="c0ffee" * 8 if ran else "", exit_code=code),
    )
    image = differs.pop("image", IMAGE)
    reserved = differs.pop("reserved", Quantities())
    made = Task(
        id=differs.pop("id", f"task-{at:%H%M%S}-{state}"),
        created_at=differs.pop("created_at", at - timedelta(seconds=5)),
        spec=TaskTemplate(container_spec=TaskContainer(image=image), resources=Resources(reservations=reserved)),
        slot=1,
        node_id="" if state in {"new", "pending"} else "m-1",
        status=status,
        desired_state="shutdown" if ended else "running",
    )
    return replace(made, **differs)


def pending(reason: str, **differs: Any) -> Task:
    """Give a task for which the scheduler finds no node, for this reason."""
    return task("pending", f"no suitable node ({reason})", **differs)


def crashes(*minutes: float, exit_code: int = 3, error: str = "", **differs: Any) -> list[Task]:
    """Give tasks that failed so many minutes ago, with this exit code."""
    said = error or f"task: non-zero exit ({exit_code})"
    return [task("failed", said, exit_code=exit_code, at=ago(minutes=age), **differs) for age in sorted(minutes)[::-1]]


def service(name: str = "web", *, tasks: Sequence[Task] | None = None, **differs: Any) -> tuple[Service, list[Task]]:
    """Give a service of `replicas` (1) tasks with its tasks, one that runs in each slot unless they are named.

    `mode` is replicated, global, job or global-job; all else is a field of the specification, wherever it stands.
    """
    mode, replicas = differs.pop("mode", "replicated"), differs.pop("replicas", 1)
    container = ContainerSpec(
        image=differs.pop("image", IMAGE),
        env=differs.pop("env", ()),
        mounts=differs.pop("mounts", ()),
        healthcheck=differs.pop("healthcheck", None),
    )
    template = TaskSpec(
        container_spec=container,
        resources=Resources(
            reservations=differs.pop("reserved", Quantities()), limits=differs.pop("limits", Quantities())
        ),
        restart_policy=RestartPolicy(condition=differs.pop("restarts", "any")),
        placement=differs.pop("placement", Placement()),
        networks=tuple(NetworkUse(target=network) for network in differs.pop("networks", ())),
    )
    spec = ServiceSpec(
        name=name,
        labels={"com.docker.stack.namespace": stack} if (stack := differs.pop("stack", "")) else {},
        task_template=template,
        mode=_mode(mode, replicas),
        endpoint_spec=EndpointSpec(ports=differs.pop("ports", ())),
    )
    made = Service(id=f"id-{name}", created_at=ago(days=30), updated_at=ago(days=2), spec=spec)
    running = [task(slot=slot + 1, id=f"{name}-{slot + 1}", at=ago(days=1)) for slot in range(replicas)]
    held = running if tasks is None else list(tasks)
    return replace(made, **differs), [replace(one, service_id=made.id) for one in held]


def host_port(number: int) -> Port:
    """Give port 80 published on the host itself."""
    return Port(target_port=80, published_port=number, publish_mode="host")


def network(name: str = "shop", subnet: str = "10.0.1.0/24", **differs: Any) -> Network:
    """Give an overlay network."""
    pool = AddressPool(subnet=subnet, gateway=subnet.split("/", maxsplit=1)[0][:-1] + "1")
    made = Network(id=f"net-{name}", name=name, driver="overlay", ipam=Ipam(config=(pool,)))
    return replace(made, **differs)


def update_status(state: str, message: str = "", **differs: Any) -> UpdateStatus:
    """Give how an update stands that began ten minutes ago."""
    return replace(UpdateStatus(state=state, message=message, started_at=ago(minutes=10)), **differs)


def log(*lines: str) -> LogTail:
    """Give a log's tail of these lines."""
    return LogTail(text="\n".join(f"2026-11-24T02:59:00.000000000Z {line}" for line in lines))


def membership(**differs: Any) -> Info:
    """Give what the engine of a manager tells of its place in a healthy swarm with auto-lock."""
    cluster = Cluster(
        id="swarm-1",
        spec=ClusterSpec(
            orchestration=Orchestration(task_history_retention_limit=differs.pop("kept", 5)),
            ca_config=Authority(node_cert_expiry=differs.pop("certificates_days", 90) * 86_400 * 10**9),
            encryption_config=Encryption(auto_lock_managers=differs.pop("locks", True)),
        ),
    )
    place = Membership(
        node_id="m-1",
        node_addr="10.0.0.1",
        local_node_state="active",
        control_available=True,
        remote_managers=(Peer(node_id="m-1", addr="10.0.0.1:2377"), Peer(node_id="m-2", addr="10.0.0.2:2377")),
        nodes=3,
        managers=3,
        cluster=cluster,
    )
    return Info(name="m-1", swarm=replace(place, **differs))


def swarm(*services: tuple[Service, list[Task]], **differs: Any) -> Snapshot:
    """Give a healthy swarm of three managers with these services, but for what differs; also the request's fields."""
    asked = {name: differs.pop(name) for name in ("scope", "window", "audit") if name in differs}
    made = Snapshot(
        request=Request(**asked),
        taken_at=NOW,
        swarm="prod",
        address="unix:///var/run/docker.sock",
        version=Version(version="29.4.0", api_version="1.54"),
        info=membership(),
        authority_ends=NOW + timedelta(days=7000),
        nodes=managers(),
        services=tuple(one for one, _ in services),
        tasks=tuple(one for _, tasks in services for one in tasks),
    )
    return replace(made, **differs)


def findings(check: Check[Snapshot], snapshot: Snapshot) -> list[Finding]:
    """Give what one check finds in a swarm."""
    return list(check.judge(snapshot))


def report(snapshot: Snapshot) -> Report:
    """Give what all checks find in a swarm, ranked and folded."""
    return engine.judge(snapshot, ReportTarget(name=snapshot.swarm, platform="swarm", zone="default"))


def _mode(mode: str, replicas: int) -> Mode:
    match mode:
        case "global":
            return Mode(global_=Everywhere())
        case "job":
            return Mode(replicated_job=JobCount(max_concurrent=replicas, total_completions=replicas))
        case "global-job":
            return Mode(global_job=Everywhere())
    return Mode(replicated=Count(replicas=replicas))
