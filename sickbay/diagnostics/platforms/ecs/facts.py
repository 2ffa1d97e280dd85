"""What was read of an ECS cluster, as it was read, and what is missing."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from sickbay.diagnostics.log_tail import LogTail
from sickbay.diagnostics.model import Gap
from sickbay.diagnostics.platforms.ecs.wire.account import DeniedCall, Quota, TrailEvent
from sickbay.diagnostics.platforms.ecs.wire.balancing import (
    InstanceState,
    Responses,
    ScalingActivity,
    SecurityGroup,
    Stack,
    StackEvent,
    TargetGroup,
    TargetHealth,
)
from sickbay.diagnostics.platforms.ecs.wire.capacity import CapacityProvider, GroupActivity, ScalingGroup
from sickbay.diagnostics.platforms.ecs.wire.definitions import TaskDefinition
from sickbay.diagnostics.platforms.ecs.wire.deployments import ServiceDeployment, ServiceRevision
from sickbay.diagnostics.platforms.ecs.wire.instances import ContainerInstance
from sickbay.diagnostics.platforms.ecs.wire.registry import EcrImage
from sickbay.diagnostics.platforms.ecs.wire.services import Cluster, Service
from sickbay.diagnostics.platforms.ecs.wire.tasks import Task
from sickbay.diagnostics.targets import Request


class Obstacle(StrEnum):
    """What kept the collector from reading the cluster at all."""

    NO_CREDENTIALS = "no credentials"
    EXPIRED = "credentials expired"
    INVALID = "credentials not accepted"
    CLOCK = "clock is off"
    SIGNATURE = "signature not accepted"
    ROLE = "role not assumed"
    DENIED = "access denied"
    NO_CLUSTER = "no such cluster"
    NO_REGION = "region without ECS"
    NOT_REACHED = "not reached"
    THROTTLED = "throttled"
    TIMEOUT = "no answer in time"
    OTHER = "request failed"


class Unreachable(Struct, frozen=True, kw_only=True):
    """Why nothing could be read: the obstacle, the redacted text of the error, and the clusters that do exist."""

    obstacle: Obstacle
    message: str
    call: str = ""
    known: tuple[str, ...] = ()


class FailedStack(Struct, frozen=True, kw_only=True):
    """A CloudFormation stack of the services that failed, with its first failing event."""

    stack: Stack
    first: StackEvent | None = None


class Facts(Struct, frozen=True, kw_only=True):
    """One ECS cluster. `name` is the target's, `cluster_name` and `region` where it is.

    `services`, `tasks` (those that run and those that lately stopped) and `instances` are those of the scope, apart
    from the instances of a service, which are all: it may be placed on any. `definitions` by ARN are read where they
    can explain something, `target_groups` and what their targets say (`health` by ARN, `classic` by the name of a
    classic load balancer) for services in doubt. `logs` hold the end of a stopped container's log by `task id/name`,
    `missing_logs` the log groups that are not there, `group_activities` what an Auto Scaling group did last, by name.
    `memory` is the share that the fullest task of a service lately used of what it reserves, by the service's name.
    """

    request: Request
    taken_at: datetime
    name: str
    cluster_name: str
    region: str
    unreachable: Unreachable | None = None
    cluster: Cluster | None = None
    services: tuple[Service, ...] = ()
    tasks: tuple[Task, ...] = ()
    instances: tuple[ContainerInstance, ...] = ()
    asked_instance: str = ""
    definitions: Mapping[str, TaskDefinition] = {}
    providers: tuple[CapacityProvider, ...] = ()
    deployments: tuple[ServiceDeployment, ...] = ()
    revisions: tuple[ServiceRevision, ...] = ()
    target_groups: tuple[TargetGroup, ...] = ()
    health: Mapping[str, tuple[TargetHealth, ...]] = {}
    classic: Mapping[str, tuple[InstanceState, ...]] = {}
    responses: tuple[Responses, ...] = ()
    scaling: tuple[ScalingActivity, ...] = ()
    memory: Mapping[str, float] = {}
    images: tuple[EcrImage, ...] = ()
    logs: Mapping[str, LogTail] = {}
    missing_logs: tuple[str, ...] = ()
    trail: tuple[TrailEvent, ...] = ()
    denied: tuple[DeniedCall, ...] = ()
    quotas: tuple[Quota, ...] = ()
    scaling_groups: tuple[ScalingGroup, ...] = ()
    group_activities: Mapping[str, GroupActivity] = {}
    stacks: tuple[FailedStack, ...] = ()
    security_groups: tuple[SecurityGroup, ...] = ()
    gaps: tuple[Gap, ...] = ()
