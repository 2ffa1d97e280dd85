"""What the collector read of one registry at one moment, and of the images that it was asked about."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from msgspec import Struct

from sickbay.diagnostics.model import Evidence, Gap, Subject
from sickbay.diagnostics.platforms.registry.references import Reference
from sickbay.diagnostics.pulls import Pull, PullFault
from sickbay.diagnostics.targets import Request

#: Faults of a pull that have nothing to do with how the registry is. 'Not on this host' is none: Swarm says so of any.
_OF_THE_IMAGE = frozenset({PullFault.NO_TAG, PullFault.PLATFORM, PullFault.NO_SPACE, PullFault.SHORT_NAME})


class Obstacle(StrEnum):
    """What kept the collector from talking to the registry at all."""

    NAME = "host name not found"
    FORBIDDEN = "address not allowed"
    REFUSED = "connection refused"
    TIMEOUT = "no answer in time"
    TLS = "TLS handshake failed"
    CERTIFICATE = "certificate not accepted"
    PLAIN_HTTP = "plain HTTP where TLS was expected"
    WANTS_TLS = "TLS where plain HTTP was expected"
    PROTOCOL = "not a registry"
    OTHER = "connection failed"


class Unreachable(Struct, frozen=True, kw_only=True):
    """Why nothing could be read: the class of the obstacle and the redacted text of the error."""

    obstacle: Obstacle
    message: str


class Certificate(Struct, frozen=True, kw_only=True):
    """The certificate that the registry shows, trusted or not; `names` are those that it is for."""

    names: tuple[str, ...]
    issuer: str
    self_signed: bool
    not_before: datetime
    not_after: datetime


class Credentials(Struct, frozen=True, kw_only=True):
    """With what is logged in, and until when that holds where it says so itself. The secret is not part of it.

    `kind` is `Amazon ECR`, `Azure` or nothing; `source` the field of the target that it came from.
    """

    source: str
    username: str
    kind: str = ""
    expires_at: datetime | None = None


class Told(Struct, frozen=True, kw_only=True):
    """One answer: the call, its HTTP status, and the error's code and redacted message where it is one."""

    call: str
    status: int
    code: str = ""
    message: str = ""
    retry_after: str = ""

    def __str__(self) -> str:
        """Give it in one line."""
        error = " ".join(part for part in (self.code, self.message) if part)
        return f"HTTP {self.status}{f': {error}' if error else ''}"


class Access(Struct, frozen=True, kw_only=True):
    """Whether the image's manifest may be read `by` anonymous or by the credentials' user, and what decided it.

    `granted_by_token` is what the token allows in this repository, None where it does not tell.
    """

    by: str
    told: Told
    granted_by_token: tuple[str, ...] | None = None

    @property
    def granted(self) -> bool:
        """Say whether the manifest was given."""
        return self.told.status == 200

    @property
    def denied(self) -> bool:
        """Say whether it was refused for who asks."""
        return self.told.status in {401, 403}


class RateLimit(Struct, frozen=True, kw_only=True):
    """Pulls that are left of so many in a window of seconds, `by` whom."""

    limit: int
    remaining: int
    window: int
    by: str


class Component(Struct, frozen=True, kw_only=True):
    """A part of the registry that its health page names, and how it is."""

    name: str
    well: bool
    says: str


class Image(Struct, frozen=True, kw_only=True):
    """An image that was asked about, and for whom.

    `digest` is what the tag means now, `built_at` when that was built, where its manifest or its configuration was read
    and says so. `platforms` and `manifests` (digests) are those of an index, or of the one
    manifest; `tags` those of the repository, `repositories` those of the registry, read where the image is not there.
    `signatures` is None where nobody looked for them, or they could not be read.
    """

    reference: Reference
    pulls: tuple[Pull, ...] = ()
    accesses: tuple[Access, ...] = ()
    digest: str = ""
    built_at: datetime | None = None
    media_type: str = ""
    platforms: tuple[str, ...] = ()
    manifests: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    repositories: tuple[str, ...] = ()
    signatures: tuple[str, ...] | None = None

    @property
    def name(self) -> str:
        """Give the image's name in full."""
        return str(self.reference)

    @property
    def subject(self) -> Subject:
        """Give the image as the subject of a finding."""
        return Subject("image", self.name)

    @property
    def readable(self) -> bool:
        """Say whether anyone who was tried may pull it."""
        return any(access.granted for access in self.accesses)

    @property
    def readers(self) -> tuple[str, ...]:
        """Give who may pull it, of those that were tried."""
        return tuple(access.by for access in self.accesses if access.granted)


class Snapshot(Struct, frozen=True, kw_only=True):
    """One registry. `taken_at` is by Sickbay's clock, `clock` by the registry's, as its Date header has it.

    `ping` is the answer of `/v2/`, `challenge` how it wants to be logged in to, and `token_server` why the one that the
    challenge names gave no answer; `ping_v1` says whether the first, long dead protocol is spoken. `login` is what the
    credentials were answered where no image was asked about. `answers` are those of 429 and 5xx, wherever they came.
    """

    request: Request
    taken_at: datetime
    registry: str
    address: str
    connected_to: str = ""
    clock: datetime | None = None
    unreachable: Unreachable | None = None
    certificate: Certificate | None = None
    ping: Told | None = None
    ping_v1: bool = False
    challenge: str = ""
    token_server: Unreachable | None = None
    credentials: Credentials | None = None
    login: Told | None = None
    rate_limits: tuple[RateLimit, ...] = ()
    answers: tuple[Told, ...] = ()
    components: tuple[Component, ...] = ()
    images: tuple[Image, ...] = ()
    gaps: tuple[Gap, ...] = ()

    @property
    def subject(self) -> Subject:
        """Give the registry itself as the subject of a finding."""
        return Subject("registry", self.registry)

    @property
    def now(self) -> datetime:
        """Give the moment of reading by the registry's clock, by which it judges what has expired."""
        return self.clock or self.taken_at

    def evidence(self, call: str, value: object) -> Evidence:
        """Give a fact as evidence; `call` names the request, and the field where there is one."""
        return Evidence(source=call, value=str(value), at=self.taken_at)

    def told_evidence(self, told: Told) -> Evidence:
        """Give an answer as evidence."""
        return self.evidence(told.call, told)

    def access_evidence(self, image: Image) -> tuple[Evidence, ...]:
        """Give what each of those who were tried was answered."""
        return tuple(self.evidence(f"{item.told.call} ({item.by})", item.told) for item in image.accesses)

    def looked_at(self) -> Mapping[str, int]:
        """Give how many registries, images and parts of a health page were looked at; empty when unreachable."""
        if self.unreachable:
            return {}
        counted = {"registries": 1, "images": len(self.images), "health components": len(self.components)}
        return {kind: count for kind, count in counted.items() if count}

    def upstream(self) -> Mapping[Subject, frozenset[Subject]]:
        """Give what each subject depends on: an image on the registry, and who pulls it on the image.

        Who failed to pull it depends on the registry too, except where the error speaks of the image alone.
        """
        graph = {image.subject: frozenset({self.subject}) for image in self.images}
        for image in self.images:
            for pull in image.pulls:
                needs = {image.subject, self.subject} if pull.fault not in _OF_THE_IMAGE else {image.subject}
                graph[pull.subject] = graph.get(pull.subject, frozenset()) | (needs - {pull.subject})
        return graph

    def pulls(self) -> tuple[Pull, ...]:
        """Give nothing: a registry pulls no images."""
        return ()
