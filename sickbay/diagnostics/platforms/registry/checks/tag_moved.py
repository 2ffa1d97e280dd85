"""A tag means another image now than the one that runs."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Severity
from sickbay.diagnostics.platforms.registry.moves import stale_pulls
from sickbay.diagnostics.platforms.registry.snapshot import Snapshot


@check(
    "REG-108",
    title="Tag moved",
    severity=Severity.MEDIUM,
    remedy="Deploy the image that the tag means now, or pin the one that runs by its digest.",
    explains=("DKR-I102",),
)
def tag_moved(registry: Snapshot) -> Iterator[Finding]:
    """What runs came from a tag that means another digest in the registry now: the next pull brings other software.

    Found by asking the registry for the tag's digest when a host or a cluster is diagnosed that runs it. Replicas that
    were made before and after the move differ, and a restart on another node may change what runs with no deployment.
    Where the tag is an index of several platforms, a digest that is one of its entries has not moved.
    """
    for image in registry.images:
        call = f"HEAD /v2/{image.reference.repository}/manifests/{image.reference.tag}"
        stale = list(stale_pulls(image))
        if not stale:
            continue
        who = sorted({str(pull.subject) for pull in stale})
        more = f" and {len(who) - 3} more" if len(who) > 3 else ""
        yield Finding(
            subject=image.subject,
            summary=f"{image.name} means another image now than the one that {', '.join(who[:3])}{more} "
            f"{'runs' if len(who) == 1 else 'run'}.",
            evidence=(
                registry.evidence(call, image.digest),
                *(registry.evidence(f"digest that {pull.subject} runs", pull.digest) for pull in stale[:3]),
            ),
            last_seen=registry.taken_at,
            count=len(who),
        )
