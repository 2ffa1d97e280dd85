"""The engine, its operating system or its kernel gets no more fixes."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.support import engine_ended, system_ended

_KERNEL, _OLD_KERNEL = re.compile(r"(\d+)\.(\d+)"), (3, 10)


@check(
    "DKR-E103",
    title="Unsupported host",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Upgrade to a release that still gets fixes; live-restore keeps containers up while the engine is replaced.",
    benchmark=("CIS 1.2.2",),
)
def end_of_life(host: Snapshot) -> Iterator[Finding]:
    """The Docker release or the operating system gets no more fixes, or the kernel is none that Docker supports.

    Docker needs a 64-bit kernel of 3.10 or newer (its installation guide). Dates are those of Moby's list of branches
    and of endoflife.date; paid support of a distribution (Ubuntu Pro, SUSE LTSS) may go on beyond them, and a
    distribution's own build of Docker gets that distribution's fixes. Podman's releases are not judged.
    """
    found = [*_engine(host), *_system(host), *_kernel(host)]
    if found:
        yield Finding(
            subject=host.subject,
            summary=f"{host.host} runs {' and '.join(what for what, _ in found)}.",
            evidence=tuple(proof for _, proof in found),
        )


def _engine(host: Snapshot) -> Iterator[tuple[str, Evidence]]:
    version = host.version.version
    ended = None if host.version.podman else engine_ended(version)
    if ended and host.taken_at.date() > ended:
        what = f"Docker {version}, without fixes from its project since {ended}"
        yield what, host.evidence("GET /version Version", version)


def _system(host: Snapshot) -> Iterator[tuple[str, Evidence]]:
    name = host.info.operating_system
    ended = system_ended(name)
    if ended and host.taken_at.date() > ended:
        yield f"{name}, out of support since {ended}", host.evidence("GET /info OperatingSystem", name)


def _kernel(host: Snapshot) -> Iterator[tuple[str, Evidence]]:
    kernel, found = host.info.kernel_version, _KERNEL.match(host.info.kernel_version)
    if found and host.info.os_type != "windows" and (int(found[1]), int(found[2])) < _OLD_KERNEL:
        what = f"kernel {kernel}, older than the 3.10 that Docker needs"
        yield what, host.evidence("GET /info KernelVersion", kernel)
    if re.fullmatch(r"i[3-6]86", host.info.architecture):
        architecture = host.info.architecture
        yield f"a 32-bit system ({architecture})", host.evidence("GET /info Architecture", architecture)
