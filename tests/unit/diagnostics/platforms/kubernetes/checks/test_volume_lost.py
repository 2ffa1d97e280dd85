"""K8S-V102: claims that lost their volume, and volumes that failed."""

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.volume_lost import volume_lost
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, findings
from tests.unit.diagnostics.platforms.kubernetes.surroundings import claim, volume


def test_a_lost_claim_names_its_volume() -> None:
    """Given a claim in phase Lost, when judged, then the volume that is gone is named."""
    (found,) = findings(volume_lost, cluster(claim(phase="Lost", volume="pv-1")))

    assert found.subject == Subject("persistentvolumeclaim", "shop/data")
    assert "has lost its volume pv-1" in found.summary


def test_a_failed_volume_says_why() -> None:
    """Given a volume in phase Failed, when judged, then its message is in the finding."""
    (found,) = findings(volume_lost, cluster(volume(phase="Failed", message="no deletable volume plugin matched")))

    assert found.subject == Subject("persistentvolume", "pv-1")
    assert "could not be reclaimed: no deletable volume plugin matched" in found.summary


def test_bound_and_released_volumes_are_well() -> None:
    """Given a bound claim and volumes that are bound, released or free, when judged, then nothing is found."""
    volumes = [volume(f"pv-{phase}", phase=phase) for phase in ("Bound", "Released", "Available")]

    assert findings(volume_lost, cluster(claim(), *volumes)) == []
