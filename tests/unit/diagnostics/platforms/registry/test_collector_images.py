"""What is read of an image: who may pull it, what it is, and what is there in its place."""

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sickbay.diagnostics.errors import UnknownScopeError
from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.registry.snapshot import Image, RateLimit, Snapshot
from sickbay.diagnostics.platforms.registry.wire import INDEXES, MANIFESTS, SCHEMA_1
from sickbay.diagnostics.pulls import Pull
from tests.unit.diagnostics.platforms.registry.conftest import read
from tests.unit.diagnostics.platforms.registry.fake_registry import FakeRegistry
from tests.unit.diagnostics.platforms.registry.registries import DIGEST, OTHER

BASIC, CI = 'Basic realm="lab"', "Basic Y2k6aHVudGVyMmh1bnRlcjI="
INDEX = {
    "mediaType": INDEXES[0],
    "manifests": [
        {"digest": OTHER, "platform": {"os": "linux", "architecture": "amd64"}},
        {"digest": "sha256:c", "platform": {"os": "linux", "architecture": "arm64", "variant": "v8"}},
        {"digest": "sha256:d", "platform": {"os": "unknown", "architecture": "unknown"}},
    ],
}


@pytest.fixture
def login(tmp_path: Path) -> dict[str, Any]:
    """The fields of a target that logs in as ci."""
    (tmp_path / "password").write_text("hunter2hunter2\n")
    return {"username": "ci", "password_file": tmp_path / "password"}


def only(snapshot: Snapshot) -> Image:
    assert snapshot.unreachable is None
    (image,) = snapshot.images
    return image


def configured(fake: FakeRegistry, content: bytes, digest: str = "") -> dict[str, Any]:
    """Serve a configuration, and give the manifest that names it."""
    digest = digest or f"sha256:{hashlib.sha256(content).hexdigest()}"
    fake.routes[f"/v2/web/blobs/{digest}"] = lambda handler: handler.send(200, content)
    return {"config": {"digest": digest, "mediaType": "application/vnd.oci.image.config.v1+json"}}


def running(digest: str, **facts: Any) -> Pull:
    return Pull(image="lan.example/web:1", subject=Subject("container", "web"), digest=digest, **facts)


def test_an_index_has_its_platforms(fake: FakeRegistry) -> None:
    """Given an index, when it is read, then its platforms are known, without BuildKit's attestations."""
    fake.manifest("web", "1", INDEX)

    image = only(read(fake, "web:1"))

    assert image.platforms == ("linux/amd64", "linux/arm64/v8")
    assert OTHER in image.manifests
    assert (image.digest, image.media_type, image.readers) == (DIGEST, INDEXES[0], ("anonymous",))


def test_a_single_image_has_that_of_its_configuration(fake: FakeRegistry) -> None:
    """Given a single manifest, when it is read, then the configuration tells its platform."""
    fake.manifest("web", "1", configured(fake, json.dumps({"os": "linux", "architecture": "arm64"}).encode()))

    assert only(read(fake, "web:1")).platforms == ("linux/arm64",)


@pytest.mark.parametrize(
    ("created", "built_at"),
    [
        ("2026-11-23T09:00:00.123456789Z", datetime(2026, 11, 23, 9, 0, 0, 123456, UTC)),
        ("1970-01-01T00:00:00Z", None),
        ("2026-11-23T09:00:00", None),
        ("yesterday", None),
        (None, None),
    ],
)
def test_when_an_image_was_built(fake: FakeRegistry, created: str | None, built_at: datetime | None) -> None:
    """Given a configuration that says when its image was built, then that is known; no time of a reproducible build."""
    configuration = {"os": "linux", "architecture": "arm64", "created": created}
    fake.manifest("web", "1", configured(fake, json.dumps(configuration).encode()))

    assert only(read(fake, "web:1")).built_at == built_at


def test_when_an_index_was_built(fake: FakeRegistry) -> None:
    """Given an index whose entries say when they were built, then the latest of them counts."""
    entries = [
        {"digest": digest, "annotations": {"org.opencontainers.image.created": f"2026-11-{day}T09:00:00Z"}}
        for digest, day in ((OTHER, 21), ("sha256:c", 20), ("sha256:d", 19))
    ]
    fake.manifest("web", "1", {**INDEX, "manifests": entries, "annotations": None})

    assert only(read(fake, "web:1")).built_at == datetime(2026, 11, 21, 9, tzinfo=UTC)


