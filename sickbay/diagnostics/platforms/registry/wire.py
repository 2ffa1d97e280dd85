"""Shapes of what registries answer: the OCI distribution and image specifications, Docker's tokens, health pages."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime

from msgspec import Struct, field

INDEXES = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")
#: Docker's first manifests: engines from 28.2 on refuse them.
SCHEMA_1 = (
    "application/vnd.docker.distribution.manifest.v1+prettyjws",
    "application/vnd.docker.distribution.manifest.v1+json",
)

#: The annotation that says when an image was built.
_CREATED = "org.opencontainers.image.created"
#: Builds that are to be reproducible are made at the beginning of time, before there were images.
_FIRST = datetime(2013, 1, 1, tzinfo=UTC)


class Wire(Struct, frozen=True, kw_only=True, rename="camel"):
    """A part of an answer, under the specification's own camelCase names."""


class Platform(Wire, frozen=True, kw_only=True):
    """What an image was built for."""

    os: str = ""
    architecture: str = ""
    variant: str = ""

    def __str__(self) -> str:
        """Give `linux/arm64/v8`, or nothing where that is not told."""
        return "/".join(part for part in (self.os, self.architecture, self.variant) if part)


class Configuration(Platform, frozen=True, kw_only=True):
    """What an image is; `created` is when it was built."""

    created: str | None = None


class Descriptor(Wire, frozen=True, kw_only=True):
    """Where a part of an image lies."""

    media_type: str = ""
    digest: str = ""
    size: int = 0
    artifact_type: str = ""
    platform: Platform | None = None
    annotations: Mapping[str, object] | None = None


class Manifest(Wire, frozen=True, kw_only=True):
    """A manifest or an index of them; `schema_version` 1 has `architecture` instead of either."""

    schema_version: int = 0
    media_type: str = ""
    config: Descriptor | None = None
    manifests: tuple[Descriptor, ...] = ()
    annotations: Mapping[str, object] | None = None
    architecture: str = ""

    @property
    def built_at(self) -> datetime | None:
        """Give when the latest of its images was built, where annotations say so."""
        annotated = (self.annotations, *(item.annotations for item in self.manifests))
        return max(filter(None, (moment((found or {}).get(_CREATED)) for found in annotated)), default=None)


class Problem(Wire, frozen=True, kw_only=True):
    """One error of an answer, with its code, such as `MANIFEST_UNKNOWN`."""

    code: str = ""
    message: str = ""


class Problems(Wire, frozen=True, kw_only=True):
    """An answer that is an error; token servers write `details` or `error` instead."""

    errors: tuple[Problem, ...] = ()
    details: str = ""
    message: str = ""
    error: str = ""
    error_description: str = field(default="", name="error_description")


class Token(Wire, frozen=True, kw_only=True):
    """What a token server gives, under either of its names."""

    token: str = ""
    access_token: str = field(default="", name="access_token")


class Grant(Wire, frozen=True, kw_only=True):
    """What a token allows in one repository."""

    type: str = ""
    name: str = ""
    actions: tuple[str, ...] = ()


class Claims(Wire, frozen=True, kw_only=True):
    """What a token says of itself: until when it holds, in seconds of Unix time, and what it allows."""

    exp: float = 0.0
    access: tuple[Grant, ...] | None = None


class EcrToken(Wire, frozen=True, kw_only=True):
    """What is inside a password of Amazon ECR."""

    expiration: float = 0.0


class Tags(Wire, frozen=True, kw_only=True):
    """The tags of a repository."""

    tags: tuple[str, ...] | None = None


class Catalog(Wire, frozen=True, kw_only=True):
    """The repositories of a registry."""

    repositories: tuple[str, ...] | None = None


class HarborComponent(Wire, frozen=True, kw_only=True):
    """One part of a Harbor, and how it is."""

    name: str = ""
    status: str = ""
    error: str = ""


class HarborHealth(Wire, frozen=True, kw_only=True):
    """Harbor's `/api/v2.0/health`."""

    status: str
    components: tuple[HarborComponent, ...]


class DtrHealth(Struct, frozen=True, kw_only=True, rename="pascal"):
    """`/_ping` of a Docker Trusted Registry, today Mirantis Secure Registry."""

    healthy: bool
    error: str = ""


class DockerLogin(Struct, frozen=True, kw_only=True):
    """What a config.json has for one registry; `auth` is base64 of `name:password`."""

    auth: str = ""
    username: str = ""
    password: str = ""
    identitytoken: str = ""


class DockerConfig(Struct, frozen=True, kw_only=True, rename="camel"):
    """The part of Docker's config.json that logs in."""

    auths: Mapping[str, DockerLogin] = {}
    creds_store: str = ""
    cred_helpers: Mapping[str, str] = {}


def moment(written: object) -> datetime | None:
    """Give when an image says that it was built, or nothing where it does not, or not truly."""
    with suppress(ValueError):
        at = datetime.fromisoformat(str(written))
        return at if at.tzinfo and at > _FIRST else None
    return None
