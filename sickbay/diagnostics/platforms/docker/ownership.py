"""Who owns a container: the tool whose labels it carries, where the lasting fix belongs."""

import re
import shlex
from collections.abc import Mapping

from sickbay.diagnostics.model import Remedy
from sickbay.diagnostics.platforms.docker.snapshot import COMPOSE, Container

#: The label by which an operator says who owns a container: Puppet and Chef, for two, leave none of their own.
OWNER = "sickbay.owner"
#: Tools by a word in the names of the labels that they leave, or that people give what a tool makes.
_TOOLS = {"ansible": "Ansible", "puppet": "Puppet", "chef": "Chef"}
_NOMAD = "com.hashicorp.nomad."


def owner_of(labels: Mapping[str, str]) -> str | None:
    """Name the tool and its file or unit, or nothing for a container made by hand. OWNER says more than any tool."""
    if owner := labels.get(OWNER):
        return owner
    if project := labels.get(COMPOSE + "project"):
        files = labels.get(COMPOSE + "project.config_files", "")
        return f"Compose project {project}" + (f" ({files})" if files else "")
    if service := labels.get("com.docker.swarm.service.name"):
        return f"Swarm service {service}"
    if pod := labels.get("io.kubernetes.pod.name"):
        return f"Kubernetes pod {labels.get('io.kubernetes.pod.namespace', 'default')}/{pod}"
    if any(label.startswith(_NOMAD) for label in labels):
        job = labels.get(f"{_NOMAD}job_name", "")
        return f"Nomad job {job}" if job else f"Nomad allocation {labels.get(f'{_NOMAD}alloc_id', '')}".strip()
    words = {word for label in labels for word in re.split(r"[^a-z]+", label.lower())}
    return next((tool for word, tool in _TOOLS.items() if word in words), None)


def orchestrated(labels: Mapping[str, str]) -> bool:
    """Say whether Swarm, Kubernetes or Nomad keeps the container: restarts and probes it in the engine's place."""
    return any(label.startswith(("com.docker.swarm.", "io.kubernetes.", _NOMAD)) for label in labels)


def remedy(container: Container, text: str, command: str | None = None) -> Remedy:
    """Give a remedy for the container's class of fault, with its owner."""
    return Remedy(text=text, command=command, owner=owner_of(container.labels))


def quoted(container: Container) -> str:
    """Give the container's name as a shell takes it."""
    return shlex.quote(container.name)
