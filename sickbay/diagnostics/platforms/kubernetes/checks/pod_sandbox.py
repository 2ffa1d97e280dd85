"""The kubelet cannot make a pod's sandbox, most often its network."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.kubernetes.sandboxes import FORMS, PLUGIN
from sickbay.diagnostics.platforms.kubernetes.setups import failures
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot


@check(
    "K8S-P106",
    title="No sandbox for the pod",
    severity=Severity.HIGH,
    remedy="Look at the CNI's pod on the node, and at its pool of addresses.",
    explains=("K8S-P109", "K8S-W101", "K8S-W103", "K8S-W104", "K8S-W105", "K8S-S101"),
)
def pod_sandbox(cluster: Snapshot) -> Iterator[Finding]:
    """A pod has a node, but the kubelet cannot make the sandbox in which its containers would share a network.

    Recognised by events FailedCreatePodSandBox of a pod older than a minute of which no container runs. The message is
    the CNI plugin's or the runtime's: no address left, no plugin or configuration, a daemon that does not answer, the
    pause image, a runtime class that the node lacks.
    """
    otherwise = ("its sandbox cannot be made, for the reason in the evidence", PLUGIN)
    yield from failures(cluster, ("FailedCreatePodSandBox", "FailedPodSandBoxStatus"), FORMS, otherwise)
