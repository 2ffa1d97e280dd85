"""Steps of a build that fail, or whose effect is gone when it ends."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.platforms.lint.findings import Fault
from sickbay.diagnostics.platforms.lint.shell import Command, commands
from sickbay.diagnostics.platforms.lint.snapshot import Dockerfile

#: `tar -zxfv archive`: what follows the f is taken as the archive's name. Without the dash (`tar xfv`) it is not.
_TAR = re.compile(r"-[A-Za-z]*f[A-Za-z]+")
_DAEMONS = re.compile(
    r"(?:mysqld(?:_safe)?|mariadbd|postgres|pg_ctl|pg_ctlcluster|mongod|redis-server|nginx|apache2(?:ctl)?|httpd|sshd|dockerd"
    r"|rabbitmq-server|supervisord|memcached|cron)"
)
_MIGRATIONS = re.compile(
    r"\bdb:(?:create|migrate|setup|seed|schema:load)\b|manage\.py\s+(?:migrate|syncdb)\b|\bartisan\s+migrate\b"
    r"|\bflask\s+db\s+upgrade\b|\balembic\s+upgrade\b|\bprisma\s+migrate\b|\bknex\s+migrate:|\bsequelize\s+db:migrate\b"
)
#: Hosts that are gone, and since when they are known to be.
_GONE = re.compile(
    r"\b(?:apt|yum)\.dockerproject\.org\b|\bget\.docker\.io\b|\bsks-keyservers\.net\b|\bhttp\.debian\.net\b"
)


def faults(file: Dockerfile) -> Iterator[Fault]:
    """Yield them, once a command."""
    for stage in file.stages:
        for item in stage.all("RUN"):
            for command in commands(item):
                if fault := _fault(command):
                    yield fault
            for number, line in enumerate(item.value.split("\n")):
                if gone := _GONE.search(line):
                    what = f"fetches from {gone[0]}, which is gone"
                    yield Fault(line=item.line + number, what=what, shown=f"RUN … {line.strip()}")


def _fault(command: Command) -> Fault | None:
    shown = f"RUN {command.text}{' &' if command.then == '&' else ''}"
    if command.name == "tar" and len(command.words) > 1 and _TAR.fullmatch(command.words[1]):
        options = command.words[1]
        taken = options[options.index("f") + 1 :]
        return Fault(line=command.line, what=f"has `tar {options}`, which takes `{taken}` for the archive", shown=shown)
    if _MIGRATIONS.search(command.text):
        what = "changes a database while the image is built, when there is none"
        return Fault(line=command.line, what=what, shown=shown, inferred=True)
    if _starts(command):
        what = f"starts {command.name} while the image is built: nothing of it runs in a container"
        return Fault(line=command.line, what=what, shown=shown, inferred=True)
    return None


def _starts(command: Command) -> bool:
    by_script = command.words[0].startswith("/etc/init.d/") and command.has("start", "restart")
    by_manager = command.name in {"service", "systemctl", "rc-service"} and command.has("start", "restart")
    return by_script or by_manager or bool(command.then == "&" and _DAEMONS.fullmatch(command.name))
