"""The host forwards no packets, so its containers have no outside network."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

_WARNING = "ipv4 forwarding is disabled"


@check(
    "DKR-E105",
    title="IP forwarding off",
    severity=Severity.CRITICAL,
    remedy="Switch it on (`sysctl -w net.ipv4.ip_forward=1`), also in /etc/sysctl.d/, and find what switched it off.",
    explains=("DKR-C105", "DKR-N103", "DKR-N110"),
)
def ip_forwarding(host: Snapshot) -> Iterator[Finding]:
    """The kernel setting net.ipv4.ip_forward is 0: nothing passes between containers' networks and the outside.

    `/info` says so itself (IPv4Forwarding, or a warning). Docker switches it on when it starts, unless it runs with
    `--ip-forward=false`; what switches it off later is a hardening script, a network manager, another firewall, or a
    privileged container. Rootless Podman does not need it and is left alone.
    """
    warning = next((item for item in host.info.warnings if _WARNING in item.lower()), "")
    if not (host.info.ipv4_forwarding is False or warning):
        return
    if host.version.podman and any("rootless" in option for option in host.info.security_options):
        return
    running = [item for item in host.containers if item.state.running]
    cut_off = sum(1 for item in running if item.inspect.host_config.network_mode not in {"host", "none"})
    whom = f"{cut_off} running container{'s have' if cut_off != 1 else ' has'}" if cut_off else "containers there have"
    evidence = [host.evidence("GET /info IPv4Forwarding", "false")] if host.info.ipv4_forwarding is False else []
    evidence += [host.evidence("GET /info Warnings", warning)] if warning else []
    yield Finding(
        subject=host.subject,
        summary=f"IPv4 forwarding is off on {host.host}, so {whom} no outside network.",
        evidence=tuple(evidence),
        last_seen=host.taken_at,
    )
