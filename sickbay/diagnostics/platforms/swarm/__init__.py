"""Docker Swarm: nodes, services and their tasks, as a manager tells of them."""

from sickbay.diagnostics.platform import Platform
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot
from sickbay.diagnostics.platforms.swarm.target import SwarmTarget

PLATFORM = Platform(
    name="swarm",
    title="Docker Swarm",
    target=SwarmTarget,
    snapshot=Snapshot,
    collector="sickbay.diagnostics.platforms.swarm.collector:collect",
    checks="sickbay.diagnostics.platforms.swarm.checks",
    logs="sickbay.diagnostics.platforms.swarm.collector.asked_logs:read_logs",
    scoping="sickbay.diagnostics.platforms.swarm.scopes:choices",
    changing="sickbay.diagnostics.platforms.swarm.changing:changes",
    measuring="sickbay.diagnostics.platforms.swarm.measuring:figures",
    watching="sickbay.diagnostics.platforms.swarm.collector.watching:watch",
    steps=("Manager", "Services", "Logs"),
)
