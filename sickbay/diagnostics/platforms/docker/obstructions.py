"""What keeps one container from talking to another: the first thing that is in the way."""

import shlex
from collections.abc import Iterator

from msgspec import Struct

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.docker.connections import Failure, Trouble
from sickbay.diagnostics.platforms.docker.ownership import quoted
from sickbay.diagnostics.platforms.docker.paths import Path
from sickbay.diagnostics.platforms.docker.peers import NOWHERE

#: Networks that nobody can be told to join: names are not resolved there, or there is none.
_BUILT_IN = frozenset({"bridge", "host", "none"})


class Obstruction(Struct, frozen=True, kw_only=True):
    """What is in the way, in words, with its evidence and what to do; `sure` where that was observed."""

    why: str
    evidence: tuple[Evidence, ...]
    text: str
    command: str | None = None
    sure: bool = True


def obstruction(path: Path) -> Obstruction | None:
    """Give the first thing in the way, or nothing where none is known."""
    return next((found for look in (_down, _no_way, _told) for found in look(path)), None)


def _down(path: Path) -> Iterator[Obstruction]:
    for container in (path.other, path.one):
        state = container.state
        if not state.running or state.paused or state.restarting:
            again = "unpause" if state.paused else "start"
            yield Obstruction(
                why=f"{container.name} does not run ({state.status})",
                evidence=(container.evidence("State.Status", state.status),),
                text=f"Find out why {container.name} does not run, then {again} it.",
                command=None if state.restarting else f"docker {again} {quoted(container)}",
            )


def _no_way(path: Path) -> Iterator[Obstruction]:
    """Yield that no network, network stack or published port joins the two."""
    if path.way:
        return
    one, other = path.places
    where = tuple(
        container.evidence("NetworkSettings.Networks", place)
        for container, place in ((path.one, one), (path.other, other))
    )
    unpublished = f", and {path.other.name} is published nowhere that {path.one.name} reaches"
    if path.networks and NOWHERE not in {one, other}:
        names = ", ".join(network.name for network in path.networks)
        yield Obstruction(
            why=f"{names}, where both are, does not let its containers talk (enable_icc=false){unpublished}",
            evidence=tuple(
                path.host.evidence(f"GET /networks/{network.name} Options enable_icc", "false")
                for network in path.networks
            ),
            text="Put both on a network without `enable_icc=false`; where it is meant so, publish the port.",
        )
    join = next((name for name in path.other.inspect.network_settings.networks if name not in _BUILT_IN), "")
    yield Obstruction(
        why=f"they share no network ({path.one.name} is on {one}, {path.other.name} on {other}){unpublished}",
        evidence=where,
        text=f"Put {path.one.name} and {path.other.name} on one user-defined network.",
        command=f"docker network connect {shlex.quote(join)} {quoted(path.one)}" if join and one != NOWHERE else None,
    )


def _told(path: Path) -> Iterator[Obstruction]:
    """Yield what the first says of the second in its log or health check, where no setting is in the way."""
    said = path.complaint
    if said is not None and said.trouble is not Trouble.STALL:
        why, text = _meaning(path, said)
        yield Obstruction(why=why, evidence=(said.evidence,), text=text, sure=said.trouble is not Trouble.SILENCE)


def _meaning(path: Path, said: Failure) -> tuple[str, str]:
    """Give what is in the way by what was said, and what to do."""
    one, other, port = path.one.name, path.other.name, f"port {said.port}" if said.port else "the port"
    if said.trouble is Trouble.REFUSED:
        exposed = f" (exposed: {', '.join(path.ports)})" if path.ports else ""
        text = f"Let the program in {other} listen there, on 0.0.0.0 and not on 127.0.0.1 alone, or ask for its port."
        return f"{other} refuses: nothing listens on {port} that {one} asks for{exposed}", text
    if said.trouble is Trouble.SILENCE:
        text = "Look at the host's own rules (`iptables -L DOCKER-USER -n -v`), and at what the program itself lets in."
        return f"{said.host} gives no answer, which a packet filter of the host may cause: the API shows none", text
    if path.names:
        text = f"Ask for {path.names[0]}, or give {other} that name as an alias on the network."
        return f"{one} asks for the name {said.host}, and there {other} goes by {', '.join(path.names)}", text
    text = f"Put {one} and {other} on one user-defined network, or ask for the address."
    return f"{one} asks for the name {said.host}, and where they meet Docker resolves no names", text
