"""K8S-V105: volumes that are nearly full, as Prometheus says."""

import pytest

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.checks.volume_full import volume_full
from sickbay.diagnostics.platforms.kubernetes.facts import VolumeUse
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, findings
from tests.unit.diagnostics.platforms.kubernetes.surroundings import claim

GIB = 1024.0**3


def use(share: float, capacity: float = 10 * GIB) -> VolumeUse:
    return VolumeUse(claim="shop/data", used=share * capacity, capacity=capacity)


def test_a_volume_at_nine_tenths_is_told_in_gib() -> None:
    """Given a volume of 10 GiB that is 94 % full, when judged, then share and sizes are named."""
    (found,) = findings(volume_full, cluster(claim(), volume_uses=(use(0.94),)))

    assert found.subject == Subject("persistentvolumeclaim", "shop/data")
    assert "is 94% full (9.4 of 10.0 GiB)" in found.summary


@pytest.mark.parametrize("told", [use(0.89), use(0.0, 0.0)], ids=["below", "without a size"])
def test_a_volume_with_room_is_left_alone(told: VolumeUse) -> None:
    """Given a volume below nine tenths, or one of no known size, when judged, then nothing is found."""
    assert findings(volume_full, cluster(volume_uses=(told,))) == []


def test_volumes_outside_the_scope_are_left_alone() -> None:
    """Given a full volume of a claim that the scope does not reach, when judged, then nothing is found."""
    assert findings(volume_full, cluster(volume_uses=(use(0.99),), scope="other")) == []
