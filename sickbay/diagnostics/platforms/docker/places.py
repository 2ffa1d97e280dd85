"""What stays the same when a container is made anew: its place in a service, a task or a pod, or just its name."""

import re
from collections.abc import Mapping

from sickbay.diagnostics.platforms.docker.snapshot import COMPOSE

#: Compose makes a container beside the one that it replaces under such a name, and renames it (or the old one) then.
_MEANWHILE = re.compile(r"^[0-9a-f]{12}_(?=.)")
_ANONYMOUS = re.compile(r"[0-9a-f]{64}")
_SWARM_TASK = "com.docker.swarm.task.name"
_KUBERNETES = "io.kubernetes.container.name"


def place_of(name: str, labels: Mapping[str, str]) -> str:
    """Give what a container has in common with those that it replaces, or that replace it."""
    if service := labels.get(COMPOSE + "service"):
        number = labels.get(COMPOSE + "container-number", "1")
        one_off = f"{name}/" if labels.get(COMPOSE + "oneoff", "") == "True" else ""
        return f"compose/{labels.get(COMPOSE + 'project', '')}/{service}/{one_off}{number}"
    if task := labels.get(_SWARM_TASK):
        return f"swarm/{task.rpartition('.')[0]}"
    return f"kubernetes/{name.rpartition('_')[0]}" if _KUBERNETES in labels else name


def lasting_name(name: str, labels: Mapping[str, str]) -> str:
    """Give the name that a container keeps, where Compose has given it another for a moment."""
    return _MEANWHILE.sub("", name) if COMPOSE + "service" in labels else name


def is_anonymous(name: str) -> bool:
    """Say whether a volume has no name of its own but a number."""
    return _ANONYMOUS.fullmatch(name) is not None
