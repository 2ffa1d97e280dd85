"""Shapes of deployments of a service, and of the revisions that they go from and to."""

from datetime import datetime

from sickbay.diagnostics.platforms.ecs.wire.base import Wire
from sickbay.diagnostics.platforms.ecs.wire.services import LoadBalancer, NetworkConfiguration, StrategyItem


class DeploymentBreaker(Wire, frozen=True, kw_only=True):
    """How close a deployment came to its circuit breaker's threshold."""

    status: str = ""
    failure_count: int = 0
    threshold: int = 0


class DeploymentAlarms(Wire, frozen=True, kw_only=True):
    """The alarms that end a deployment."""

    status: str = ""
    triggered_alarm_names: tuple[str, ...] = ()


class Rollback(Wire, frozen=True, kw_only=True):
    """Why a deployment was rolled back, and when."""

    reason: str = ""
    started_at: datetime | None = None


class RevisionSummary(Wire, frozen=True, kw_only=True):
    """A service revision that a deployment goes to or comes from; its part of the traffic in percent (blue/green)."""

    arn: str = ""
    requested_production_traffic_weight: float | None = None


class ServiceDeployment(Wire, frozen=True, kw_only=True):
    """One of `DescribeServiceDeployments`."""

    service_arn: str = ""
    status: str = ""
    status_reason: str = ""
    lifecycle_stage: str = ""
    created_at: datetime | None = None
    finished_at: datetime | None = None
    source_service_revisions: tuple[RevisionSummary, ...] = ()
    target_service_revision: RevisionSummary = RevisionSummary()
    deployment_circuit_breaker: DeploymentBreaker = DeploymentBreaker()
    alarms: DeploymentAlarms = DeploymentAlarms()
    rollback: Rollback = Rollback()

    @property
    def revisions(self) -> tuple[RevisionSummary, ...]:
        """Give those that it goes to and comes from."""
        return tuple(item for item in (self.target_service_revision, *self.source_service_revisions) if item.arn)


class ContainerImage(Wire, frozen=True, kw_only=True):
    """What the tag of a container's image stood for when the revision was made."""

    container_name: str = ""
    image_digest: str = ""


class ResolvedBalancer(Wire, frozen=True, kw_only=True):
    """The one of a blue/green service's target groups in which a revision's tasks are."""

    target_group_arn: str = ""


class ResolvedConfiguration(Wire, frozen=True, kw_only=True):
    """What ECS chose for a revision."""

    load_balancers: tuple[ResolvedBalancer, ...] = ()


class ServiceRevision(Wire, frozen=True, kw_only=True):
    """What a deployment brought: one of `DescribeServiceRevisions`."""

    service_revision_arn: str = ""
    task_definition: str = ""
    launch_type: str = ""
    platform_version: str = ""
    capacity_provider_strategy: tuple[StrategyItem, ...] = ()
    load_balancers: tuple[LoadBalancer, ...] = ()
    network_configuration: NetworkConfiguration = NetworkConfiguration()
    container_images: tuple[ContainerImage, ...] = ()
    resolved_configuration: ResolvedConfiguration = ResolvedConfiguration()

    @property
    def group_arns(self) -> frozenset[str]:
        """Give the target groups in which its tasks are, as ECS chose them or else as they are configured."""
        resolved = {item.target_group_arn for item in self.resolved_configuration.load_balancers}
        return frozenset(resolved or {item.target_group_arn for item in self.load_balancers}) - {""}
