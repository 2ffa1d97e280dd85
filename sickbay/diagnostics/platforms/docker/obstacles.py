"""What each obstacle before an engine means in words, and what to do about it: the classes of DKR-E101."""

import shlex
from collections.abc import Mapping
from urllib.parse import urlsplit

from sickbay.diagnostics.model import Remedy
from sickbay.diagnostics.platforms.docker.snapshot import Obstacle, Unreachable

_PROXY = "where a proxy stands before the engine, let it pass GET of /version, /info and /containers"
#: What is wrong, where {} is the address; a Unix socket tells more than a port does.
_SAYS: Mapping[Obstacle, str] = {
    Obstacle.MISSING_SOCKET: "there is no socket at {}",
    Obstacle.PERMISSION: "this user may not read the engine at {}",
    Obstacle.REFUSED: "nobody listens at {}",
    Obstacle.TIMEOUT: "{} gave no answer in time",
    Obstacle.TLS: "the TLS handshake with {} failed",
    Obstacle.NAME: "the host name in {} is not found",
    Obstacle.SSH: "the way there by {} failed",
    Obstacle.PROTOCOL: "what answers at {} is no Docker engine",
    Obstacle.OTHER: "the connection to {} failed",
}
_ON_UNIX: Mapping[Obstacle, str] = {
    Obstacle.REFUSED: "the socket {} is there, but no engine listens behind it",
    Obstacle.TIMEOUT: "the engine at {} takes connections and does not answer: it hangs",
}
#: What the error of a TLS handshake says, and what to do then, the first that fits.
_TLS: tuple[tuple[str, str], ...] = (
    ("not valid for", "The engine's certificate lacks this name or address: make it anew with it among its SANs."),
    ("has expired", "The engine's certificate has expired: renew it."),
    ("not yet valid", "The engine's certificate is not valid yet: set the clocks of both hosts by NTP."),
    ("does not speak TLS", "That port speaks plain HTTP: correct the port, or give the engine `--tlsverify`."),
    ("wants TLS", "Give the paths of ca, certificate and key under the target's `tls`."),
    (
        "client certificate",
        "Give under `tls` a certificate and key of the authority that the engine trusts (--tlscacert).",
    ),
    ("issuer", "Give under `tls.ca` the authority that signed the engine's certificate."),
    ("self", "Give under `tls.ca` the authority that signed the engine's certificate."),
)


def says(obstacle: Obstacle, address: str) -> str:
    """Give what is wrong, in words."""
    special = _ON_UNIX.get(obstacle) if address.startswith("unix://") else None
    return (special or _SAYS[obstacle]).format(address)


def cure(why: Unreachable | None, address: str) -> Remedy:
    """Give the remedy of an obstacle's class; without one, of an engine that answers and tells nothing."""
    parts = urlsplit(address)
    path, name, local = shlex.quote(parts.path), shlex.quote(parts.hostname or ""), parts.scheme == "unix"
    match why.obstacle if why else None:
        case Obstacle.MISSING_SOCKET:
            text = "Start the engine, or correct the address: a rootless engine has its socket under /run/user/UID."
            return Remedy(text=text, command="systemctl start docker")
        case Obstacle.PERMISSION if local:
            text = "Let this user into the group that owns the socket. The docker group is as good as root on that host"
            return Remedy(text=f"{text}: a proxy that passes only GET is safer.", command=f"ls -l {path}")
        case Obstacle.SSH | Obstacle.REFUSED if parts.scheme == "ssh":
            text = "Make this work as the worker's user: an SSH server that runs, a key, the host in known_hosts."
            destination = address if parts.port else parts.netloc  # ssh takes a port in a URI alone
            return Remedy(text=text, command=f"ssh {shlex.quote(destination)} docker version")
        case Obstacle.REFUSED:
            text = "Start the engine there, and read in its log why it ended; check the address if it does run."
            return Remedy(text=text, command="systemctl start docker; journalctl -u docker -n 50")
        case Obstacle.TIMEOUT if local:
            text = "Have the engine write its stacks down (SIGUSR1; its log names the file), then restart it."
            return Remedy(text=text, command='kill -USR1 "$(pidof dockerd)"; journalctl -u docker -n 20')
        case Obstacle.TIMEOUT:
            text = "Find out whether a firewall drops the packets or the engine there hangs; if it hangs, restart it."
            return Remedy(text=text, command=f"nc -vz -w 5 {name} {parts.port or 22}")
        case Obstacle.TLS if why:
            chosen = (text for part, text in _TLS if part in why.message)
            return Remedy(
                text=next(chosen, "Check the files under the target's `tls` and the engine's own certificate.")
            )
        case Obstacle.NAME:
            text = "Correct the name, or make it known: in DNS, or in /etc/hosts where Sickbay's worker runs."
            return Remedy(text=text, command=f"getent hosts {name}")
        case Obstacle.PROTOCOL:
            return Remedy(text=f"Correct the address: it belongs to another service; {_PROXY}.")
    text = f"Look at the engine's log for the error, and {_PROXY}."
    return Remedy(text=text, command="journalctl -u docker --since -15min")
