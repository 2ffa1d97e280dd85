"""K8S-P107: pods whose volumes cannot be attached or mounted."""

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.volume_mount import volume_mount
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Event
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod
from tests.unit.diagnostics.platforms.kubernetes.checks.setting_up import creating
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, event, findings

TIMEOUT = (
    "Unable to attach or mount volumes: unmounted volumes=[s], unattached volumes=[s default-token-x]: timed out "
    "waiting for the condition"
)


def failed(message: str, *, reason: str = "FailedMount", minutes_ago: float = 2) -> Event:
    return event("Pod", "api-7d4b9c-x1", reason, message, count=8, minutes_ago=minutes_ago)


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ('MountVolume.SetUp failed for volume "s" : secret "nope" not found', "volume's secret nope does not exist"),
        (
            'MountVolume.SetUp failed for volume "c" : configmap "nope" not found',
            "volume's configmap nope does not exist",
        ),
        (
            'MountVolume.SetUp failed for volume "c" : references non-existent config key: app.ini',
            "its volume wants key app.ini, which its secret or configmap has not",
        ),
        (
            (
                'Multi-Attach error for volume "pvc-1" Volume is already exclusively attached to one node '
                "and can't be "
                "attached to another"
            ),
            "its volume is still attached to another node",
        ),
        (
            (
                "MountVolume.MountDevice failed for volume: driver name ebs.csi.aws.com not found in the list of "
                "registered "
                "CSI drivers"
            ),
            "its node does not run the CSI driver ebs.csi.aws.com",
        ),
        (
            'MountVolume.SetUp failed for volume "h" : hostPath type check failed: /srv/data is not a directory',
            "the path /srv/data is not on its node, or is of another type",
        ),
        ("mount.nfs: access denied by server while mounting nfs:/x", "the storage refuses access"),
        ("mount: wrong fs type, bad option, bad superblock on /dev/sdb", "its file system cannot be mounted"),
        ("mount.nfs: Connection timed out", "the storage does not answer"),
        ("rpc error: code = NotFound desc = volume vol-1", "what it should mount does not exist"),
        (TIMEOUT, "attaching or mounting its volume takes too long"),
        ("something new", "a volume cannot be mounted, for the reason in the evidence"),
    ],
)
def test_each_class_is_told(message: str, why: str) -> None:
    """Given a pod that waits for its volumes, when judged, then the finding says what its event means."""
    (found,) = findings(volume_mount, cluster(creating(), failed(message)))

    assert found.subject == Subject("deployment", "shop/api")
    assert why in found.summary
    assert found.evidence[0].value == message
    assert found.remedy is not None


def test_the_reason_counts_and_not_the_timeout_that_follows_it() -> None:
    """Given a missing secret and, later, the timeout that it caused, when judged, then the secret is named."""
    cause = failed('MountVolume.SetUp failed for volume "s" : secret "nope" not found', minutes_ago=3)

    (found,) = findings(volume_mount, cluster(creating(), cause, failed(TIMEOUT, minutes_ago=1)))

    assert "secret nope" in found.summary
    assert [item.value for item in found.evidence] == [cause.message, TIMEOUT]


def test_failing_to_attach_counts_too() -> None:
    """Given an event FailedAttachVolume, when judged, then it is found."""
    told = failed("AttachVolume.Attach failed for volume: rpc error: PermissionDenied", reason="FailedAttachVolume")

    (found,) = findings(volume_mount, cluster(creating(), told))

    assert "the storage refuses access" in found.summary


@pytest.mark.parametrize(
    ("well", "told"),
    [
        (creating(age=0.5), failed(TIMEOUT)),
        (creating(state={"running": {"startedAt": ago(minutes=1)}}), failed(TIMEOUT)),
        (creating(deletionTimestamp=ago(minutes=1)), failed(TIMEOUT)),
        (creating(), failed(TIMEOUT, minutes_ago=60 * 25)),
        (creating(), failed(TIMEOUT, reason="FailedScheduling")),
    ],
)
def test_what_started_or_only_just_waits_is_left_alone(well: Pod, told: Event) -> None:
    """Given a pod that runs, is new, goes away, or has no such event lately, when judged, then nothing is found."""
    assert findings(volume_mount, cluster(well, told)) == []
