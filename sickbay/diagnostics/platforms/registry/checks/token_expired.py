"""The credentials that log in have expired."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.registry.snapshot import Snapshot
from sickbay.diagnostics.platforms.registry.symptoms import PULLS

_REFRESH = {
    "Amazon ECR": "aws ecr get-login-password",
    "Azure": "az acr login --expose-token",
}


@check(
    "REG-107",
    title="Login expired",
    severity=Severity.HIGH,
    remedy="Log in anew, and let something do that before it expires: a credential helper, or a job.",
    explains=("REG-103", *PULLS),
)
def token_expired(registry: Snapshot) -> Iterator[Finding]:
    """The password of the target's credentials is a token, and by its own date it has expired.

    A password of Amazon ECR holds for 12 hours and has its end inside; that of Azure and of many token servers is a
    JSON Web Token with an `exp`. Both are read from the credentials themselves, which are never shown. Hosts that
    logged in with the same token fail since then too: `docker login` writes it down and does not renew it. Use Amazon's
    or Azure's credential helper, or the node's own role. `docker login --email`, which old instructions have, is gone.
    """
    credentials = registry.credentials
    if credentials is None or credentials.expires_at is None or credentials.expires_at > registry.now:
        return
    kind = f"{credentials.kind} " if credentials.kind else ""
    yield Finding(
        subject=registry.subject,
        summary=f"The {kind}login of {credentials.username} at registry {registry.registry} expired at "
        f"{credentials.expires_at:%Y-%m-%d %H:%M} UTC.",
        evidence=(
            registry.evidence(
                f"{credentials.source}: the end that the token itself tells",
                f"{credentials.expires_at:%Y-%m-%d %H:%M:%S} UTC",
            ),
        ),
        remedy=Remedy(
            text="Log in anew where images are pulled, and into the target's files; let a credential helper renew it.",
            command=_REFRESH.get(credentials.kind),
        ),
        first_seen=credentials.expires_at,
        last_seen=registry.taken_at,
    )
