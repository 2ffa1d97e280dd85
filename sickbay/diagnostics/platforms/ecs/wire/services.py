"""Shapes of clusters, services and their deployments."""

from datetime import datetime

from sickbay.diagnostics.platforms.ecs.wire.base import Wire
from sickbay.diagnostics.platforms.ecs.wire.definitions import PlacementConstraint


class Tag(Wire, frozen=True, kw_only=True):
    """One tag."""

    key: str = ""
    value: str = ""


class ExecLog(Wire, frozen=True, kw_only=True):
    """Where sessions of ECS Exec are logged."""

    cloud_watch_log_group_name: str = ""
    s3_bucket_name: str = ""


class ExecConfiguration(Wire, frozen=True, kw_only=True):
    """What sessions of ECS Exec are encrypted with, and where they are logged."""

    kms_key_id: str = ""
    log_configuration: ExecLog = ExecLog()


class ClusterConfiguration(Wire, frozen=True, kw_only=True):
    """A cluster's own settings."""

    execute_command_configuration: ExecConfiguration = ExecConfiguration()


class Cluster(Wire, frozen=True, kw_only=True):
    """One of `DescribeClusters`."""

    cluster_name: str = ""
    status: str = ""
    capacity_providers: tuple[str, ...] = ()
    configuration: ClusterConfiguration = ClusterConfiguration()


class ServiceEvent(Wire, frozen=True, kw_only=True):
    """What the scheduler says of a service; it keeps the last 100, and leaves out what repeats within six hours."""

    created_at: datetime
    message: str = ""


class AdvancedConfiguration(Wire, frozen=True, kw_only=True):
    """The other target group of a blue/green service: each deployment goes to the one that is idle."""

    alternate_target_group_arn: str = ""


class LoadBalancer(Wire, frozen=True, kw_only=True):
    """Where a service registers its tasks: a target group, or a classic load balancer by its name."""

    target_group_arn: str = ""
    load_balancer_name: str = ""
    container_name: str = ""
    container_port: int = 0
    advanced_configuration: AdvancedConfiguration | None = None

    @property
    def group_arns(self) -> tuple[str, ...]:
        """Give its target groups, the alternate one last."""
        alternate = self.advanced_configuration.alternate_target_group_arn if self.advanced_configuration else ""
        return tuple(arn for arn in (self.target_group_arn, alternate) if arn)


class VpcConfiguration(Wire, frozen=True, kw_only=True):
    """The network of tasks with an address of their own."""

    subnets: tuple[str, ...] = ()
    security_groups: tuple[str, ...] = ()
    assign_public_ip: str = "DISABLED"


class NetworkConfiguration(Wire, frozen=True, kw_only=True):
    """A service's network: only with the network mode awsvpc."""

    awsvpc_configuration: VpcConfiguration = VpcConfiguration()


class Threshold(Wire, frozen=True, kw_only=True):
    """How many failed tasks end a deployment: so many, or so much of the desired count in percent."""

    type: str = "BOUNDED_PERCENT"
    value: int = 50


class CircuitBreaker(Wire, frozen=True, kw_only=True):
    """Whether a deployment that fails is ended, after how many failed tasks, and whether it is rolled back."""

    enable: bool = False
    rollback: bool = False
    threshold_configuration: Threshold = Threshold()


class DeploymentConfiguration(Wire, frozen=True, kw_only=True):
    """How many tasks may run during a deployment, in percent of the desired count."""

    deployment_circuit_breaker: CircuitBreaker = CircuitBreaker()
    maximum_percent: int = 200
    minimum_healthy_percent: int = 100
    strategy: str = "ROLLING"


class Deployment(Wire, frozen=True, kw_only=True):
    """One deployment of a service; PRIMARY is the latest, ACTIVE one that still has tasks."""

    id: str = ""
    status: str = ""
    task_definition: str = ""
    desired_count: int = 0
    pending_count: int = 0
    running_count: int = 0
    failed_tasks: int = 0
    network_configuration: NetworkConfiguration = NetworkConfiguration()
    created_at: datetime | None = None
    updated_at: datetime | None = None
    rollout_state: str = ""
    rollout_state_reason: str = ""


class TaskSet(Wire, frozen=True, kw_only=True):
    """What CodeDeploy or another controller deploys in place of ECS's own deployments."""

    status: str = ""
    task_definition: str = ""
    running_count: int = 0
    load_balancers: tuple[LoadBalancer, ...] = ()


class DeploymentController(Wire, frozen=True, kw_only=True):
    """Who deploys: ECS, CODE_DEPLOY (blue/green), EXTERNAL."""

    type: str = "ECS"


class StrategyItem(Wire, frozen=True, kw_only=True):
    """A capacity provider that a service's tasks go to."""

    capacity_provider: str = ""


class Service(Wire, frozen=True, kw_only=True):
    """One of `DescribeServices`."""

    service_arn: str = ""
    service_name: str
    status: str = "ACTIVE"
    desired_count: int = 0
    running_count: int = 0
    pending_count: int = 0
    launch_type: str = ""
    capacity_provider_strategy: tuple[StrategyItem, ...] = ()
    scheduling_strategy: str = "REPLICA"
    platform_version: str = ""
    task_definition: str = ""
    deployment_configuration: DeploymentConfiguration = DeploymentConfiguration()
    deployments: tuple[Deployment, ...] = ()
    deployment_controller: DeploymentController = DeploymentController()
    task_sets: tuple[TaskSet, ...] = ()
    load_balancers: tuple[LoadBalancer, ...] = ()
    events: tuple[ServiceEvent, ...] = ()
    created_at: datetime | None = None
    network_configuration: NetworkConfiguration = NetworkConfiguration()
    health_check_grace_period_seconds: int = 0
    placement_constraints: tuple[PlacementConstraint, ...] = ()
    enable_execute_command: bool = False
    current_service_deployment: str = ""
    tags: tuple[Tag, ...] = ()

    @property
    def primary(self) -> Deployment | None:
        """Give the latest deployment."""
        return next((item for item in self.deployments if item.status == "PRIMARY"), None)

    @property
    def definitions(self) -> frozenset[str]:
        """Give the task definitions that the service still runs or wants to run."""
        deployed = {item.task_definition for item in self.deployments}
        deployed |= {item.task_definition for item in self.task_sets}
        return frozenset({*deployed, self.task_definition} - {""})

    @property
    def balancers(self) -> tuple[LoadBalancer, ...]:
        """Give where the service and its task sets register tasks, each once."""
        held = (*self.load_balancers, *(one for item in self.task_sets for one in item.load_balancers))
        return tuple(dict.fromkeys(held))

    @property
    def group_arns(self) -> tuple[str, ...]:
        """Give the target groups in which its tasks may be, each once."""
        return tuple(dict.fromkeys(arn for item in self.balancers for arn in item.group_arns))

    @property
    def rolling(self) -> bool:
        """Say whether ECS replaces its tasks in place, and not blue by green."""
        return self.deployment_controller.type == "ECS" and self.deployment_configuration.strategy == "ROLLING"

    @property
    def short(self) -> bool:
        """Say whether fewer tasks run than are desired."""
        return self.running_count < self.desired_count

    def tag(self, key: str) -> str:
        """Give the value of a tag, or nothing."""
        return next((item.value for item in self.tags if item.key == key), "")
