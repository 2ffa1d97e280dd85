"""DKR-E102: no API version in common."""

from sickbay.diagnostics.platforms.docker.checks.api_version import api_version
from sickbay.diagnostics.platforms.docker.snapshot import Obstacle, Snapshot, Unreachable
from sickbay.diagnostics.platforms.docker.wire.engine import Version
from tests.unit.diagnostics.platforms.docker.hosts import findings, host


def speaking(newest: str, oldest: str, version: str) -> Snapshot:
    return host(
        unreachable=Unreachable(obstacle=Obstacle.API_VERSION, message="no version in common"),
        version=Version(version=version, api_version=newest, min_api_version=oldest),
    )


def test_an_engine_that_is_too_old_is_to_be_upgraded() -> None:
    """Given an engine whose newest API is older than any known, when judged, then the engine is the side to upgrade."""
    (finding,) = findings(api_version, speaking("1.20", "1.12", "1.8.3"))

    assert "speaks API 1.12 to 1.20" in finding.summary
    assert finding.remedy is not None
    assert finding.remedy.text.startswith("Upgrade the engine")


def test_an_engine_that_is_too_new_asks_for_a_newer_sickbay() -> None:
    """Given an engine whose oldest API is newer than any known, when judged, then Sickbay is the side to upgrade."""
    (finding,) = findings(api_version, speaking("1.99", "1.90", "40.0.0"))

    assert finding.remedy is not None
    assert finding.remedy.text.startswith("Upgrade Sickbay")


def test_an_engine_with_a_version_in_common_is_well() -> None:
    """Given an engine that also speaks newer versions than Sickbay, when judged, then there is nothing to say."""
    assert findings(api_version, host(version=Version(api_version="1.99", min_api_version="1.44"))) == []


def test_another_obstacle_is_none_of_this() -> None:
    """Given an engine behind another obstacle, when judged, then this check is silent."""
    refused = host(unreachable=Unreachable(obstacle=Obstacle.REFUSED, message="Connection refused"))

    assert findings(api_version, refused) == []
