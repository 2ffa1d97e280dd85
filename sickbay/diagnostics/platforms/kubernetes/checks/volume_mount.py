"""A pod's volume cannot be attached or mounted."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.kubernetes.mounts import FORMS
from sickbay.diagnostics.platforms.kubernetes.setups import failures
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot


@check(
    "K8S-P107",
    title="Volume cannot be mounted",
    severity=Severity.HIGH,
    remedy="Correct what the message names: a secret, a configmap, a path, or the storage behind the volume.",
    explains=("K8S-P109", "K8S-W101", "K8S-W103", "K8S-W104", "K8S-W105", "K8S-S101"),
)
def volume_mount(cluster: Snapshot) -> Iterator[Finding]:
    """A pod has a node, but a volume of it cannot be attached to that node or mounted there.

    Recognised by events FailedMount and FailedAttachVolume of a pod older than a minute of which no container runs. The
    message tells the class: a secret or configmap that is not there, a volume that another node still holds, a CSI
    driver that the node lacks, a path, access, the storage. Where a timeout and its reason are both told, the reason
    counts.
    """
    otherwise = (
        "a volume cannot be mounted, for the reason in the evidence",
        "Correct what the message names; the kubelet tries again by itself.",
    )
    yield from failures(cluster, ("FailedMount", "FailedAttachVolume", "FailedMapVolume"), FORMS, otherwise)
