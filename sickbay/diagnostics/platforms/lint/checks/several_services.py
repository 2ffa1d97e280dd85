"""Several services share one container."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.lint.findings import Fault, told
from sickbay.diagnostics.platforms.lint.shell import commands
from sickbay.diagnostics.platforms.lint.snapshot import Dockerfile, Snapshot

_MANAGERS = frozenset({"supervisord", "runsvdir", "runsvdir-start", "s6-svscan", "my_init", "systemd", "monit", "init"})
_SERVERS = re.compile(
    r"(apache2|httpd|nginx|mysql-server|mariadb-server|postgresql|redis-server|mongodb|openssh-server|memcached"
    r"|rabbitmq-server|postfix|cron)(?:[-=]?[\d.]\S*)?"
)
_INSTALLERS = frozenset({"apt-get", "apt", "apk", "yum", "dnf", "zypper"})


@check(
    "LNT-109",
    title="Several services in one image",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Give each service an image and a container of its own; Compose starts them together.",
)
def several_services(lint: Snapshot) -> Iterator[Finding]:
    """The image starts a process manager or services, or two servers and more are installed in it.

    Docker watches one process a container: of the others it sees neither death nor log nor health, and they are scaled
    and updated only together. That installed servers also run is inferred.
    """
    for file in lint.dockerfiles:
        yield from told(lint, file, _faults(file))


def _faults(file: Dockerfile) -> Iterator[Fault]:
    if file.final is None:
        return
    for item in (file.final.last("ENTRYPOINT"), file.final.last("CMD")):
        for command in commands(item) if item else ():
            starts = command.name == "service" and command.has("start", "restart")
            if item and (starts or command.name in _MANAGERS):
                yield Fault(line=item.line, what=f"starts services by {command.name}", shown=item.text)
    installed: dict[str, int] = {}
    for item in file.final.all("RUN"):
        for command in commands(item):
            if command.name in _INSTALLERS and command.has("install", "add", "in"):
                found = (_SERVERS.fullmatch(word) for word in command.arguments)
                installed |= {match[1]: command.line for match in found if match}
    if len(installed) > 1:
        what = f"installs {', '.join(sorted(installed))} into one image"
        yield Fault(line=max(installed.values()), what=what, shown="RUN … install …", inferred=True)
