"""What to do about a failed pull on a Docker host."""

from sickbay.diagnostics.pulls import PullFault, fault_of

_CURES = {
    PullFault.NO_SPACE: "Free space where the engine keeps its images (docker system df), then pull again.",
    PullFault.RATE_LIMIT: "Log in, use a mirror, or wait: the limit is per address.",
    PullFault.PLATFORM: "Build and push the image for this host's architecture too (docker buildx build --platform).",
    PullFault.NO_TAG: "Correct the tag, or push the image under it.",
    PullFault.DENIED: "Log in on this host (docker login); a name without a registry means Docker Hub; a wrong one "
    "looks the same.",
    PullFault.TLS: "Give the engine the registry's CA under /etc/docker/certs.d, or correct the registry's "
    "certificate.",
    PullFault.UNREACHED: "Check DNS, proxy and firewall between this host and the registry.",
    PullFault.FAILING: "Look at the registry and what stands before it; the engine only repeats its answer.",
    PullFault.SHORT_NAME: "Give the image's full name, with its registry.",
    PullFault.NOT_LOCAL: "Pull the image, or build it here.",
}


def failure(error: str) -> tuple[str, str] | None:
    """Give the class of the error in words and its remedy, or nothing where it is of none."""
    fault = fault_of(error)
    return (str(fault), _CURES[fault]) if fault else None