def test_a_configuration_that_is_another_than_was_promised(fake: FakeRegistry) -> None:
    """Given a configuration whose digest is not the manifest's, when it is read, then it is a gap, and not believed."""
    fake.manifest("web", "1", configured(fake, b'{"os": "linux", "architecture": "arm64"}', digest=OTHER))

    snapshot = read(fake, "web:1")

    assert only(snapshot).platforms == ()
    assert [gap.reason for gap in snapshot.gaps] == ["what was served has another digest"]


@pytest.mark.parametrize("digest", ["", "latest", "sha256:../../x", "sha256:abc?x=1", f"sha256:{'a' * 5000}"])
def test_a_digest_that_is_none_is_made_from_the_manifest(fake: FakeRegistry, digest: str) -> None:
    """Given a header that is no digest, when an image is read, then its digest is that of what was served."""
    fake.manifest("web", "1", docker_content_digest=digest)

    assert len(only(read(fake, "web:1")).digest) == len(DIGEST)


def test_a_manifest_of_schema_1(fake: FakeRegistry) -> None:
    """Given a manifest of schema 1, when it is read, then its form and its platform are known."""
    manifest = {"schemaVersion": 1, "mediaType": "", "architecture": "amd64"}
    fake.manifest("web", "1", manifest, content_type=SCHEMA_1[0])

    image = only(read(fake, "web:1"))

    assert (image.media_type, image.platforms) == (SCHEMA_1[0], ("linux/amd64",))


def test_anonymous_and_the_credentials_are_both_tried(fake: FakeRegistry, login: dict[str, Any]) -> None:
    """Given an image that needs a login, when it is read, then who may pull it and who may not is known."""
    fake.manifest("web", "1")
    fake.demand("/v2/web/manifests/1", BASIC, CI.__eq__)

    image = only(read(fake, "web:1", **login))

    assert [(item.by, item.granted) for item in image.accesses] == [("anonymous", False), ("ci", True)]
    assert image.accesses[0].told.code == "UNAUTHORIZED"


def test_what_only_runs_costs_one_head(fake: FakeRegistry, login: dict[str, Any]) -> None:
    """Given an image that runs as its tag means it, when it is read, then nobody counts that as a pull."""
    fake.manifest("web", "1", INDEX)

    image = only(read(fake, pulls=(running(DIGEST),), **login))

    assert image.digest == DIGEST
    assert [(item.method, item.path) for item in fake.seen if "/web/" in item.path] == [("HEAD", "/v2/web/manifests/1")]


def test_what_runs_may_be_an_entry_of_the_index(fake: FakeRegistry) -> None:
    """Given a digest that is not the tag's, when it is read, then the index is asked whether it has that one."""
    fake.manifest("web", "1", INDEX)

    assert OTHER in only(read(fake, pulls=(running(OTHER),))).manifests


def test_one_image_for_several_is_read_once(fake: FakeRegistry) -> None:
    """Given two who run the same image, when it is read, then once for both."""
    fake.manifest("web", "1")

    image = only(read(fake, pulls=(running(DIGEST), running(OTHER))))

    assert len(image.pulls) == 2
    assert len(fake.asked("HEAD")) == 1


def test_the_limit_is_told_by_a_head(fake: FakeRegistry) -> None:
    """Given headers of a limit, when the head is read, then what is left, and for whom, is known."""
    fake.manifest("web", "1", ratelimit_limit="100;w=21600", ratelimit_remaining="7;w=21600")

    assert read(fake, "web:1").rate_limits == (RateLimit(limit=100, remaining=7, window=21600, by="anonymous"),)


@pytest.mark.parametrize("limit", ["", "many", "-1;w=x", "9" * 500])
def test_limits_that_are_none(fake: FakeRegistry, limit: str) -> None:
    """Given headers that are no limits, when they are read, then they harm nobody."""
    fake.manifest("web", "1", ratelimit_limit=limit, ratelimit_remaining=limit)

    assert only(read(fake, "web:1")).readable


def test_too_many_pulls_are_a_fact(fake: FakeRegistry) -> None:
    """Given an answer of 429, when it is read, then it is kept with its code and how long to wait."""
    fake.error("/v2/web/manifests/1", 429, "TOOMANYREQUESTS", "You have reached your limit", retry_after="60")

    (told,) = read(fake, "web:1").answers

    assert (told.status, told.retry_after) == (429, "60")


