"""A Compose project of which a part is down while the rest runs."""

from collections.abc import Iterator, Mapping, Sequence

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.docker.ownership import quoted, remedy
from sickbay.diagnostics.platforms.docker.snapshot import COMPOSE, Container, Snapshot

_DOWN = frozenset({"exited", "dead", "created", "restarting"})
_STOPPED_BY_SIGNAL = frozenset({130, 137, 143})


@check(
    "DKR-C115",
    title="Compose project incomplete",
    severity=Severity.HIGH,
    remedy="Fix the service that failed first; the others wait for it or fail because of it.",
)
def compose_project(host: Snapshot) -> Iterator[Finding]:
    """Some services of a Compose project are down while others run or wait for them, or its replicas differ.

    Members are told by Compose's own labels. One that ended with exit code 0 did its work. The service to look at first
    is the one that is down and waits for no other that is down (label `depends_on`).
    """
    projects: dict[str, list[Container]] = {}
    for container in host.containers:
        if container.project and container.labels.get(COMPOSE + "oneoff", "") != "True":
            projects.setdefault(container.project, []).append(container)
    upstream = host.upstream()
    for name, members in projects.items():
        down = [member for member in members if _is_down(member)]
        alive = [member for member in members if member.state.running]
        waiting = [member for member in members if _needs_one_of(member, down, upstream)]
        if down and (alive or waiting):
            yield _incomplete(name, members, down, upstream)
        yield from _differing(name, members)


def _is_down(member: Container) -> bool:
    if member.state.status not in _DOWN:
        return False
    if member.state.status == "created":
        return bool(member.state.error)
    return (member.state.exit_code != 0 and member.state.exit_code not in _STOPPED_BY_SIGNAL) or member.state.oom_killed


def _needs_one_of(member: Container, down: Sequence[Container], upstream: Mapping[Subject, frozenset[Subject]]) -> bool:
    return any(other.subject in upstream[member.subject] for other in down if other is not member)


def _incomplete(
    name: str, members: Sequence[Container], down: Sequence[Container], upstream: Mapping[Subject, frozenset[Subject]]
) -> Finding:
    first = [member for member in down if not _needs_one_of(member, down, upstream)] or list(down)
    first.sort(key=lambda member: member.state.finished_at)
    root = first[0]
    waiting = sorted(
        {member.service for member in members if root.subject in upstream[member.subject]} - {"", root.service}
    )
    effect = f"; {', '.join(waiting)} {'depends' if len(waiting) == 1 else 'depend'} on it" if waiting else ""
    return Finding(
        subject=Subject("project", name),
        summary=f"Compose project {name}: {len(down)} of {len(members)} containers are down, first of all "
        f"{root.service or root.name}{effect}.",
        evidence=tuple(member.evidence("State.Status", _state(member)) for member in down),
        remedy=remedy(
            root, f"Fix {root.service or root.name} first, then start the project again.", f"docker logs {quoted(root)}"
        ),
        last_seen=max(member.read_at for member in down),
        count=len(down),
    )


def _state(member: Container) -> str:
    return f"{member.state.status} (exit code {member.state.exit_code})"


def _differing(name: str, members: Sequence[Container]) -> Iterator[Finding]:
    """Yield a finding for the first service whose replicas were made from different configurations."""
    by_service: dict[str, set[str]] = {}
    for member in members:
        if written := member.labels.get(COMPOSE + "config-hash"):
            by_service.setdefault(member.service, set()).add(written)
    for service, hashes in by_service.items():
        if len(hashes) > 1:
            replicas = [member for member in members if member.service == service]
            yield Finding(
                subject=Subject("project", f"{name}/{service}"),
                summary=f"The {len(replicas)} replicas of {service} in Compose project {name} differ in configuration.",
                evidence=tuple(
                    member.evidence("Config.Labels config-hash", member.labels.get(COMPOSE + "config-hash", "-")[:12])
                    for member in replicas[:3]
                ),
                remedy=remedy(replicas[0], "Bring the project up again, so that all replicas are made anew."),
            )
