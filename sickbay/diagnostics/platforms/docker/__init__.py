"""Docker hosts, and Podman's Docker-compatible API: containers, images, the engine under them."""

from sickbay.diagnostics.platform import Platform
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.target import DockerTarget
from sickbay.diagnostics.targets import TOPS

PLATFORM = Platform(
    name="docker",
    title="Docker host",
    target=DockerTarget,
    snapshot=Snapshot,
    collector="sickbay.diagnostics.platforms.docker.collector:collect",
    checks="sickbay.diagnostics.platforms.docker.checks",
    steps=("Engine", "Containers", "Logs and statistics"),
    ranks=TOPS,
    ranking="sickbay.diagnostics.platforms.docker.top:top",
    answering="sickbay.diagnostics.platforms.docker.answers:answers",
    logs="sickbay.diagnostics.platforms.docker.collector.asked_logs:read_logs",
    scoping="sickbay.diagnostics.platforms.docker.scopes:choices",
    changing="sickbay.diagnostics.platforms.docker.changing:changes",
    measuring="sickbay.diagnostics.platforms.docker.measuring:figures",
    watching="sickbay.diagnostics.platforms.docker.collector.watching:watch",
)
