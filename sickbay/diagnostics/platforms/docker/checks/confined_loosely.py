"""A container is shut in less than it could be."""

from collections.abc import Iterator
from functools import partial

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.confinement import looseness
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot
from sickbay.diagnostics.platforms.docker.weaknesses import Theme, of_running

_THEME = Theme("is loosely confined:", "are loosely confined:")


@check(
    "DKR-A102",
    title="Container confinement",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Name a user in the image, run with --read-only and --tmpfs for what must be written, and with "
    "--security-opt no-new-privileges; take back capabilities, devices and mounts that it can do without.",
    benchmark=("CIS 2.14", "CIS 4.1", "CIS 5.4", "CIS 5.6", "CIS 5.13", "CIS 5.18", "CIS 5.20", "CIS 5.26"),
)
def confined_loosely(host: Snapshot) -> Iterator[Finding]:
    """The container starts as root, can write its own root file system or gain privileges, or has more of the host.

    More is: capabilities beyond Docker's own set, devices, system directories to read, mounts that spread to the host.
    What is enough to take over the host is DKR-C111. Many images start as root and change to a user of their own;
    until then, and for every `docker exec`, they are root. That privileges cannot be gained may also be the engine's
    default, which old engines do not tell (Docker 20.10 does not).
    """
    if host.info.os_type != "windows":
        yield from of_running(host, _THEME, partial(looseness, host))
