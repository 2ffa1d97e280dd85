"""A container runs without the limits and checks that keep a fault small."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Remedy, Severity
from sickbay.diagnostics.platforms.docker.ownership import orchestrated, owner_of
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot


@check(
    "DKR-C113",
    title="No safeguards",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Set a memory limit, a health check and a restart policy, and leave the host's security module on.",
    benchmark=("CIS 4.6", "CIS 5.2", "CIS 5.3", "CIS 5.11", "CIS 5.22", "CIS 5.27"),
)
def no_safeguards(host: Snapshot) -> Iterator[Finding]:
    """The container lacks a memory limit, health check or restart policy, or switched AppArmor, SELinux or seccomp off.

    Of the host it says where it has neither AppArmor nor SELinux. Swarm and Kubernetes restart and probe by themselves.
    A limit keeps one leak from taking the host down; a health
    check is the only way in which the engine can notice a hang; a policy brings a crashed container back.
    """
    options = host.info.security_options
    if options and not any(name in option for option in options for name in ("apparmor", "selinux")):
        yield Finding(
            subject=host.subject,
            summary=f"{host.host} confines its containers with neither AppArmor nor SELinux.",
            evidence=(host.evidence("GET /info SecurityOptions", ", ".join(options)),),
            remedy=Remedy(text="Turn on the security module that the host's system brings, and restart the engine."),
        )
    for container in host.containers:
        missing = list(_missing(container)) if container.state.running else []
        if missing:
            yield Finding(
                subject=container.subject,
                summary=f"{container.name} runs without {', '.join(what for what, _, _ in missing)}.",
                evidence=tuple(container.evidence(field, value) for _, field, value in missing),
                owner=owner_of(container.labels),
            )


def _missing(container: Container) -> Iterator[tuple[str, str, str]]:
    """Yield what is missing, the field that says so, and its value."""
    config = container.inspect.host_config
    if config.memory <= 0:
        yield "a memory limit", "HostConfig.Memory", "0"
    test = container.inspect.config.healthcheck.test if container.inspect.config.healthcheck else ()
    kept = orchestrated(container.labels)
    if not kept and (not test or test[0] == "NONE"):
        yield "a health check", "Config.Healthcheck", "none"
    if config.restart_policy.name in {"", "no"} and not (kept or config.auto_remove):
        yield "a restart policy", "HostConfig.RestartPolicy.Name", config.restart_policy.name or "no"
    off = [item for item in config.security_opt if item.replace(":", "=").endswith(("=unconfined", "=disable"))]
    if off:
        yield "a part of its confinement", "HostConfig.SecurityOpt", ", ".join(off)
