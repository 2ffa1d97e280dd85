"""Who was refused at a registry, and what for."""

import shlex
from collections.abc import Iterator
from enum import Enum, auto

from msgspec import Struct

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.registry.snapshot import Access, Image, Snapshot

_UNAUTHORIZED = 401
_ANONYMOUS = "anonymous"


class DenialOf(Enum):
    """What was refused: the credentials themselves, everybody without any, or this repository to this user."""

    CREDENTIALS = auto()
    ANONYMOUS = auto()
    SCOPE = auto()


class Denial(Struct, frozen=True, kw_only=True):
    """One refusal; `image` is None where the credentials were only tried at the registry itself."""

    of: DenialOf
    by: str
    says: str
    evidence: tuple[Evidence, ...]
    image: Image | None = None
    command: str | None = None


def denials(registry: Snapshot) -> Iterator[Denial]:
    """Yield the refusals, one an image."""
    login = registry.login
    if login and login.status in {_UNAUTHORIZED, 403} and registry.credentials:
        who = registry.credentials.username
        yield Denial(
            of=DenialOf.CREDENTIALS,
            by=who,
            says=f"Registry {registry.registry} does not accept the credentials of {who}.",
            evidence=(registry.told_evidence(login),),
            command=_login(registry),
        )
    for image in registry.images:
        denied = [access for access in image.accesses if access.denied]
        last = denied[-1] if denied else None
        if last and (not image.readable or last.by != _ANONYMOUS):
            yield _of_image(registry, image, last)


def _of_image(registry: Snapshot, image: Image, last: Access) -> Denial:
    tried = " and ".join(access.by for access in image.accesses if access.denied)
    other = next((access for access in image.accesses if not access.denied), None)
    if last.by == _ANONYMOUS:
        of, says = DenialOf.ANONYMOUS, f"{image.name} may not be pulled by anonymous, and "
        says += f"{other.by} got {other.told}" if other else "Sickbay has no credentials to try"
    elif _not_known(last):
        of, says = (
            DenialOf.CREDENTIALS,
            f"{image.name} cannot be pulled by {last.by}, whose credentials are not accepted",
        )
        says += "; anonymous may pull it" if image.readable else ""
    else:
        of = DenialOf.SCOPE
        says = f"{image.name} may not be pulled by {tried}"
        says += "; the token allows nothing there" if last.granted_by_token == () else ""
    return Denial(
        of=of,
        by=last.by,
        says=f"{says}.",
        evidence=registry.access_evidence(image),
        image=image,
        command=_login(registry) if of is not DenialOf.SCOPE else None,
    )


def _not_known(access: Access) -> bool:
    """Say whether the credentials themselves were refused: no token was given, or a login without tokens failed."""
    return access.told.status == _UNAUTHORIZED and access.granted_by_token is None


def _login(registry: Snapshot) -> str:
    host = "" if registry.registry == "docker.io" else f" {shlex.quote(registry.registry)}"
    return f"docker login{host}"
