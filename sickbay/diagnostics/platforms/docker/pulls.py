"""What the error of a pull says: its class in words, and what to do about it."""

import re

#: What the error says: the class in words, and its remedy. The first that fits.
_CLASSES: tuple[tuple[str, str, str], ...] = (
    (r"toomanyrequests|rate limit", "the registry limits pulls",
     "Log in, use a mirror, or wait: the limit is per address."),
    (r"no matching manifest|does not match the specified platform", "it was not built for this architecture",
     "Build and push the image for this host's architecture too (docker buildx build --platform)."),
    (r"manifest[^\n]*(?:unknown|not found)|name unknown|repository name not known|\bnot found: manifest",
     "the registry has no such tag", "Correct the tag, or push the image under it."),
    (r"pull access denied|unauthorized|denied:|authentication required|no basic auth", "the registry denies it",
     "Log in on this host (docker login); a name without a registry means Docker Hub; a wrong one looks the same."),
    (r"x509|certificate|server gave HTTP response to HTTPS", "the registry's TLS is not accepted",
     "Give the engine the registry's CA under /etc/docker/certs.d, or correct the registry's certificate."),
    (r"no such host|i/o timeout|connection refused|Client\.Timeout|network is unreachable|TLS handshake timeout",
     "the registry is not reached", "Check DNS, proxy and firewall between this host and the registry."),
    (r"no such image|image not known|unable to find image", "it is not on this host",
     "Pull the image, or build it here."),
)  # fmt: skip


def failure(error: str) -> tuple[str, str] | None:
    """Give the class of the error and its remedy, or nothing where it is of none."""
    return next(((why, cure) for form, why, cure in _CLASSES if re.search(form, error, re.IGNORECASE)), None)
