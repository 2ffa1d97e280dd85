"""Shapes of what makes pods, scales them, and guards their number."""

from collections.abc import Mapping
from datetime import datetime

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.wire.base import (
    Condition,
    LabelSelector,
    ObjectMeta,
    Resource,
    Wire,
    Written,
)
from sickbay.diagnostics.platforms.kubernetes.wire.templates import TemplateSpec


class PodTemplate(Wire, frozen=True, kw_only=True):
    """What the pods of a workload are made from."""

    metadata: ObjectMeta = ObjectMeta()
    spec: TemplateSpec = TemplateSpec()


class WorkloadSpec(Wire, frozen=True, kw_only=True):
    """What is wanted: so many `replicas` of the template (1 where it is not said)."""

    replicas: int = 1
    selector: LabelSelector = LabelSelector()
    template: PodTemplate = PodTemplate()
    paused: bool = False
    pod_management_policy: str = ""
    progress_deadline_seconds: int = 600


class WorkloadStatus(Wire, frozen=True, kw_only=True):
    """What is there."""

    observed_generation: int = 0
    replicas: int = 0
    ready_replicas: int = 0
    updated_replicas: int = 0
    available_replicas: int = 0
    unavailable_replicas: int = 0
    current_revision: str = ""
    update_revision: str = ""
    conditions: tuple[Condition, ...] = ()


class Workload(Written, frozen=True, kw_only=True):
    """A Deployment, ReplicaSet, StatefulSet: they differ in nothing that is read here."""

    spec: WorkloadSpec = WorkloadSpec()
    status: WorkloadStatus = WorkloadStatus()


class OldSpec(Wire, frozen=True, kw_only=True):
    """A ReplicationController's specification: its selector is plain labels."""

    replicas: int = 1
    selector: Mapping[str, str] = {}
    template: PodTemplate = PodTemplate()


class ReplicationController(Resource, frozen=True, kw_only=True):
    """What Deployments replaced."""

    spec: OldSpec = OldSpec()
    status: WorkloadStatus = WorkloadStatus()


class DaemonSetStatus(Wire, frozen=True, kw_only=True):
    """On how many nodes the pod should be, is, and is ready."""

    desired_number_scheduled: int = 0
    current_number_scheduled: int = 0
    number_ready: int = 0
    number_available: int = 0
    number_misscheduled: int = 0
    number_unavailable: int = 0
    updated_number_scheduled: int = 0


class DaemonSet(Written, frozen=True, kw_only=True):
    """`GET /apis/apps/v1/daemonsets`."""

    spec: WorkloadSpec = WorkloadSpec()
    status: DaemonSetStatus = DaemonSetStatus()


class JobSpec(Wire, frozen=True, kw_only=True):
    """How often a job may fail and how long it may take."""

    completions: int | None = None
    parallelism: int | None = None
    backoff_limit: int = 6
    active_deadline_seconds: int | None = None
    suspend: bool = False
    template: PodTemplate = PodTemplate()


class JobStatus(Wire, frozen=True, kw_only=True):
    """How far a job is."""

    active: int = 0
    succeeded: int = 0
    failed: int = 0
    start_time: datetime | None = None
    completion_time: datetime | None = None
    conditions: tuple[Condition, ...] = ()


class Job(Resource, frozen=True, kw_only=True):
    """`GET /apis/batch/v1/jobs`."""

    spec: JobSpec = JobSpec()
    status: JobStatus = JobStatus()

    def condition(self, kind: str) -> Condition | None:
        """Give the condition of that type, where it is true."""
        return next((item for item in self.status.conditions if item.type == kind and item.status == "True"), None)

    @property
    def ended(self) -> bool:
        """Say whether the job is complete, or was given up."""
        return self.condition("Complete") is not None or self.condition("Failed") is not None


class CronJobSpec(Wire, frozen=True, kw_only=True):
    """When a job is made."""

    schedule: str = ""
    time_zone: str = ""
    suspend: bool = False
    concurrency_policy: str = ""
    starting_deadline_seconds: int | None = None


class CronJobStatus(Wire, frozen=True, kw_only=True):
    """When a job was made last, and last succeeded."""

    last_schedule_time: datetime | None = None
    last_successful_time: datetime | None = None


class CronJob(Resource, frozen=True, kw_only=True):
    """`GET /apis/batch/v1/cronjobs`, v1beta1 before 1.21."""

    spec: CronJobSpec = CronJobSpec()
    status: CronJobStatus = CronJobStatus()


class TargetReference(Wire, frozen=True, kw_only=True):
    """The workload that is scaled."""

    kind: str = ""
    name: str = ""


class AutoscalerSpec(Wire, frozen=True, kw_only=True):
    """Between which numbers of replicas."""

    scale_target_ref: TargetReference = TargetReference()
    min_replicas: int = 1
    max_replicas: int = 0


class AutoscalerStatus(Wire, frozen=True, kw_only=True):
    """What the autoscaler sees and wants."""

    current_replicas: int = 0
    desired_replicas: int = 0
    last_scale_time: datetime | None = None
    conditions: tuple[Condition, ...] = ()


class HorizontalPodAutoscaler(Written, frozen=True, kw_only=True):
    """`GET /apis/autoscaling/v2/horizontalpodautoscalers`, v2beta2 before 1.23."""

    spec: AutoscalerSpec = AutoscalerSpec()
    status: AutoscalerStatus = AutoscalerStatus()

    @property
    def scaled(self) -> Subject:
        """Give the workload that it scales."""
        target = self.spec.scale_target_ref
        return Subject(target.kind.lower(), f"{self.metadata.namespace}/{target.name}")


class DisruptionBudgetSpec(Wire, frozen=True, kw_only=True):
    """How many pods must stay; a number or a percentage."""

    selector: LabelSelector | None = None
    min_available: int | str | None = None
    max_unavailable: int | str | None = None


class DisruptionBudgetStatus(Wire, frozen=True, kw_only=True):
    """How many may go now."""

    disruptions_allowed: int = 0
    current_healthy: int = 0
    desired_healthy: int = 0
    expected_pods: int = 0
    observed_generation: int = 0


class PodDisruptionBudget(Written, frozen=True, kw_only=True):
    """`GET /apis/policy/v1/poddisruptionbudgets`, v1beta1 before 1.21."""

    spec: DisruptionBudgetSpec = DisruptionBudgetSpec()
    status: DisruptionBudgetStatus = DisruptionBudgetStatus()
