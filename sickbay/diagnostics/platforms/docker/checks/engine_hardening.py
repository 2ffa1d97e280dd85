"""The engine leaves out safeguards that it has."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.hardening import unhardened
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

_BENCHMARK = ("2.1", "2.2", "2.3", "2.9", "2.12", "2.13", "2.15", "2.17", "2.18", "5.1", "5.2", "5.3")


@check(
    "DKR-A101",
    title="Engine hardening",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Turn on the security module that the host's system brings; set in daemon.json what fits of userns-remap "
    "(or run rootless), live-restore, log-driver, icc and authorization-plugins.",
    benchmark=tuple(f"CIS {number}" for number in _BENCHMARK),
)
def engine_hardening(host: Snapshot) -> Iterator[Finding]:
    """Containers are confined by neither AppArmor nor SELinux, their root is root on the host, or more like that.

    More is: whoever reaches the engine may do everything (no authorization plugin), containers end with it (no
    live-restore), logs stay on the host, containers on the default bridge reach each other, no filter of system calls,
    debug logs, experimental features, a swarm of one node without a service. Podman has no daemon: only its security
    module is judged.
    """
    if found := list(unhardened(host)):
        yield Finding(
            subject=host.subject,
            summary=f"{host.host}'s engine could be hardened: {', '.join(item.what for item in found)}.",
            evidence=tuple(host.evidence(item.field, f"{item.numbered}{item.value}") for item in found),
        )
