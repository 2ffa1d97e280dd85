"""What a registry's snapshot tells of changes by itself, and its figures."""

from datetime import timedelta

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.registry.changing import changes
from sickbay.diagnostics.platforms.registry.measuring import figures
from tests.unit.diagnostics.platforms.registry.registries import (
    DIGEST,
    NOW,
    OTHER,
    access,
    certificate,
    image,
    pull,
    registry,
)

NAME = "registry.lan/shop/web:1.0"


def test_a_tag_that_moved() -> None:
    """Given two containers that run what the tag meant before, then it moved once, when its image was built."""
    pulls = (pull(digest=OTHER), pull(digest=OTHER, subject=Subject("container", "web-2")))
    built_at = NOW - timedelta(hours=1)

    (told,) = changes(registry(image(NAME, pulls=pulls, built_at=built_at), certificate=None)).changes

    assert (told.kind, told.subject, told.field, told.at) == ("tag", f"image/{NAME}", "digest", built_at)
    assert (told.before, told.after) == (OTHER[:19], DIGEST[:19])


def test_a_tag_that_moved_nobody_knows_when() -> None:
    """Given an image that does not say when it was built, then it is known since now that the tag moved."""
    (told,) = changes(registry(image(NAME, pulls=(pull(digest=OTHER),)), certificate=None)).changes

    assert told.at == NOW


def test_a_tag_that_stands() -> None:
    """Given a container that runs what its tag means, then nothing changed."""
    assert changes(registry(image(NAME, pulls=(pull(digest=DIGEST),)), certificate=None)).changes == ()


def test_a_certificate_that_was_renewed() -> None:
    """Given a certificate, then it is told since when it holds, and until when."""
    shown = certificate(not_before=NOW - timedelta(hours=2), not_after=NOW + timedelta(days=90))

    (told,) = changes(registry(certificate=shown)).changes

    assert (told.kind, told.subject, told.at) == ("certificate", "registry/registry.lan", NOW - timedelta(hours=2))
    assert told.after == "until 2027-02-22 03:00 UTC, by CN=lan authority"


def test_changes_reach_who_pulls() -> None:
    """Given a container whose image's tag moved, then both the image and its registry are what it depends on."""
    snapshot = registry(image(NAME, pulls=(pull(digest=OTHER),)))

    upstream = snapshot.upstream()[Subject("container", "web-1")]

    assert {str(subject) for subject in upstream} >= {one.subject for one in changes(snapshot).changes}


def test_where_it_was_read() -> None:
    """Given images and a certificate, then it is said that these were looked at."""
    assert changes(registry(image(), image(NAME))).sources == ("2 images in registry.lan", "1 certificate")
    assert changes(registry(certificate=None)).sources == ()


def test_figures() -> None:
    """Given images of which one may not be pulled, then that is counted; without images there is nothing to count."""
    assert figures(registry(image(), image(NAME, access(404, "MANIFEST_UNKNOWN")))) == {"pull_failures": 1}
    assert figures(registry()) == {}
