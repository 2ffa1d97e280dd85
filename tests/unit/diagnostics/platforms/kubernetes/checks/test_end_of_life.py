"""K8S-X106: releases without fixes."""

import pytest
from msgspec.structs import replace

from sickbay.diagnostics.platforms.kubernetes.checks.end_of_life import end_of_life
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import Version
from tests.unit.diagnostics.platforms.kubernetes.clusters import cluster, findings
from tests.unit.diagnostics.platforms.kubernetes.surroundings import api_service


def running(minor: str, major: str = "1") -> Snapshot:
    version = Version(major=major, minor=minor, git_version=f"v{major}.{minor}.0")
    old = (api_service("v1beta1.batch", service=""), api_service("v1.apps", service=""))
    return replace(cluster(*old), version=version)


@pytest.mark.parametrize("minor", ["20", "20+"])
def test_an_old_release_names_the_day_and_the_apis_that_go(minor: str) -> None:
    """Given a 1.20, as clouds write it too, when judged, then the day of its last fix and its old APIs are told."""
    (found,) = findings(end_of_life, running(minor))

    assert "without fixes from its project since 2022-02-28" in found.summary
    assert found.evidence[1].value == "v1beta1.batch (gone in 1.25)"


@pytest.mark.parametrize("minor", ["35", "36", "99", "", "x"])
def test_releases_that_get_fixes_or_are_unknown_are_left_alone(minor: str) -> None:
    """Given a release that gets fixes, one newer than the table, or none at all, when judged, then nothing is found."""
    assert findings(end_of_life, running(minor)) == []


def test_apis_that_are_gone_already_are_not_told() -> None:
    """Given a 1.31, when judged, then an API that went before it is not announced."""
    (found,) = findings(end_of_life, running("31"))

    assert len(found.evidence) == 1
