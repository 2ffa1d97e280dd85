"""The API server cannot be talked to, or says itself that it is not well."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Remedy, Severity
from sickbay.diagnostics.platforms.kubernetes.reachability import cure, says
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot

_FAILED = re.compile(r"^\[-\](\S+) (.*)$", re.MULTILINE)
_READY = "kubectl get --raw '/readyz?verbose'"
_CURES = {
    "etcd": "Look at etcd: its members, its disk (space and latency) and its certificates.",
    "shutdown": "The API server is being stopped: wait for it to come back, or find out who stops it.",
}


@check(
    "K8S-X101",
    title="API server unreachable or not ready",
    severity=Severity.CRITICAL,
    remedy="Make the API server answer again: kubectl get --raw /readyz, with the same kubeconfig, must say ok.",
)
def api_server(cluster: Snapshot) -> Iterator[Finding]:
    """Sickbay cannot read the API server, or the server's own readiness checks fail.

    Unreachable, nothing is known of the cluster: that is not the same as healthy. The first call tells why: kubeconfig,
    credentials, a port where nobody listens, a firewall (6443; the old insecure 8080 is gone), TLS, a name that is not
    found. Where it answers, `/readyz?verbose` names the checks that fail: etcd, or a hook that did not finish at start.
    """
    if why := cluster.unreachable:
        source = f"GET /version at {cluster.address}" if cluster.address else "the target's kubeconfig"
        yield Finding(
            subject=cluster.subject,
            summary=f"Cluster {cluster.cluster} cannot be looked at: {says(why, cluster.address)}.",
            evidence=(Evidence(source=source, value=f"{why.obstacle}: {why.message}", at=cluster.taken_at),),
            remedy=cure(why, cluster.address),
            last_seen=cluster.taken_at,
        )
    elif failed := _FAILED.findall(cluster.health):
        names = ", ".join(name for name, _ in failed[:5])
        lines = "\n".join(f"[-]{name} {said}" for name, said in failed)
        text = next((_CURES[name] for name, _ in failed if name in _CURES), "Read the API server's log for that check.")
        yield Finding(
            subject=cluster.subject,
            summary=f"The API server says that it is not ready: {len(failed)} of its checks fail ({names}).",
            evidence=(Evidence(source="GET /readyz?verbose", value=lines, at=cluster.taken_at),),
            remedy=Remedy(text=text, command=_READY),
            last_seen=cluster.taken_at,
            count=len(failed),
        )
