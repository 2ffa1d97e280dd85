"""What keeps an autoscaler from scaling: the condition that tells it, and why and what to do in words."""

from sickbay.diagnostics.platforms.kubernetes.messages import Form, told
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.base import Condition
from sickbay.diagnostics.platforms.kubernetes.wire.workloads import HorizontalPodAutoscaler

_FORMS = (
    Form(r'no matches for kind "(\w+)"', "there is no kind {0}, which its target should be", "Correct scaleTargetRef."),
    Form(r'"([^"]+)" not found', "its target {0} is not there", "Correct scaleTargetRef, or create the target."),
    Form(r"missing request for (\w+)", "its pods have no {0} request to measure against",
         "Give every container of the target a {0} request."),
    Form(r"could not find the requested resource",
         "the metrics API that it asks is not served", "Install what serves it: metrics-server for CPU and memory."),
    Form(r"no metrics returned|did not receive metrics|no known metric|unable to get metrics?|unable to fetch",
         "it gets no metrics of its pods", "Look at metrics-server, or at the adapter that serves this metric."),
)  # fmt: skip
#: Deliberate pauses between two steps, and an autoscaler that is switched off by zero replicas.
_MEANT = frozenset({"BackoffBoth", "BackoffUpscale", "BackoffDownscale", "ScalingDisabled"})
#: Seconds that new pods may take until they are measured.
_SETTLED = 120.0


def fault_of(cluster: Snapshot, autoscaler: HorizontalPodAutoscaler) -> Condition | None:
    """Give the condition that tells the fault, the gravest first."""
    by_type = {item.type: item for item in autoscaler.status.conditions}
    for name, status in (("AbleToScale", "False"), ("ScalingActive", "False"), ("ScalingLimited", "True")):
        item = by_type.get(name)
        if item is None or item.status != status or item.reason in _MEANT:
            continue
        if name == "ScalingLimited" and item.reason != "TooManyReplicas":
            continue
        if since(item.last_transition_time, cluster.now) >= _SETTLED:
            return item
    return None


def explained(autoscaler: HorizontalPodAutoscaler, condition: Condition) -> tuple[str, str]:
    """Give what the autoscaler cannot do and why, after its name, and what to do about it."""
    most, target = autoscaler.spec.max_replicas, autoscaler.spec.scale_target_ref
    if condition.type == "ScalingLimited":
        cure = "Raise maxReplicas if the nodes have room, or find what makes so much work."
        return f"wants more than its {most} replicas of {target.kind} {target.name} and may not have them", cure
    fallback = (condition.message.rstrip("."), "Correct what the autoscaler names.")
    why, cure = told(_FORMS, condition.message) or fallback
    return f"cannot scale {target.kind} {target.name}: {why}", cure
