"""REG-106: registries with errors of their own."""

from sickbay.diagnostics.platforms.registry.checks.failing import failing
from sickbay.diagnostics.platforms.registry.snapshot import Component
from tests.unit.diagnostics.platforms.registry.registries import findings, registry, told


def test_errors_of_its_own() -> None:
    """Given answers of 5xx, when judged, then they are told; 429 is another matter."""
    (finding,) = findings(failing, registry(answers=(told(429), told(503, message="storage is away"))))

    assert finding.summary == "Registry registry.lan answers with errors (HTTP 503)."
    assert [item.value for item in finding.evidence] == ["HTTP 503: storage is away"]


def test_a_part_that_is_not_well() -> None:
    """Given a health page with a part that is not well, when judged, then that part is named."""
    parts = (
        Component(name="core", well=True, says="healthy"),
        Component(name="database", well=False, says="unhealthy failed to ping"),
    )

    (finding,) = findings(failing, registry(components=parts))

    assert finding.summary == "Registry registry.lan says that it is not well (database)."
    assert finding.remedy
    assert "database" in finding.remedy.text


def test_all_is_well() -> None:
    """Given a health page where all is well, and no errors, when judged, then nothing is said."""
    parts = (Component(name="core", well=True, says="healthy"),)

    assert findings(failing, registry(components=parts, answers=(told(429),))) == []
