"""What on a Docker host depends on what: the bounds within which a fault can explain a symptom."""

from collections.abc import Iterable, Iterator, Mapping

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.docker.images import tagged
from sickbay.diagnostics.platforms.docker.paths import paths
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot


def upstream_of(host: Snapshot) -> Mapping[Subject, frozenset[Subject]]:
    """Give what each subject depends on.

    A container depends on its host, image, networks and volumes, and (through others too) on the containers that
    it waits for, links to or borrows from; a project on its members; a host on its privileged containers, which
    can change it; an image, a network and a volume on their host; a way between two
    containers on both, and on what these depend on.
    """
    needs = _needs(host.containers)
    graph = {Subject("network", network.name): frozenset({host.subject}) for network in host.networks}
    for item in host.containers:
        parts = set(_parts(item))
        graph |= {part: frozenset({host.subject}) for part in parts}
        graph[item.subject] = frozenset({host.subject, *parts, *_closure(item.subject, needs)} - {item.subject})
    for item in host.containers:
        if item.project:
            project = Subject("project", item.project)
            graph[project] = graph.get(project, frozenset({host.subject})) | {item.subject}
    for path in paths(host):
        ends = {path.one.subject, path.other.subject}
        graph[path.subject] = frozenset(ends.union(*(graph[end] for end in ends)))
    powerful = (item.subject for item in host.containers if item.inspect.host_config.privileged)
    return {**graph, host.subject: frozenset(powerful)}


def _needs(containers: Iterable[Container]) -> Mapping[Subject, frozenset[Subject]]:
    """Give, for each container, those that it names itself as what it waits for, links to or borrows from."""
    containers = tuple(containers)
    by_service: dict[tuple[str, str], set[Subject]] = {}
    by_name: dict[str, Subject] = {}
    for item in containers:
        by_name |= {item.name: item.subject, item.inspect.id: item.subject}
        if item.project:
            by_service.setdefault((item.project, item.service), set()).add(item.subject)
    needs = {}
    for item in containers:
        waited_for = (
            by_service.get((item.project, service)) or {_gone(item.project, service)} for service in item.depends_on
        )
        referred = {by_name[name] for name in _references(item) if name in by_name}
        needs[item.subject] = frozenset(referred.union(*waited_for) - {item.subject})
    return needs


def _gone(project: str, service: str) -> Subject:
    """Give the container that a service had, as Compose names the first one: its removal may be a cause."""
    return Subject("container", f"{project}-{service}-1")


def _references(container: Container) -> Iterator[str]:
    """Yield names and ids of the containers that it links to, or whose volumes or network it uses."""
    host_config = container.inspect.host_config
    yield from (link.split(":")[0].lstrip("/") for link in host_config.links)
    yield from (source.split(":")[0] for source in host_config.volumes_from)
    mode, _, joined = host_config.network_mode.partition(":")
    if mode == "container":
        yield joined


def _parts(container: Container) -> Iterator[Subject]:
    image = container.inspect.config.image
    yield from (Subject("image", name) for name in {image, tagged(image)})
    for network in container.inspect.network_settings.networks:
        yield Subject("network", network)
    for mount in container.inspect.mounts:
        if mount.type == "volume":
            yield Subject("volume", mount.name)


def _closure(start: Subject, needs: Mapping[Subject, frozenset[Subject]]) -> set[Subject]:
    seen: set[Subject] = set()
    waiting = [start]
    while waiting:
        for needed in needs.get(waiting.pop(), frozenset()):
            if needed not in seen:
                seen.add(needed)
                waiting.append(needed)
    return seen
