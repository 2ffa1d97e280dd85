"""Images that a target pulls, and what the error of a pull says, whoever pulled: Docker, containerd, CRI-O, Podman.

Remedies are the platform's own.
"""

import re
from enum import StrEnum

from msgspec import Struct

from sickbay.diagnostics.model import Subject


class PullFault(StrEnum):
    """The class of a failed pull, in the words in which people are told."""

    NO_SPACE = "the disk it goes to is full"
    RATE_LIMIT = "the registry limits pulls"
    PLATFORM = "it was not built for this architecture"
    NO_TAG = "the registry has no such tag"
    DENIED = "the registry denies it"
    TLS = "the registry's TLS is not accepted"
    UNREACHED = "the registry is not reached"
    FAILING = "the registry answers with an error"
    SHORT_NAME = "its name lacks the registry"
    NOT_LOCAL = "it is not on this host"

    @property
    def of_registry(self) -> bool:
        """Say whether the registry itself, or the way to it, is at fault, and so every image of it."""
        return self in {PullFault.RATE_LIMIT, PullFault.TLS, PullFault.UNREACHED, PullFault.FAILING}


class Pull(Struct, frozen=True, kw_only=True):
    """An image that a target could not pull, or runs: what its registry can be asked about.

    `image` is the reference as the target wrote it, `subject` whom it concerns. `platform` is the one that it runs on
    (`linux/arm64`), `digest` (`sha256:…`) what runs now; either is empty where that is not known. `fault` is the class
    of a failed pull.
    """

    image: str
    subject: Subject
    failed: bool = False
    fault: PullFault | None = None
    platform: str = ""
    digest: str = ""


#: What the errors say; the first that fits.
_FORMS: tuple[tuple[PullFault, str], ...] = (
    (PullFault.NO_SPACE, r"no space left on device|disk quota exceeded"),
    (PullFault.RATE_LIMIT, r"toomanyrequests|too many requests|rate limit"),
    (
        PullFault.PLATFORM,
        (
            r"no matching manifest|does not match the specified platform|no match for platform"
            r"|no image found in (?:manifest list|image index) for architecture"
        ),
    ),
    (
        PullFault.NO_TAG,
        (
            r"manifest[^\n]*(?:unknown|not found)|name unknown|repository name not known|\bnot found: manifest"
            r"|: not found\b"
        ),
    ),
    (
        PullFault.DENIED,
        (
            r"pull access denied|unauthorized|denied:|authentication required|no basic auth|authorization failed"
            r"|insufficient_scope|403 Forbidden|401 Unauthorized|invalid username/password"
        ),
    ),
    (PullFault.TLS, r"x509|certificate|server gave HTTP response to HTTPS"),
    (
        PullFault.UNREACHED,
        (
            r"no such host|i/o timeout|connection refused|Client\.Timeout|network is unreachable|TLS handshake timeout"
            r"|context deadline exceeded|connection reset|no route to host|server misbehaving|server selection timeout"
            r"|failure in name resolution|proxyconnect|RegistryUnavailable|: EOF\b"
        ),
    ),
    (PullFault.FAILING, r"\b50[0234] (?:Internal Server Error|Bad Gateway|Service Unavailable|Gateway Time-?out)"),
    (PullFault.SHORT_NAME, r"short-name|short name mode|unqualified-search"),
    (PullFault.NOT_LOCAL, r"no such image|image not known|unable to find image"),
)


def fault_of(error: str) -> PullFault | None:
    """Give the class of the error, or nothing where it is of none."""
    return next((fault for fault, form in _FORMS if re.search(form, error, re.IGNORECASE)), None)
