"""Amazon ECS: services, tasks and container instances of one cluster, and what of AWS is around them."""

from sickbay.diagnostics.platform import Platform
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.target import EcsTarget

PLATFORM = Platform(
    name="ecs",
    title="Amazon ECS",
    target=EcsTarget,
    snapshot=Snapshot,
    collector="sickbay.diagnostics.platforms.ecs.collector:collect",
    checks="sickbay.diagnostics.platforms.ecs.checks",
    logs="sickbay.diagnostics.platforms.ecs.collector.asked_logs:read_logs",
    changing="sickbay.diagnostics.platforms.ecs.changing:changes",
    measuring="sickbay.diagnostics.platforms.ecs.measuring:figures",
    watching="sickbay.diagnostics.platforms.ecs.collector.watching:watch",
    scoping="sickbay.diagnostics.platforms.ecs.scopes:choices",
    steps=("Cluster", "Services and tasks", "Load balancers", "Logs and changes"),
)
