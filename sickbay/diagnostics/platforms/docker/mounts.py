"""What goes wrong with mounts: read-only file systems in a log, and which mount they are about."""

import re
from pathlib import PurePosixPath

from msgspec import Struct

from sickbay.diagnostics.databases import data_directory
from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.docker.connections import said
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.wire.containers import Mount

_SIGNS = ("only", "erofs")
_READ_ONLY = re.compile(r"read-?only file ?system|\bEROFS\b", re.IGNORECASE)
#: What PostgreSQL, MySQL and MariaDB, MongoDB and Elasticsearch say of data that another server holds.
_LOCKED = re.compile(
    r"lock file .* already exists|unable to lock \S*ibdata|another (?:mysqld|mongod|server).*(?:running|using)"
    r"|DBPathInUse|mongod\.lock|failed to obtain node lock",
    re.IGNORECASE,
)
_PATH = re.compile(r"(?<![\w.:/-])/[\w.@+-]+(?:/[\w.@+-]+)*")


class Refused(Struct, frozen=True, kw_only=True):
    """A write that was refused: the path where it was told, and the mount that holds it, nothing for the root."""

    path: str
    mount: Mount | None
    evidence: Evidence

    @property
    def place(self) -> str:
        """Give the mount in words."""
        if self.mount is None:
            return f"none at {self.path or 'any path that the line names'}"
        return self.mount.destination if self.mount.rw else f"{self.mount.destination} (read-only)"

    def cause(self, container: Container) -> tuple[str, str, bool]:
        """Give what is read-only, what to do about it, and whether the container's own settings say so."""
        if self.mount and not self.mount.rw:
            text = "Mount it without `:ro`, if the program should write there."
            return f"{self.mount.destination} is mounted read-only", text, True
        if container.inspect.host_config.readonly_rootfs and not self.mount:
            text = "Mount a volume or a tmpfs where it writes: its root file system was made read-only on purpose."
            return "its root file system is read-only", text, True
        text = "Look on the host for errors of that disk (`dmesg`), repair its file system and mount it again."
        return "it may, so the file system of the host beneath is read-only, as after errors of its disk", text, False


def refused_write(host: Snapshot, container: Container) -> Refused | None:
    """Give the last write lately that a read-only file system refused, as the container's program tells it."""
    lines = [item for item in said(host, container, _SIGNS) if _READ_ONLY.search(item.value)]
    if not lines:
        return None
    paths = [found[0] for line in reversed(lines) for found in _PATH.finditer(line.value)]
    path = next((path for path in paths if holding(container, path)), paths[0] if paths else "")
    return Refused(path=path, mount=holding(container, path), evidence=lines[-1])


def lock_held(container: Container) -> tuple[Evidence, ...]:
    """Give the last line of a database's log that tells of another server on the same data, or nothing."""
    lines = [line for line in container.log.text.splitlines() if _LOCKED.search(line)] if container.log else []
    source = f"GET /containers/{container.name}/logs"
    return tuple(Evidence(source=source, value=line, at=container.read_at) for line in lines[-1:])


def data_mount(container: Container) -> Mount | None:
    """Give the mount that holds a database's data and may be written to."""
    directory = data_directory(container.inspect.config.image)
    mounts = (mount for mount in container.inspect.mounts if mount.rw and mount.source)
    return next((mount for mount in mounts if directory and _within(mount.destination, directory)), None)


def holding(container: Container, path: str) -> Mount | None:
    """Give the mount on which a path of the container lies, the innermost one; nothing for its root file system."""
    around = [mount for mount in container.inspect.mounts if path and _within(path, mount.destination)]
    return max(around, key=lambda mount: len(mount.destination), default=None)


def _within(path: str, directory: str) -> bool:
    return PurePosixPath(directory).is_absolute() and PurePosixPath(path).is_relative_to(directory)
