"""The host's kernel does not enforce the limits that containers are given."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Kind, Remedy, Severity
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot


@check(
    "DKR-E104",
    title="Limits not enforced",
    severity=Severity.HIGH,
    kind=Kind.HYGIENE,
    remedy="Boot with cgroup v2 (systemd.unified_cgroup_hierarchy=1), which current distributions do by themselves.",
)
def no_kernel_limits(host: Snapshot) -> Iterator[Finding]:
    """The kernel cannot limit memory or swap, so `--memory` is ignored; or it still runs on cgroup v1.

    `docker info` warns of it: 'No memory limit support', 'No swap limit support'. On Debian and Ubuntu with cgroup v1
    both are off until the kernel is booted with `cgroup_enable=memory swapaccount=1`. Docker removes its support of
    cgroup v1 in or before May 2029 (moby/moby#51111).
    """
    info = host.info
    if info.os_type == "windows":
        return
    limits = {"memory": ("MemoryLimit", info.memory_limit), "swap": ("SwapLimit", info.swap_limit)}
    missing = {what: field for what, (field, works) in limits.items() if works is False}
    parts, evidence = list[str](), list[Evidence]()
    if missing:
        parts.append(f"does not limit containers' {' or '.join(missing)}")
        evidence += [host.evidence(f"GET /info {field}", "false") for field in missing.values()]
    if info.cgroup_version == "1":
        parts.append("runs on cgroup v1, whose support ends")
        evidence.append(host.evidence("GET /info CgroupVersion", "1"))
    if parts:
        yield Finding(
            subject=host.subject,
            summary=f"{host.host}'s kernel {' and '.join(parts)}.",
            evidence=tuple(evidence),
            remedy=_boot_parameters() if missing else None,
        )


def _boot_parameters() -> Remedy:
    return Remedy(
        text="Add `cgroup_enable=memory swapaccount=1` to GRUB_CMDLINE_LINUX in /etc/default/grub, or move to cgroup "
        "v2; then update GRUB and boot again.",
        command="update-grub && reboot",
    )
