"""The deployments of services: what each came from and brought, and the definitions of both."""

from collections.abc import Iterable
from functools import partial
from itertools import chain, islice

from msgspec.structs import replace

from sickbay.diagnostics.platforms.ecs.collector.calls import Calls
from sickbay.diagnostics.platforms.ecs.collector.operations import Operation
from sickbay.diagnostics.platforms.ecs.collector.reading import Reading
from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.services import Service

#: At most so many services' deployments are asked for, two of each: as many as one call describes.
DEPLOYMENTS = 10


def with_rollouts(reading: Reading, calls: Calls, ecs: Snapshot, asked: Iterable[Service]) -> Snapshot:
    """Give the snapshot with the last deployments of the services asked about. Raises CancelledError."""
    services = list(islice(asked, DEPLOYMENTS))
    under_way = [item.current_service_deployment for item in services if item.current_service_deployment]
    ended = [item.service_name for item in services if not item.current_service_deployment]
    listed = reading.each(Operation.DEPLOYMENT_NAMES, ended, calls.deployment_names)
    names = tuple(dict.fromkeys((*under_way, *chain.from_iterable(listed.values()))))
    coming = [reading.start(partial(calls.deployments, names))] if names else []
    deployments = reading.gather(Operation.DEPLOYMENTS, coming)
    arns = tuple(dict.fromkeys(item.arn for deployment in deployments for item in deployment.revisions))
    brought = [reading.start(partial(calls.revisions, arns))] if arns else []
    revisions = reading.gather(Operation.REVISIONS, brought)
    unknown = dict.fromkeys(
        item.task_definition
        for item in revisions
        if item.task_definition and item.task_definition not in ecs.definitions
    )
    definitions = reading.each(Operation.DEFINITION, unknown, calls.definition)
    return replace(ecs, deployments=deployments, revisions=revisions, definitions={**ecs.definitions, **definitions})
