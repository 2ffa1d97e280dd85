"""The engine stores images and containers in a way that is slow, fragile or gone."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

_GONE = {
    "aufs": "which Docker removed in 24.0",
    "overlay": "which Docker removed in 24.0",
    "devicemapper": "which Docker removed in 25.0",
}
_COPIES = "which copies a whole image for each container"


@check(
    "DKR-E106",
    title="Outdated storage driver",
    severity=Severity.HIGH,
    kind=Kind.HYGIENE,
    remedy="Move to overlay2 or the containerd image store: save what you need, change the driver, pull and load again "
    "(images and containers of the old driver are not seen by the new one).",
    explains=("DKR-E107",),
    benchmark=("CIS 2.6", "CIS 2.11"),
)
def storage_driver(host: Snapshot) -> Iterator[Finding]:
    """The storage driver is aufs, overlay, devicemapper or vfs, or its data lies in loop files.

    Docker's list of deprecated features tells when each went: aufs and overlay in 24.0, devicemapper in 25.0, so the
    host cannot be upgraded before it is changed. devicemapper on loop files (/dev/loop) is for tests only: slow, and
    it loses data when the disk is full. What remains is overlay2, the containerd image store (overlayfs), btrfs, zfs
    and fuse-overlayfs. Podman calls its overlay2 `overlay`; that one is fine.
    """
    info = host.info
    looped = [
        f"{name}: {value}" for name, value in info.driver_status if "file" in name and "loop" in f"{name} {value}"
    ]
    if info.driver == "vfs":
        what = f"the vfs storage driver, {_COPIES}"
    elif info.driver in _GONE and not host.version.podman:
        what = f"the {info.driver} storage driver, {_GONE[info.driver]}"
    else:
        return
    evidence = [host.evidence("GET /info Driver", info.driver)]
    evidence += [host.evidence("GET /info DriverStatus", "; ".join(looped))] if looped else []
    yield Finding(
        subject=host.subject,
        summary=f"{host.host} uses {what}{'; its data lies in loop files' if looped else ''}.",
        evidence=tuple(evidence),
    )
