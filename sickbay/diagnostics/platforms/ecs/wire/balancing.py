"""Shapes of target groups and the health of their targets, and of scaling, stacks and security groups."""

from datetime import datetime

from msgspec import field

from sickbay.diagnostics.platforms.ecs.wire.base import PascalWire, Wire


class Matcher(PascalWire, frozen=True, kw_only=True):
    """The answers that count as healthy."""

    http_code: str = ""


class TargetGroup(PascalWire, frozen=True, kw_only=True):
    """One of `DescribeTargetGroups`; times in seconds."""

    target_group_arn: str
    protocol: str = ""
    health_check_port: str = ""
    health_check_path: str = ""
    health_check_timeout_seconds: int = 5
    matcher: Matcher = Matcher()
    load_balancer_arns: tuple[str, ...] = ()


class TargetDescription(PascalWire, frozen=True, kw_only=True):
    """A target: an address or instance, and its port."""

    id: str = ""
    port: int = 0
    availability_zone: str = ""


class Health(PascalWire, frozen=True, kw_only=True):
    """How a target fares, and why."""

    state: str = ""
    reason: str = ""
    description: str = ""


class TargetHealth(PascalWire, frozen=True, kw_only=True):
    """One of `DescribeTargetHealth`."""

    target: TargetDescription = TargetDescription()
    target_health: Health = Health()


class InstanceState(PascalWire, frozen=True, kw_only=True):
    """One of a classic load balancer's `DescribeInstanceHealth`."""

    instance_id: str = ""
    state: str = ""
    reason_code: str = ""
    description: str = ""


class NotScaledReason(PascalWire, frozen=True, kw_only=True):
    """Why nothing was scaled, such as AlreadyAtMaxCapacity, and the maximum at that time."""

    code: str = ""
    max_capacity: int = 0


class ScalingActivity(PascalWire, frozen=True, kw_only=True):
    """One of Application Auto Scaling's `DescribeScalingActivities`."""

    resource_id: str = ""
    description: str = ""
    cause: str = ""
    start_time: datetime | None = None
    status_code: str = ""
    status_message: str = ""
    not_scaled_reasons: tuple[NotScaledReason, ...] = ()


class Stack(PascalWire, frozen=True, kw_only=True):
    """One of CloudFormation's `DescribeStacks`."""

    stack_name: str = ""
    stack_status: str = ""
    stack_status_reason: str = ""


class StackEvent(PascalWire, frozen=True, kw_only=True):
    """One of `DescribeStackEvents`."""

    logical_resource_id: str = ""
    resource_type: str = ""
    resource_status: str = ""
    resource_status_reason: str = ""
    timestamp: datetime


class IpRange(PascalWire, frozen=True, kw_only=True):
    """Addresses that may come in."""

    cidr_ip: str = ""
    cidr_ipv6: str = field(default="", name="CidrIpv6")


class Permission(PascalWire, frozen=True, kw_only=True):
    """What may come in; no port stands for all."""

    ip_protocol: str = ""
    from_port: int | None = None
    to_port: int | None = None
    ip_ranges: tuple[IpRange, ...] = ()
    ipv6_ranges: tuple[IpRange, ...] = field(default=(), name="Ipv6Ranges")


class SecurityGroup(PascalWire, frozen=True, kw_only=True):
    """One of EC2's `DescribeSecurityGroups`."""

    group_id: str = ""
    group_name: str = ""
    ip_permissions: tuple[Permission, ...] = ()


class Responses(Wire, frozen=True, kw_only=True):
    """Failed answers within the last hour: of the targets, and of the load balancer itself, in all and by the minute.

    `first` is the first minute with any.
    """

    target_group: str
    of_targets: float = 0
    of_balancer: float = 0
    first: datetime | None = None
