"""Shapes of capacity providers and the Auto Scaling groups behind them."""

from datetime import datetime

from sickbay.diagnostics.platforms.ecs.wire.base import PascalWire, Wire, last_part


class ManagedScaling(Wire, frozen=True, kw_only=True):
    """Whether ECS scales the group of a capacity provider."""

    status: str = ""


class GroupProvider(Wire, frozen=True, kw_only=True):
    """The Auto Scaling group behind a capacity provider."""

    auto_scaling_group_arn: str = ""
    managed_scaling: ManagedScaling = ManagedScaling()


class SuspendedProcess(PascalWire, frozen=True, kw_only=True):
    """What somebody has stopped an Auto Scaling group from doing, such as Launch."""

    process_name: str = ""


class ScalingGroup(PascalWire, frozen=True, kw_only=True):
    """One of Auto Scaling's `DescribeAutoScalingGroups`, in instances."""

    auto_scaling_group_name: str
    max_size: int = 0
    desired_capacity: int = 0
    suspended_processes: tuple[SuspendedProcess, ...] = ()


class GroupActivity(PascalWire, frozen=True, kw_only=True):
    """One of Auto Scaling's `DescribeScalingActivities`: what a group did last, and how that ended."""

    auto_scaling_group_name: str = ""
    description: str = ""
    start_time: datetime | None = None
    status_code: str = ""
    status_message: str = ""


class CapacityProvider(Wire, frozen=True, kw_only=True):
    """One of `DescribeCapacityProviders`."""

    name: str = ""
    status: str = ""
    update_status: str = ""
    update_status_reason: str = ""
    auto_scaling_group_provider: GroupProvider | None = None

    @property
    def group(self) -> str:
        """Give the name of its Auto Scaling group, or nothing."""
        provider = self.auto_scaling_group_provider
        return last_part(provider.auto_scaling_group_arn) if provider else ""

    @property
    def scaled(self) -> bool:
        """Say whether ECS makes its group grow when tasks wait."""
        provider = self.auto_scaling_group_provider
        return provider is not None and provider.managed_scaling.status == "ENABLED"
