"""A container runs without the limits and checks that keep a fault small."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.ownership import orchestrated
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.weaknesses import Theme, Weakness, of_running

_THEME = Theme("runs without", "run without")


@check(
    "DKR-C113",
    title="No safeguards",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Set a memory limit, a health check and a restart policy, and leave its confinement on.",
    benchmark=("CIS 4.6", "CIS 5.2", "CIS 5.3", "CIS 5.11", "CIS 5.22", "CIS 5.27"),
)
def no_safeguards(host: Snapshot) -> Iterator[Finding]:
    """The container lacks a memory limit, health check or restart policy, or switched AppArmor, SELinux or seccomp off.

    Swarm, Kubernetes and Nomad restart and probe by themselves. A limit keeps one leak from taking the host down; a
    health check is the only way in which the engine can notice a hang; a policy brings a crashed container back.
    """
    yield from of_running(host, _THEME, _missing)


def _missing(container: Container) -> Iterator[Weakness]:
    config = container.inspect.host_config
    if config.memory <= 0:
        yield Weakness("a memory limit", "HostConfig.Memory", "0", "5.11")
    test = container.inspect.config.healthcheck.test if container.inspect.config.healthcheck else ()
    kept = orchestrated(container.labels)
    if not kept and (not test or test[0] == "NONE"):
        yield Weakness("a health check", "Config.Healthcheck", "none", "4.6, 5.27")
    if config.restart_policy.name in {"", "no"} and not (kept or config.auto_remove):
        yield Weakness("a restart policy", "HostConfig.RestartPolicy.Name", config.restart_policy.name or "no")
    off = [item for item in config.security_opt if item.replace(":", "=").endswith(("=unconfined", "=disable"))]
    if off:
        yield Weakness("a part of its confinement", "HostConfig.SecurityOpt", ", ".join(off), "5.2, 5.3, 5.22")
