"""A Dockerfile does what belongs on a workstation."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.lint.findings import told
from sickbay.diagnostics.platforms.lint.habits import FETCHED, habits
from sickbay.diagnostics.platforms.lint.hadolint_rules import told_by
from sickbay.diagnostics.platforms.lint.snapshot import Snapshot


@check(
    "LNT-106",
    title="Workstation habits",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Check what is downloaded before it runs (`sha256sum -c`), switch users with USER, and leave out the rest.",
)
def workstation_habits(lint: Snapshot) -> Iterator[Finding]:
    """sudo, an SSH server, a script piped from the network into a shell, a file watcher; shell that is easily wrong.

    A build runs as root already, and sudo passes neither signals nor the environment on. What is piped from the network
    runs whatever the server sends, and half of it where the connection breaks; without `pipefail` a failed download
    goes unnoticed. A watcher restarts the application for a developer, and eats memory in production. What ShellCheck
    says of the shell, by way of hadolint, is told here too unless it breaks the build.
    """
    for file in lint.dockerfiles:
        own = list(habits(file))
        piped = {fault.line for fault in own if fault.what == FETCHED}
        rules = [item for item in told_by("LNT-106", file) if item.line not in piped or "DL4006" not in item.shown]
        yield from told(lint, file, [*rules, *own])
