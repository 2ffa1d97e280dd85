"""K8S-V101: claims without a volume, by class of fault, and those that rightly wait."""

from typing import Any

import pytest

from sickbay.diagnostics.model import Confidence, Subject
from sickbay.diagnostics.platforms.kubernetes.checks.claim_pending import claim_pending
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS
from tests.unit.diagnostics.platforms.kubernetes.clusters import ago, cluster, event, findings
from tests.unit.diagnostics.platforms.kubernetes.surroundings import claim, storage_class, volume

PENDING = claim(phase="Pending")
FAILED = event(
    "PersistentVolumeClaim", "data", "ProvisioningFailed", "failed to provision volume: QuotaExceeded: disks", count=9
)


def waiting(of_class: str | None, **more: Any) -> Any:
    return claim(phase="Pending", of_class=of_class, **more)


def test_a_class_that_does_not_exist_is_named_with_those_that_do() -> None:
    """Given a claim of an unknown class, when judged, then the remedy lists the classes that are there."""
    (found,) = findings(claim_pending, cluster(waiting("fsat"), storage_class()))

    assert found.subject == Subject("persistentvolumeclaim", "shop/data")
    assert found.summary == "Claim shop/data has no volume: its storage class fsat does not exist."
    assert found.confidence is Confidence.OBSERVED
    assert found.remedy is not None
    assert "(there are: fast)" in found.remedy.text


@pytest.mark.parametrize(
    ("objects", "why"),
    [
        ([waiting(None), storage_class()], "it names no storage class, and the cluster has no default one"),
        ([waiting("")], "asks for a volume made by hand, and no free one fits"),
        ([PENDING, storage_class(), FAILED], 'fails: "failed to provision volume: QuotaExceeded: disks"'),
        ([PENDING, storage_class(mode="WaitForFirstConsumer"), FAILED], "the provisioner of class fast fails"),
        ([PENDING, storage_class(provisioner="kubernetes.io/no-provisioner")], "class fast makes no volumes by itself"),
        ([waiting("", volume="pv-9")], "volume pv-9, which it names, does not exist"),
    ],
    ids=["no default", "by hand", "fails", "fails late", "no provisioner", "named volume"],
)
def test_the_class_of_fault_is_told(objects: list[Any], why: str) -> None:
    """Given a pending claim, when judged, then the finding says which of the ways to a volume is barred."""
    (found,) = findings(claim_pending, cluster(*objects))

    assert why in found.summary


def test_a_provisioner_that_does_not_answer_is_inferred() -> None:
    """Given a claim that nobody has answered for two days, when judged, then the absent CSI driver is named."""
    (found,) = findings(claim_pending, cluster(PENDING, storage_class()))

    assert "has not answered, and no CSI driver of that name is installed" in found.summary
    assert found.confidence is Confidence.INFERRED


def test_a_volume_that_does_not_fit_is_inferred() -> None:
    """Given a claim that names a volume which another claim has, when judged, then that is inferred."""
    (found,) = findings(claim_pending, cluster(waiting("", volume="pv-1"), volume(claim="other")))

    assert "does not fit or belongs to another claim" in found.summary
    assert found.confidence is Confidence.INFERRED


def test_the_claims_of_a_stateful_set_are_one_finding() -> None:
    """Given three claims of one template with one fault, when judged, then one finding counts them."""
    claims = [claim(f"data-db-{n}", phase="Pending", of_class="gone") for n in range(3)]

    (found,) = findings(claim_pending, cluster(*claims))

    assert found.count == 3
    assert "shop/data-db-0 (and 2 more like it)" in found.summary


@pytest.mark.parametrize(
    "objects",
    [
        [claim()],
        [PENDING, storage_class(mode="WaitForFirstConsumer")],
        [waiting("gone", metadata={"creationTimestamp": ago(seconds=5)})],
        [waiting("fast", metadata={"creationTimestamp": ago(minutes=2)}), storage_class()],
        [waiting("gone", metadata={"deletionTimestamp": ago(minutes=2)})],
        [claim(phase="Lost")],
    ],
    ids=["bound", "first consumer", "just made", "provisioner at work", "being deleted", "lost is V102"],
)
def test_claims_that_are_bound_or_rightly_wait_are_left_alone(objects: list[Any]) -> None:
    """Given a claim that has its volume or waits for good reason, when judged, then nothing is found."""
    assert findings(claim_pending, cluster(*objects)) == []


def test_classes_that_were_not_read_prove_nothing() -> None:
    """Given that storage classes were refused, when judged, then no class is called missing."""
    known = set(KINDS) - {"storageclasses"}

    assert findings(claim_pending, cluster(waiting("fast"), complete=known)) == []
