"""Why the engine refused to start a container, in its own words, and what to do about it."""

import re

from sickbay.diagnostics.model import Remedy
from sickbay.diagnostics.platforms.docker.drivers import unknown_plugin
from sickbay.diagnostics.platforms.docker.ownership import quoted, remedy
from sickbay.diagnostics.platforms.docker.snapshot import Container

#: What the runtime says before it says anything.
_PREAMBLE = re.compile(r"^.*(?:unable to start container process|error during container init): ", re.DOTALL)


def why(container: Container) -> str:
    """Give what the error of the last start says, or nothing where there is none."""
    return _PREAMBLE.sub("", container.state.error.strip())


def cure(container: Container) -> Remedy | None:
    """Give the remedy of the error's class; without an error, that of a container that nobody has started."""
    error = why(container).lower()
    if not error:
        return remedy(
            container,
            f"Start it, or remove it if it is not wanted{_required(container)}.",
            f"docker start {quoted(container)}",
        )
    if "mount a directory onto a file" in error:
        where = _source(container)
        return remedy(
            container, f"Make the source of the mount on the host{where} what its target is: a file or a directory."
        )
    if lacks_source(container):
        where = _source(container)
        return remedy(container, f"Create the source of the bind mount on the host{where}, or correct the path.")
    if "network" in error and "not found" in error:
        return remedy(container, "The network it was made for is gone: make it again, or recreate the container.")
    if "cannot join network of a non running container" in error or "no such container" in error:
        return remedy(container, "The container whose network it joins does not run: start that one first.")
    return None


def lacks_source(container: Container) -> bool:
    """Say whether the error is that the source of a bind mount is not on the host; `statfs` is Podman's way."""
    error = why(container).lower()
    if unknown_plugin(error):
        return False
    return "bind source path does not exist" in error or (
        ("mount" in error or "statfs" in error) and "no such file" in error
    )


def _required(container: Container) -> str:
    """Name the sources without which no start succeeds: Docker makes those of `--volume` where they are missing."""
    made = {bind.partition(":")[0] for bind in container.inspect.host_config.binds}
    sources = [mount.source for mount in container.inspect.mounts if mount.type == "bind" and mount.source not in made]
    return f"; a start fails while {', '.join(sources)} is missing" if sources else ""


def _source(container: Container) -> str:
    """Give the source of the bind mount that the error names, in brackets; or of the only one there is."""
    sources = [mount.source for mount in container.inspect.mounts if mount.type == "bind"]
    named = [source for source in sources if source in why(container)] or (sources if len(sources) == 1 else [])
    return f" ({max(named, key=len)})" if named else ""
