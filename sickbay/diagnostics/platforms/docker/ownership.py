"""Who owns a container: the tool whose labels it carries, where the lasting fix belongs."""

import shlex
from collections.abc import Mapping

from sickbay.diagnostics.model import Remedy
from sickbay.diagnostics.platforms.docker.snapshot import COMPOSE, Container


def owner_of(labels: Mapping[str, str]) -> str | None:
    """Name the tool and its file or unit, or nothing for a container made by hand. Puppet and Chef leave no labels."""
    if project := labels.get(COMPOSE + "project"):
        files = labels.get(COMPOSE + "project.config_files", "")
        return f"Compose project {project}" + (f" ({files})" if files else "")
    if service := labels.get("com.docker.swarm.service.name"):
        return f"Swarm service {service}"
    if pod := labels.get("io.kubernetes.pod.name"):
        return f"Kubernetes pod {labels.get('io.kubernetes.pod.namespace', 'default')}/{pod}"
    if any(label.lower().startswith("ansible") for label in labels):
        return "Ansible"
    return None


def orchestrated(labels: Mapping[str, str]) -> bool:
    """Say whether Swarm or Kubernetes keeps the container, and so restarts and probes it in the engine's place."""
    return any(label.startswith(("com.docker.swarm.", "io.kubernetes.")) for label in labels)


def remedy(container: Container, text: str, command: str | None = None) -> Remedy:
    """Give a remedy for the container's class of fault, with its owner."""
    return Remedy(text=text, command=command, owner=owner_of(container.labels))


def quoted(container: Container) -> str:
    """Give the container's name as a shell takes it."""
    return shlex.quote(container.name)