def test_the_tags_of_a_repository_without_the_wanted_one(fake: FakeRegistry) -> None:
    """Given a tag that is not there, when it is read, then the error's code and the tags that are there are known."""
    fake.error("/v2/web/manifests/1", 404, "MANIFEST_UNKNOWN", "manifest unknown")
    fake.json("/v2/web/tags/list", {"name": "web", "tags": ["2", "3"]})

    image = only(read(fake, "web:1"))

    assert image.accesses[0].told.code == "MANIFEST_UNKNOWN"
    assert image.tags == ("2", "3")


def test_the_repositories_of_a_registry_without_the_wanted_one(fake: FakeRegistry) -> None:
    """Given a repository that is not there, when it is read, then those that are there are known."""
    fake.error("/v2/wbe/manifests/1", 404, "NAME_UNKNOWN")
    fake.json("/v2/_catalog", {"repositories": ["web"]})

    assert only(read(fake, "wbe:1")).repositories == ("web",)


def test_a_name_that_is_none_is_not_asked_for(fake: FakeRegistry) -> None:
    """Given a name that no registry takes, when it is read, then nothing is asked for it."""
    snapshot = read(fake, "Shop/../x:1")

    assert snapshot.images[0].reference.invalid
    assert not [path for path in fake.asked() if "manifests" in path]


def referrers(fake: FakeRegistry) -> None:
    bundle = {"artifactType": "application/vnd.dev.sigstore.bundle.v0.3+json", "digest": OTHER}
    fake.json(f"/v2/web/referrers/{DIGEST}", {"schemaVersion": 2, "manifests": [bundle]})


def fallback(fake: FakeRegistry) -> None:
    notation = {"artifactType": "application/vnd.cncf.notary.signature", "digest": OTHER}
    fake.manifest("web", DIGEST.replace(":", "-"), {"mediaType": INDEXES[0], "manifests": [notation]})


def bill_of_materials(fake: FakeRegistry) -> None:
    fake.json(f"/v2/web/referrers/{DIGEST}", {"manifests": [{"artifactType": "application/spdx+json"}]})


@pytest.mark.parametrize(
    ("make", "signed"),
    [
        (lambda fake: fake.manifest("web", DIGEST.replace(":", "-") + ".sig"), True),
        (referrers, True),
        (fallback, True),
        (bill_of_materials, False),
        (lambda _fake: None, False),
    ],
)
def test_signatures_in_each_of_their_places(
    fake: FakeRegistry, make: Callable[[FakeRegistry], None], *, signed: bool
) -> None:
    """Given cosign's tag, a referrer or its fallback tag that signs, then it is found; other referrers sign nothing."""
    fake.manifest("web", "1")
    make(fake)

    signatures = only(read(fake, "web:1")).signatures

    assert signatures is not None
    assert bool(signatures) is signed


def test_signatures_that_cannot_be_looked_for(fake: FakeRegistry) -> None:
    """Given a registry that fails when it is asked for signatures, then it is not known whether there are any."""
    fake.manifest("web", "1")
    fake.error(f"/v2/web/manifests/{DIGEST.replace(':', '-')}.sig", 403, "DENIED")

    assert only(read(fake, "web:1")).signatures is None


@pytest.mark.parametrize("scope", ["ghcr.io/shop/web:1", "169.254.169.254/shop/web", "localhost:1/x", "127.0.0.1/x"])
def test_an_image_of_another_registry_is_asked_of_nobody(fake: FakeRegistry, scope: str) -> None:
    """Given an image of a registry that is not this one, then that is said, and nothing is asked anywhere."""
    with pytest.raises(UnknownScopeError, match=r"^lan is 127\.0\.0\.1:\d+, which has no images of "):
        read(fake, scope)

    assert fake.seen == []


def test_an_image_may_be_named_with_its_registry(fake: FakeRegistry) -> None:
    """Given an image under its full name, then it is the same as under its short one."""
    fake.manifest("web", "1")

    assert only(read(fake, f"{fake.name}/web:1")).reference == only(read(fake, "web:1")).reference


def test_a_registry_that_knows_no_head(fake: FakeRegistry) -> None:
    """Given a registry that answers 405 to HEAD, when it is read, then GET tells."""
    fake.manifest("web", "1")
    behaviour = fake.routes["/v2/web/manifests/1"]
    fake.routes["/v2/web/manifests/1"] = lambda handler: (
        handler.send(405) if handler.command == "HEAD" else behaviour(handler)
    )

    image = only(read(fake, "web:1"))

    assert image.readable
    assert image.media_type == MANIFESTS[0]
