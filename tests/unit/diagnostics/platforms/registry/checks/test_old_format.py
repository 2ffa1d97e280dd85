"""REG-109: forms of another age."""

from msgspec.structs import replace

from sickbay.diagnostics.platforms.registry.checks.old_format import old_format
from sickbay.diagnostics.platforms.registry.wire import MANIFESTS, SCHEMA_1
from sickbay.diagnostics.targets import Request
from tests.unit.diagnostics.platforms.registry.registries import findings, image, registry, report, told


def test_a_registry_of_the_first_protocol() -> None:
    """Given a registry that knows v1 alone, when judged, then that is told."""
    (finding,) = findings(old_format, registry(ping_v1=True, ping=told(404)))

    assert "only the v1 protocol" in finding.summary


def test_a_manifest_of_schema_1() -> None:
    """Given a manifest of schema 1, when judged, then that is told of the image; of today's forms nothing is."""
    (finding,) = findings(old_format, registry(image(media_type=SCHEMA_1[0]), image(media_type=MANIFESTS[0])))

    assert "schema 1" in finding.summary


def test_it_is_told_only_when_hygiene_is_asked_for() -> None:
    """Given an old manifest that nobody failed to pull, then only an audit tells it."""
    old = registry(image(media_type=SCHEMA_1[0]))

    assert report(old).findings == ()
    assert [item.code for item in report(replace(old, request=Request(audit=True))).findings] == ["REG-109"]
