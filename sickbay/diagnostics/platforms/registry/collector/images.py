"""Read one image: who may pull it, what its tag means, for which platforms it was built, and whether it is signed."""

import hashlib
from collections.abc import Sequence
from typing import TypeVar
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from sickbay.diagnostics.platforms.registry.collector.reading import Reading
from sickbay.diagnostics.platforms.registry.collector.session import Refused, Session
from sickbay.diagnostics.platforms.registry.collector.transport import Answer, UnreachableError
from sickbay.diagnostics.platforms.registry.references import DOCKER_HUB, is_digest
from sickbay.diagnostics.platforms.registry.snapshot import Access, Image
from sickbay.diagnostics.platforms.registry.wire import (
    INDEXES,
    MANIFESTS,
    SCHEMA_1,
    Catalog,
    Configuration,
    Descriptor,
    Manifest,
    Tags,
    moment,
)

L = TypeVar("L")

_ACCEPTED = ", ".join((*INDEXES, *MANIFESTS, *SCHEMA_1))
_CONFIGURATIONS = ("application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json")
_OK, _NOT_FOUND, _NO_METHOD = 200, 404, 405
#: Tags and repositories that are read where the wanted one is not there.
_LISTED = 1000
#: What types of artifacts that sign an image have in common: cosign's, Sigstore's bundles, Notation's.
_SIGNING = ("cosign", "sigstore", "notary", "signature")
#: Manifests in an index that are no images: BuildKit's attestations.
_UNKNOWN = "unknown/unknown"


