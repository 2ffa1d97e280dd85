"""The driver of a volume is not there."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Severity, Subject
from sickbay.diagnostics.platforms.docker.drivers import disabled, successor, unknown_driver
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot


@check(
    "DKR-V101",
    title="Volume driver missing",
    severity=Severity.CRITICAL,
    remedy="Start or enable the driver's plugin again, or restore the data to a volume of another driver.",
    explains=("DKR-V102", "DKR-C101", "DKR-C104", "DKR-C106", "DKR-C115"),
)
def volume_driver_missing(host: Snapshot) -> Iterator[Finding]:
    """A container's volume belongs to a driver that the engine does not have, or has off: its data is out of reach.

    Recognised by a managed plugin that is disabled, by the error of a start ('error looking up volume plugin'), by the
    engine's warning that a driver gave no answer, and by a container that is down and mounts a volume of a driver that
    is not among `/info` Plugins.Volume. Flocker and Convoy are dead; on Kubernetes, CSI drivers took their place.
    """
    for container in host.containers:
        for driver, name, why in _missing(host, container):
            yield Finding(
                subject=Subject("volume", name) if name else container.subject,
                summary=f"{container.name} needs {f'volume {name}' if name else 'a volume'} of the driver {driver}, "
                f"which is {'disabled' if 'Enabled' in why.source else 'not there'}.",
                evidence=(container.evidence("Mounts", f"{name or '-'} ({driver})"), why),
                remedy=successor(driver, owner_of(container.labels)),
                owner=owner_of(container.labels),
                last_seen=container.read_at,
            )


def _missing(host: Snapshot, container: Container) -> Iterator[tuple[str, str, Evidence]]:
    """Yield the drivers that are missing, each with its volume and the fact that shows it."""
    unknown = unknown_driver(container, "volume")
    info = host.engine_samples[-1] if host.engine_samples else host.info
    mounts = [
        mount for mount in container.inspect.mounts if mount.type == "volume" and mount.driver not in {"", "local"}
    ]
    for mount in mounts:
        if plugin := disabled(host, mount.driver, "volume"):
            yield mount.driver, mount.name, host.evidence("GET /plugins Enabled", f"{plugin}: false")
        elif unknown == mount.driver.partition(":")[0]:
            yield mount.driver, mount.name, container.evidence("State.Error", container.state.error)
        elif warning := next((text for text in host.volume_warnings if mount.driver in text), ""):
            yield mount.driver, mount.name, host.evidence("GET /volumes Warnings", warning)
        elif info.plugins.volume and mount.driver not in info.plugins.volume and not container.state.running:
            yield mount.driver, mount.name, host.evidence("GET /info Plugins.Volume", ", ".join(info.plugins.volume))
    if unknown and not mounts:
        yield unknown, "", container.evidence("State.Error", container.state.error)
