"""The cluster's release gets no more fixes."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Kind, Severity
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.support import RELEASES, REMOVED


@check(
    "K8S-X106",
    title="Unsupported release",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Upgrade one minor version at a time to a release that gets fixes, and move off the removed APIs before.",
)
def end_of_life(cluster: Snapshot) -> Iterator[Finding]:
    """The cluster's release of Kubernetes gets no more fixes from its project.

    Dates are the project's own; a cloud's or a distribution's extended support may go on beyond them. The evidence
    lists the versions of the API that this server still serves and later releases do not: who uses them the API does
    not tell, except by the server's metric apiserver_requested_deprecated_apis.
    """
    minor = cluster.version.minor.rstrip("+")
    ended = RELEASES.get(int(minor)) if cluster.version.major == "1" and minor.isdecimal() else None
    if ended is None or cluster.taken_at.date() <= ended:
        return
    version = cluster.version.git_version
    evidence = [Evidence(source="GET /version gitVersion", value=version, at=cluster.taken_at)]
    served = sorted(item.name for item in cluster.apiservices if REMOVED.get(item.name, 0) > int(minor))
    if served:
        gone = ", ".join(f"{name} (gone in 1.{REMOVED[name]})" for name in served)
        source = "GET /apis/apiregistration.k8s.io/v1/apiservices"
        evidence.append(Evidence(source=source, value=gone, at=cluster.taken_at))
    yield Finding(
        subject=cluster.subject,
        summary=f"The cluster runs Kubernetes {version}, without fixes from its project since {ended}.",
        evidence=tuple(evidence),
    )
