"""Whoever asks may not have the image, or is not who they say."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.registry.denials import DenialOf, denials
from sickbay.diagnostics.platforms.registry.snapshot import Snapshot
from sickbay.diagnostics.platforms.registry.symptoms import PULLS

#: Nodes of a swarm know nothing of a login until a service is updated with it.
_LOGINS = "docker login, of a swarm's service also `docker service update --with-registry-auth`; imagePullSecrets"


@check(
    "REG-103",
    title="Pull denied",
    severity=Severity.HIGH,
    remedy="Log in with a user that may read the repository, or let this one; a wrong name often looks the same.",
    explains=PULLS,
)
def access_denied(registry: Snapshot) -> Iterator[Finding]:
    """The registry refuses the image to those who were tried: anonymous, and the target's credentials where it has any.

    UNAUTHORIZED (401) says that it does not know who asks, DENIED (403) that it does and this one may not. A token
    tells what it allows: one without `pull` for the repository was refused it by the token server, for a missing role
    or a namespace that is another's (a tag under somebody else's name on Docker Hub is the old example). Many
    registries, Docker Hub first, answer the same for a repository that is not there, so that nobody learns what is:
    look at the name too. Credentials that are refused fail even a public image, since engines send them always.
    """
    for denial in denials(registry):
        match denial.of:
            case DenialOf.CREDENTIALS:
                text = f"Log in anew wherever it is pulled ({_LOGINS}), and mend the target's files."
            case DenialOf.ANONYMOUS:
                text = f"Give whoever pulls credentials ({_LOGINS}); look at the name too."
            case DenialOf.SCOPE:
                text = f"Let {denial.by} pull this repository; look at its namespace and name too."
        yield Finding(
            subject=denial.image.subject if denial.image else registry.subject,
            summary=denial.says,
            evidence=denial.evidence,
            remedy=Remedy(text=text, command=denial.command),
            last_seen=registry.taken_at,
        )
