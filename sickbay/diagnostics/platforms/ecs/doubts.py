"""Which services are in doubt, so that more is asked about them."""

from sickbay.diagnostics.platforms.ecs.messages import warnings
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.services import Service


def doubtful(ecs: Snapshot) -> tuple[Service, ...]:
    """Give the services that are short, warn, or lost tasks; those of a scope, and in an audit all."""
    if ecs.request.audit or ecs.request.scope:
        return ecs.services
    lost = {task.service for task in ecs.failed}
    return tuple(service for service in ecs.services if service.service_name in lost or _doubtful(ecs, service))


def troubled(service: Service) -> bool:
    """Say whether a service is short of tasks, or a deployment of it lost some."""
    return service.short or any(item.failed_tasks for item in service.deployments)


def _doubtful(ecs: Snapshot, service: Service) -> bool:
    rolling = any(item.rollout_state == "FAILED" or item.failed_tasks for item in service.deployments)
    unsteady = len(service.deployments) > 1
    return service.short or rolling or unsteady or bool(warnings(ecs, service))
