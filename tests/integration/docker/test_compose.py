"""A Compose project with its database down, on a real engine: one cause, its symptoms folded beneath it."""

import pytest

from tests.integration.docker.lab import ComposeProject, Lab, finding

pytestmark = pytest.mark.docker


def test_the_database_explains_its_project(lab: Lab, broken_shop: ComposeProject) -> None:
    """Given a shop whose database is down, when its project is diagnosed, then the database is the only cause."""
    diagnosis = lab.diagnose(broken_shop.name)

    db, web = broken_shop.containers["db"], broken_shop.containers["web"]
    assert [(item.code, item.subject) for item in diagnosis.report.causes] == [("DKR-C101", f"container/{db}")]
    exited, unhealthy = finding(diagnosis.report, "DKR-C101"), finding(diagnosis.report, "DKR-C105")
    incomplete = finding(diagnosis.report, "DKR-C115")
    assert "PG_VERSION" in exited.summary
    assert unhealthy.subject == f"container/{web}"
    assert "503, database unavailable" in unhealthy.summary
    assert exited.id in unhealthy.explained_by
    assert exited.id in incomplete.explained_by
    assert "first of all db; web depends on it" in incomplete.summary
