"""The answer to 'can these two talk?', as a table: what joins them, how the first finds the second, what is unseen."""

from collections.abc import Iterator

from sickbay.diagnostics.model import Table
from sickbay.diagnostics.platforms.docker.obstructions import obstruction
from sickbay.diagnostics.platforms.docker.paths import MOST, Path, Way, paths
from sickbay.diagnostics.platforms.docker.peers import networks_of
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot


def answers(host: Snapshot) -> tuple[Table, ...]:
    """Give an answer for each pair that the scope names, if it names pairs."""
    asked = paths(host)
    return tuple(_answer(path, len(asked)) for path in asked[:MOST])


def _answer(path: Path, asked: int) -> Table:
    verdict = "No" if obstruction(path) else f"Yes, {_how(path)}"
    rows = tuple(_rows(path))
    if asked > MOST:
        rows += (("pairs", f"{MOST} of {asked} are looked at: name two containers for another"),)
    title = f"Can {path.one.name} talk to {path.other.name}? {verdict}"
    return Table(title=title, columns=("asked", "found"), rows=rows)


def _how(path: Path) -> str:
    if path.way is Way.NETWORK:
        names = ", ".join(network.name for network in path.open_networks)
        return f"on {names}" if path.names else f"on {names}, by address only"
    return str(path.way)


def _rows(path: Path) -> Iterator[tuple[str, str]]:
    one, other = path.places
    yield f"{path.one.name} is on", one
    yield f"{path.other.name} is on", other
    if path.way is Way.LOCALHOST:
        yield "address", "localhost"
    elif path.way is Way.NETWORK:
        yield "names", ", ".join(path.names) or "none: Docker resolves none on the default bridge"
    if path.way is Way.TO_HOST:
        gateways = (pool.gateway for item in networks_of(path.host, path.joined[0]) for pool in item.ipam.config)
        yield "address", ", ".join(filter(None, gateways)) or "the host's"
    elif path.addresses and path.way is not Way.LOCALHOST:
        yield "address", ", ".join(path.addresses)
    yield "exposed ports", ", ".join(path.ports) or "none named: it may listen on any"
    if path.doors:
        yield "published", ", ".join(path.doors)
    if path.other.state.health and path.other.state.health.status not in {"", "none"}:
        yield f"{path.other.name} is", path.other.state.health.status
    let = f"that the host's packet filter lets it pass, and that {path.other.name} listens"
    yield "inferred", f"{let}: neither can be seen, and nothing was tried"
