"""The cluster cannot be read at all."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity
from sickbay.diagnostics.platforms.ecs.snapshot import Obstacle, Snapshot, Unreachable

_CURES = {
    Obstacle.NO_CREDENTIALS: "Give the worker credentials that boto3 finds: a role of its machine or task, the "
    "environment, or the target's profile.",
    Obstacle.EXPIRED: "Sign in again (aws sso login), or give the worker a role: its keys do not run out.",
    Obstacle.INVALID: "Check the key, and that the account has switched the region on: both look the same to AWS.",
    Obstacle.CLOCK: "Set the worker's clock right (NTP): AWS refuses what is signed more than 5 minutes off.",
    Obstacle.SIGNATURE: "Correct the secret access key: it does not belong to the access key. Look at the clock too.",
    Obstacle.ROLE: "Let the role's trust policy name the worker's own role, with the external id that the target has, "
    "and let the worker assume it (sts:AssumeRole).",
    Obstacle.DENIED: "Attach the policy in deploy/aws to the role that the worker uses.",
    Obstacle.NO_REGION: "Correct the target's region: this version of boto3 knows no ECS there.",
    Obstacle.NOT_REACHED: "Check DNS, proxy and firewall between the worker and AWS's endpoint for ECS in that region.",
    Obstacle.THROTTLED: "Ask again later, or for less: others in the account use its rate of calls up.",
    Obstacle.TIMEOUT: "Check the worker's way to AWS, and whether the diagnosis has time enough.",
}

_SAYS = {
    Obstacle.NO_CREDENTIALS: "there are no AWS credentials",
    Obstacle.EXPIRED: "the AWS credentials have expired",
    Obstacle.INVALID: "AWS does not accept the credentials",
    Obstacle.CLOCK: "the clock of the worker is off, so AWS refuses what it signs",
    Obstacle.SIGNATURE: "AWS does not accept the signature",
    Obstacle.ROLE: "the target's role cannot be assumed",
    Obstacle.DENIED: "its credentials may not read ECS",
    Obstacle.NOT_REACHED: "AWS's endpoint is not reached",
    Obstacle.THROTTLED: "AWS throttled all calls",
    Obstacle.TIMEOUT: "AWS did not answer in time",
}


@check(
    "ECS-X101",
    title="Cluster cannot be read",
    severity=Severity.CRITICAL,
    remedy="Look what the error says; nothing is known of the cluster.",
)
def unreachable(ecs: Snapshot) -> Iterator[Finding]:
    """AWS told nothing of the cluster: no credentials, or refused ones, no way there, or no such cluster.

    Credentials are looked for as the AWS CLI does. SignatureDoesNotMatch with two times in it means that the worker's
    clock is off; without them, that the secret key is wrong. A cluster that is not there is told with those that are.
    """
    if (why := ecs.unreachable) is None:
        return
    yield Finding(
        subject=ecs.subject,
        summary=f"{ecs.cluster_name} in {ecs.region} cannot be read: {_says(ecs, why)}.",
        evidence=(ecs.evidence(why.call or "boto3", why.message),),
        remedy=_remedy(ecs, why),
        last_seen=ecs.taken_at,
    )


def _says(ecs: Snapshot, why: Unreachable) -> str:
    match why.obstacle:
        case Obstacle.NO_CLUSTER:
            known = f"; there are {', '.join(why.known)}" if why.known else ""
            return f"there is no active cluster of this name{known}"
        case Obstacle.NO_REGION:
            return f"there is no ECS in {ecs.region}"
        case Obstacle.OTHER:
            return why.message.partition("\n")[0].rstrip(".") or "the request failed"
    return _SAYS[why.obstacle]


def _remedy(ecs: Snapshot, why: Unreachable) -> Remedy | None:
    if why.obstacle is Obstacle.NO_CLUSTER:
        return Remedy(
            text="Correct the target's cluster, account or region.",
            command=f"aws ecs list-clusters --region {ecs.region}",
        )
    return Remedy(text=_CURES[why.obstacle]) if why.obstacle in _CURES else None
