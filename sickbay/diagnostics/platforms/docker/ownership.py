"""Who owns a container: the tool whose labels it carries, where the lasting fix belongs."""

import shlex
from collections.abc import Mapping

from sickbay.diagnostics.model import Remedy
from sickbay.diagnostics.platforms.docker.snapshot import Container

_COMPOSE = "com.docker.compose."


def owner_of(labels: Mapping[str, str]) -> str | None:
    """Name the tool and its file or unit, or nothing for a container made by hand. Puppet and Chef leave no labels."""
    if project := labels.get(_COMPOSE + "project"):
        files = labels.get(_COMPOSE + "project.config_files", "")
        return f"Compose project {project}" + (f" ({files})" if files else "")
    if service := labels.get("com.docker.swarm.service.name"):
        return f"Swarm service {service}"
    if pod := labels.get("io.kubernetes.pod.name"):
        return f"Kubernetes pod {labels.get('io.kubernetes.pod.namespace', 'default')}/{pod}"
    if any(label.startswith("ansible") for label in labels):
        return "Ansible"
    return None


def remedy(container: Container, text: str, command: str | None = None) -> Remedy:
    """Give a remedy for the container's class of fault, with its owner."""
    return Remedy(text=text, command=command, owner=owner_of(container.labels))


def quoted(container: Container) -> str:
    """Give the container's name as a shell takes it."""
    return shlex.quote(container.name)
