"""A Compose project of which a part is down while the rest runs."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity, Subject
from sickbay.diagnostics.platforms.docker.compose import Project, config_hash, projects, standing
from sickbay.diagnostics.platforms.docker.ownership import quoted, remedy
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot


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
    for project in projects(host):
        if project.incomplete:
            yield _incomplete(project)
        yield from _differing(project)


def _incomplete(project: Project) -> Finding:
    root, down = project.first_down, project.down
    waiting = project.waiting_for(root)
    effect = f"; {', '.join(waiting)} {'depends' if len(waiting) == 1 else 'depend'} on it" if waiting else ""
    first = root.service or root.name
    return Finding(
        subject=Subject("project", project.name),
        summary=f"Compose project {project.name}: {len(down)} of {len(project.members)} containers are down, "
        f"first of all {first}{effect}.",
        evidence=tuple(member.evidence("State.Status", standing(member)) for member in down),
        remedy=remedy(root, f"Fix {first} first, then start the project again.", f"docker logs {quoted(root)}"),
        last_seen=max(member.read_at for member in down),
        count=len(down),
    )


def _differing(project: Project) -> Iterator[Finding]:
    for replicas in project.differing():
        service = replicas[0].service
        yield Finding(
            subject=Subject("project", f"{project.name}/{service}"),
            summary=f"The {len(replicas)} replicas of {service} in Compose project {project.name} differ in "
            "configuration.",
            evidence=tuple(
                member.evidence("Config.Labels config-hash", (config_hash(member) or "-")[:12])
                for member in replicas[:3]
            ),
            remedy=remedy(replicas[0], "Bring the project up again, so that all replicas are made anew."),
        )
