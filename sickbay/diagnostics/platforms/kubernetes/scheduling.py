"""Pods that no node fits: what the scheduler says, class by class, in old and new words, and what the autoscaler."""

import re
from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.kubernetes.grouping import settled
from sickbay.diagnostics.platforms.kubernetes.messages import Form, told
from sickbay.diagnostics.platforms.kubernetes.resources import AUTOSCALER_STATUS
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.autoscaler import NodeGroup
from sickbay.diagnostics.platforms.kubernetes.wire.base import Condition
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod

_CUT_OFF = "preemption:"
_NODES = re.compile(r"^\s*\d+/(?P<all>\d+) nodes are available: ")
#: Taints by which the node itself says that it is ill, set by the node controller.
_ILL = r"node\.(?:kubernetes\.io|cloudprovider\.kubernetes\.io)/(?!unschedulable)[a-z-]+"

#: Why a node does not fit: the first form that fits.
_FORMS = (
    Form(r"no nodes available", "there is none", "Add a node: the cluster has none that the scheduler may use."),
    Form(r"Insufficient cpu", "too little CPU left", "Lower the pod's CPU request, remove pods, or add a node."),
    Form(
        r"Insufficient memory", "too little memory left", "Lower the pod's memory request, remove pods, or add a node."
    ),
    Form(
        r"Insufficient ephemeral-storage",
        "too little ephemeral storage left",
        "Lower the pod's request for ephemeral storage, or add nodes with larger disks.",
    ),
    Form(r"Insufficient pods|Too many pods", "no room for another pod", "Remove pods, or add a node."),
    Form(
        r"Insufficient ([\w./-]+[\w])",
        "no {0} left",
        "Add nodes that offer {0}, run its device plugin, or lower the request.",
    ),
    Form(
        r"persistentvolumeclaim \"([^\"]+)\" not found",
        "its claim {0} does not exist",
        "Create the claim {0}, or correct its name in the pod.",
    ),
    Form(
        r"unbound immediate PersistentVolumeClaims|find available persistent volumes|waiting for ephemeral volume",
        "its claim has no volume yet",
        "Find out why the claim is not bound: its class, its provisioner, or a volume that fits.",
    ),
    Form(
        r"volume node affinity conflict|no available volume zone|bound to non-existent pv",
        "its volume is elsewhere",
        "Make room on the nodes of the volume's zone, or make the volume anew with WaitForFirstConsumer.",
    ),
    Form(
        r"exceed max volume count|enough free storage",
        "no room for another volume",
        "Add a node, or spread the pods with volumes: each node takes only so many.",
    ),
    Form(
        r"free ports for the requested pod ports",
        "its host port is taken",
        "Remove the hostPort and use a Service, or run one pod a node (DaemonSet).",
    ),
    Form(
        rf"taint \{{({_ILL})",
        "the taint {0}, by which a node says that it is ill",
        "Mend the node first: its conditions say what is wrong (kubectl describe node).",
    ),
    Form(
        r"were unschedulable|taint \{node\.kubernetes\.io/unschedulable",
        "cordoned",
        "Uncordon a node when its maintenance is over (kubectl uncordon), or add one.",
    ),
    Form(
        r"taint \{([^:}]+):? ?([^}]*)\}",
        "the taint {0}, which it does not tolerate",
        "Give the pod a toleration for {0} if it belongs there, else add nodes without it.",
    ),
    Form(r"taint", "a taint that it does not tolerate", "Compare the nodes' taints with the pod's tolerations."),
    Form(
        r"topology spread",
        "its topology spread forbids it",
        "Let whenUnsatisfiable be ScheduleAnyway, or add nodes in the domains with the fewest pods.",
    ),
    Form(
        r"anti-affinity",
        "beside a pod that anti-affinity forbids",
        "Add a node, or make the anti-affinity preferred instead of required.",
    ),
    Form(
        r"pod affinity",
        "not beside a pod that its affinity demands",
        "Start the pods that it wants to be beside, or correct the affinity's labels.",
    ),
    Form(
        r"node selector|node affinity|NodeAffinity",
        "other labels than it selects",
        "Label a node as the pod's nodeSelector or affinity asks, or correct them.",
    ),
)
_UNKNOWN = (
    "for the reason in the evidence",
    "Read the scheduler's message, and compare the pod's demands with the nodes.",
)


class Misfit(Struct, frozen=True):
    """Why so many nodes do not fit, and what to do; `nodes` is 0 where the message counts none."""

    nodes: int
    why: str
    cure: str


class Refusal(Struct, frozen=True):
    """What a scheduler's message says: of so many nodes none fits, for these reasons, the commonest first."""

    nodes: int
    misfits: tuple[Misfit, ...]

    def __str__(self) -> str:
        """Give `too little CPU left (3 of 4 nodes), cordoned (1 of 4 nodes)`."""
        return ", ".join(
            f"{item.why} ({item.nodes} of {self.nodes} node{'s' * (self.nodes > 1)})" if item.nodes else item.why
            for item in self.misfits
        )

    @property
    def cure(self) -> str:
        """Give what to do about the commonest reason."""
        return self.misfits[0].cure


def waiting(cluster: Snapshot) -> Iterator[tuple[Pod, Condition]]:
    """Yield the pods for which the scheduler has found no node for longer than it may take, with what it says."""
    for pod in cluster.unsteady:
        told = pod.condition("PodScheduled")
        if told and told.status == "False" and told.reason == "Unschedulable" and settled(cluster, pod):
            yield pod, told


def group_evidence(cluster: Snapshot, group: NodeGroup) -> Evidence:
    """Give the cluster autoscaler's word on a group of nodes as evidence."""
    health, error = group.health, group.error
    why = f", {group.scale_up.status} {error.error_code}: {error.error_message}" if error else ""
    value = f"{health.cloud_provider_target} of at most {health.max_size} nodes{why}"
    return Evidence(source=f"GET {AUTOSCALER_STATUS} {group.name}", value=value[:1000], at=cluster.taken_at)


def refusal_of(message: str) -> Refusal:
    """Give what the message says. What preemption could not do either is left out: it repeats the reasons."""
    body = message.partition(_CUT_OFF)[0].strip().rstrip(".")
    counted = _NODES.match(body)
    misfits: dict[tuple[str, str], int] = {}
    for reason in re.split(r", (?=\d+ )", body[counted.end() :] if counted else body):
        number = re.match(r"(\d+) ", reason) if counted else None
        key = told(_FORMS, reason) or _UNKNOWN
        misfits[key] = misfits.get(key, 0) + (int(number[1]) if number else 0)
    nodes = int(counted["all"]) if counted else 0
    by_count = sorted(misfits.items(), key=lambda item: -item[1])
    return Refusal(nodes, tuple(Misfit(min(count, nodes), *key) for key, count in by_count))
