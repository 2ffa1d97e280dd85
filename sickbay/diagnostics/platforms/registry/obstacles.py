"""What each obstacle before a registry means in words, and what to do about it: the classes of REG-101."""

import shlex
from collections.abc import Mapping
from urllib.parse import SplitResult, urlsplit

from sickbay.diagnostics.model import Remedy
from sickbay.diagnostics.platforms.registry.snapshot import Obstacle, Unreachable

_PROXY = "Sickbay goes there directly: where only a proxy leads there, hosts that use it may still pull"
#: What is wrong, where {} is the address.
_SAYS: Mapping[Obstacle, str] = {
    Obstacle.NAME: "the host name in {} is not found",
    Obstacle.FORBIDDEN: "{} leads where Sickbay does not go",
    Obstacle.REFUSED: "nobody listens at {}",
    Obstacle.TIMEOUT: "{} gave no answer in time",
    Obstacle.TLS: "the TLS handshake with {} failed",
    Obstacle.PROTOCOL: "what answers at {} is not one",
    Obstacle.OTHER: "the connection to {} failed",
    Obstacle.CERTIFICATE: "the certificate of {} is not accepted",
    Obstacle.PLAIN_HTTP: "{} speaks plain HTTP",
    Obstacle.WANTS_TLS: "{} speaks TLS",
}


def says(obstacle: Obstacle, address: str) -> str:
    """Give what is wrong, in words."""
    return _SAYS[obstacle].format(address)


def cure(why: Unreachable, address: str) -> Remedy:
    """Give the remedy of what keeps a registry from being reached at all."""
    parts = _parts(address)
    root = shlex.quote(address if parts.path else f"{address}/v2/")
    name, port = shlex.quote(parts.hostname or ""), parts.port or (80 if parts.scheme == "http" else 443)
    match why.obstacle:
        case Obstacle.NAME:
            text = "Correct the name, or make it known: in DNS, or in /etc/hosts of whoever pulls."
            return Remedy(text=text, command=f"getent hosts {name}")
        case Obstacle.FORBIDDEN:
            return Remedy(text="See who answers for that name in DNS; correct it there, or the target's `url`.")
        case Obstacle.REFUSED:
            text = "Start the registry there, or correct host and port."
            return Remedy(text=text, command=f"nc -vz -w 5 {name} {port}")
        case Obstacle.TIMEOUT:
            text = f"Find out whether a firewall drops the packets or the registry hangs. {_PROXY}."
            return Remedy(text=text, command=f"nc -vz -w 5 {name} {port}")
        case Obstacle.PROTOCOL:
            text = f"Correct the address: a registry answers `/v2/` with 200 or 401. {_PROXY}."
            return Remedy(text=text, command=f"curl -sSI {root}")
        case Obstacle.TLS:
            text = "Look at the handshake: a protocol or cipher that is too old, a client certificate that is wanted."
            return Remedy(text=text, command=f"openssl s_client -connect {name}:{port} -servername {name} </dev/null")
    text = f"Look at the registry, and at what stands before it. {_PROXY}."
    return Remedy(text=text, command=f"curl -sSI {root}")


def _parts(address: str) -> SplitResult:
    """Give the parts of an address; nothing of one that a registry made up."""
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        return urlsplit("")
    return parts
