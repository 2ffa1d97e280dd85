"""Who owns a service: the stack that it was deployed with, where the lasting fix belongs."""

import shlex

from sickbay.diagnostics.model import Remedy
from sickbay.diagnostics.platforms.swarm.wire.services import Service


def owner_of(service: Service) -> str | None:
    """Name the stack, or nothing for a service made by hand."""
    return f"Stack {service.stack} (docker stack deploy)" if service.stack else None


def remedy(service: Service, text: str, command: str | None = None) -> Remedy:
    """Give a remedy for the service's class of fault, with its owner."""
    return Remedy(text=text, command=command, owner=owner_of(service))


def update(service: Service, *options: str) -> str:
    """Give the command that updates the service with these options, each a word as a shell takes it."""
    return shlex.join(["docker", "service", "update", *options, service.name])