class ImageReader:
    """Reads the images of one diagnosis; `sessions` are those to try, anonymous first."""

    def __init__(self, reading: Reading, sessions: Sequence[Session], *, signatures: bool) -> None:
        self._reading = reading
        self._sessions = sessions
        self._signatures = signatures

    def read(self, image: Image) -> Image:
        """Give the image with all that can be told of it. Raises UnreachableError where the registry does not answer.

        Of one that only runs its digest is enough; where that is another than the one that runs, so is the index.
        """
        if image.reference.invalid:
            return image
        whole = any(pull.failed for pull in image.pulls) or not image.pulls
        for session in self._sessions:
            access, digest = self._accessed(session, image)
            image = replace(image, accesses=(*image.accesses, access), digest=image.digest or digest)
            if access.granted and not whole:
                break
        granted = [session for session, access in zip(self._sessions, image.accesses, strict=False) if access.granted]
        if not granted:
            return self._with_neighbours(image)
        moved = any(pull.digest and pull.digest != image.digest for pull in image.pulls)
        if whole or moved:
            image = self._with_manifest(granted[-1], image)
        if self._signatures and whole and image.digest:
            image = replace(image, signatures=self._signed(granted[-1], image))
        return image

    def _accessed(self, session: Session, image: Image) -> tuple[Access, str]:
        """Ask for the manifest's head, which no registry counts as a pull; an error is only told in a body."""
        scope, path = _scope(image), _manifest_path(image)
        answer = session.ask("HEAD", path, accept=_ACCEPTED, scope=scope)
        told = self._reading.told(session, "HEAD", path, answer)
        if isinstance(answer, Answer) and answer.status in {400, 401, 403, _NOT_FOUND, _NO_METHOD}:
            answer = session.ask("GET", path, accept=_ACCEPTED, scope=scope)
            told = self._reading.told(session, "GET", path, answer)
        access = Access(by=session.by, told=told, granted_by_token=session.granted(scope))
        digest = answer.headers.get("docker-content-digest", "") if isinstance(answer, Answer) else ""
        return access, digest if is_digest(digest) else ""

    def _with_manifest(self, session: Session, image: Image) -> Image:
        """Add what the manifest says. This one call Docker Hub counts as a pull."""
        what, path = f"the manifest of {image.name}", _manifest_path(image)
        answer = session.ask("GET", path, accept=_ACCEPTED, scope=_scope(image))
        if isinstance(answer, Refused) or answer.status != _OK:
            self._reading.note(what, str(self._reading.told(session, "GET", path, answer)))
            return image
        if answer.cut:
            self._reading.note(what, f"it is larger than the {len(answer.body)} bytes that are read")
            return image
        try:
            manifest = msgspec.json.decode(answer.body, type=Manifest)
        except msgspec.DecodeError as error:
            self._reading.note(what, f"it is no manifest: {error}")
            return image
        digest = image.digest or f"sha256:{hashlib.sha256(answer.body).hexdigest()}"
        media_type = manifest.media_type or answer.headers.get("content-type", "").partition(";")[0]
        media_type = self._reading.clean(media_type[:200])
        image = replace(image, digest=digest, media_type=media_type, built_at=manifest.built_at)
        if manifest.manifests:
            built = [item for item in manifest.manifests if item.platform and str(item.platform) != _UNKNOWN]
            platforms = tuple(self._reading.clean(str(item.platform)[:100]) for item in built)
            digests = tuple(item.digest for item in manifest.manifests[:_LISTED] if is_digest(item.digest))
            return replace(image, platforms=platforms, manifests=digests)
        configuration = self._configuration(session, image, manifest)
        platform = self._reading.clean(str(configuration)[:100])
        built_at = image.built_at or moment(configuration.created)
        return replace(image, platforms=(platform,) if platform else (), manifests=(digest,), built_at=built_at)

    def _configuration(self, session: Session, image: Image, manifest: Manifest) -> Configuration:
        """Give the configuration of a single manifest, which often lies on another host; an empty one without it."""
        nothing = Configuration()
        if manifest.schema_version == 1:
            return Configuration(os="linux", architecture=manifest.architecture) if manifest.architecture else nothing
        if manifest.config is None or manifest.config.media_type not in _CONFIGURATIONS:
            return nothing
        what, digest = f"the configuration of {image.name}", manifest.config.digest
        try:
            path = f"/v2/{image.reference.repository}/blobs/{quote(digest, safe=':')}"
            answer = session.ask("GET", path, scope=_scope(image), blob=True)
            if isinstance(answer, Refused) or answer.status != _OK or answer.cut:
                self._reading.note(what, str(self._reading.told(session, "GET", path, answer)))
                return nothing
            if digest != f"sha256:{hashlib.sha256(answer.body).hexdigest()}":
                self._reading.note(what, "what was served has another digest")
                return nothing
            return msgspec.json.decode(answer.body, type=Configuration)
        except UnreachableError as error:
            self._reading.note(what, f"{error.why.obstacle}: {error.why.message}")
        except msgspec.DecodeError as error:
            self._reading.note(what, f"it is no configuration of an image: {error}")
        return nothing

    def _with_neighbours(self, image: Image) -> Image:
        """Add what is there in place of an image that is not, as far as anyone who was tried may list it."""
        missing = [
            session
            for session, access in zip(self._sessions, image.accesses, strict=False)
            if access.told.status == _NOT_FOUND
        ]
        for session in reversed(missing):
            path, scope = f"/v2/{image.reference.repository}/tags/list?n={_LISTED}", _scope(image)
            if tags := self._listed(session, path, scope, Tags):
                return replace(image, tags=tuple(self._reading.clean(tag[:128]) for tag in (tags.tags or ())[:_LISTED]))
            if image.reference.registry != DOCKER_HUB:
                catalog = self._listed(session, f"/v2/_catalog?n={_LISTED}", "registry:catalog:*", Catalog)
                if catalog:
                    names = (catalog.repositories or ())[:_LISTED]
                    return replace(image, repositories=tuple(self._reading.clean(name[:255]) for name in names))
        return image

    def _listed(self, session: Session, path: str, scope: str, kind: type[L]) -> L | None:
        answer = session.ask("GET", path, scope=scope)
        if isinstance(answer, Refused) or answer.status != _OK or answer.cut:
            return None
        try:
            return msgspec.json.decode(answer.body, type=kind)
        except msgspec.DecodeError:
            return None

    def _signed(self, session: Session, image: Image) -> tuple[str, ...] | None:
        """Give what signs the image: its referrers that sign, and cosign's tag; None where neither can be read."""
        algorithm, _, value = image.digest.partition(":")
        repository, scope = image.reference.repository, _scope(image)
        cosign = f"{algorithm}-{value}.sig"
        tagged = session.ask("HEAD", f"/v2/{repository}/manifests/{cosign}", accept=_ACCEPTED, scope=scope)
        if isinstance(tagged, Refused) or tagged.status not in {_OK, _NOT_FOUND}:
            return None
        found = [f"tag {cosign}"] if tagged.status == _OK else []
        for path in (f"/v2/{repository}/referrers/{image.digest}", f"/v2/{repository}/manifests/{algorithm}-{value}"):
            index = self._listed(session, path, scope, Manifest)
            if index:
                found += [f"referrer {_kind(item)}" for item in index.manifests if _signs(item)]
                break
        return tuple(self._reading.clean(item[:200]) for item in found)


def _kind(item: Descriptor) -> str:
    return item.artifact_type or item.media_type


def _signs(item: Descriptor) -> bool:
    return any(word in _kind(item).lower() for word in _SIGNING)


def _scope(image: Image) -> str:
    return f"repository:{image.reference.repository}:pull"


def _manifest_path(image: Image) -> str:
    return f"/v2/{image.reference.repository}/manifests/{quote(image.reference.wanted, safe=':')}"
