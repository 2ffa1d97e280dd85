"""Names of images: which registry, which repository in it, which tag or digest.

The grammar is that of the distribution project (reference/regexp.go): a repository is at most 255 characters, lower
case, a tag at most 128.
"""

import re

from msgspec import Struct

#: The registry of names without one, and the hosts that serve it.
DOCKER_HUB = "docker.io"
HUB_HOSTS = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"})

_LONGEST = 255
_PART = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_PART}(?:/{_PART})*")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"[a-z0-9]+(?:[+._-][a-z0-9]+)*:[0-9a-fA-F]{32,128}")


class Reference(Struct, frozen=True, kw_only=True):
    """A name of an image; `invalid` says what keeps it from being one."""

    registry: str
    repository: str
    tag: str = ""
    digest: str = ""
    invalid: str = ""

    def __str__(self) -> str:
        """Give the name in full, as docker and kubectl take it."""
        tag = f":{self.tag}" if self.tag else ""
        return f"{self.registry}/{self.repository}{tag}{f'@{self.digest}' if self.digest else ''}"

    @property
    def wanted(self) -> str:
        """Give the digest, or else the tag: what the registry is asked for."""
        return self.digest or self.tag


def parse(name: str, *, home: str = DOCKER_HUB) -> Reference:
    """Understand a name; one without a registry is of `home`, one without tag and digest means `latest`."""
    registry, path = _split(name.strip())
    registry = registry or home
    path, _, digest = path.partition("@")
    head, slash, last = path.rpartition("/")
    last, colon, tag = last.partition(":")
    repository = f"{head}{slash}{last}"
    if registry in HUB_HOSTS:
        registry = DOCKER_HUB
        repository = repository if "/" in repository else f"library/{repository}"
    return Reference(
        registry=registry,
        repository=repository,
        tag=tag or ("" if digest or colon else "latest"),
        digest=digest,
        invalid=_fault(repository, tag if colon else "latest", digest if "@" in name else None),
    )


def is_digest(text: str) -> bool:
    """Say whether the text has the form of a digest."""
    return _DIGEST.fullmatch(text) is not None


def _split(name: str) -> tuple[str, str]:
    """Give the registry's host, empty where the name has none, and the rest: a host has a dot, a port, or is local."""
    first, slash, rest = name.partition("/")
    is_host = bool(slash) and ("." in first or ":" in first or first == "localhost")
    return (first, rest) if is_host else ("", name)


def _fault(repository: str, tag: str, digest: str | None) -> str:
    if not _REPOSITORY.fullmatch(repository):
        upper = repository != repository.lower() and _REPOSITORY.fullmatch(repository.lower())
        return "the repository has capitals in it" if upper else "that is no valid repository"
    if len(repository) > _LONGEST:
        return f"the repository is longer than {_LONGEST} characters"
    if not _TAG.fullmatch(tag):
        return "that is no valid tag"
    if digest is not None and not is_digest(digest):
        return "that is no valid digest"
    return ""
