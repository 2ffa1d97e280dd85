"""A certificate is about to end, has ended or has not begun, or waits for somebody to sign it."""

from collections.abc import Iterator
from datetime import timedelta

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.facts import Certificate
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since

#: Renewal needs a person's time on most clusters: two weeks are enough for a quiet one.
_SOON = timedelta(days=14)
#: Seconds in which an approver signs what it signs by itself.
_PATIENCE = 600.0
_KUBELET = "kubernetes.io/kube-apiserver-client-kubelet"


@check(
    "K8S-X104",
    title="Certificate expiring or unsigned",
    severity=Severity.HIGH,
    remedy="Renew the certificate before it ends: kubeadm certs renew, or whatever issues them here.",
)
def certificates(cluster: Snapshot) -> Iterator[Finding]:
    """The API server's or Sickbay's own client certificate ends within two weeks, has ended, or is not valid yet.

    A certificate that is not valid yet means that a clock is wrong (NTP). With it come requests for certificates that
    nobody has approved for ten minutes: kubelets without one cannot join, or cannot be asked for logs.
    """
    for item in cluster.certificates:
        if told := _judged(cluster, item):
            what, cure = told
            yield Finding(
                subject=Subject("certificate", item.whose.lower().replace(" ", "-")),
                summary=f"The certificate of the {item.whose} {what}.",
                evidence=(_validity(cluster, item),),
                remedy=cure,
            )
    yield from _unsigned(cluster)


def _judged(cluster: Snapshot, item: Certificate) -> tuple[str, Remedy] | None:
    now, renew = cluster.taken_at, "kubeadm certs check-expiration" if item.whose == "API server" else None
    if item.not_before > now:
        text = "Set the clocks by NTP: either this host's is behind, or that of the host which signed it was ahead."
        return f"is not valid before {item.not_before:%Y-%m-%d %H:%M} UTC", Remedy(text=text, command="timedatectl")
    if item.not_after <= now:
        text = "Renew it now and restart what uses it; clients that check it are refused already."
        return f"expired on {item.not_after:%Y-%m-%d %H:%M} UTC", Remedy(text=text, command=renew)
    if item.not_after - now < _SOON:
        text = "Renew it before that, and restart what uses it; after it nobody can talk to the API server."
        left = (item.not_after - now).days
        return f"expires in {left} days, on {item.not_after:%Y-%m-%d}", Remedy(text=text, command=renew)
    return None


def _validity(cluster: Snapshot, item: Certificate) -> Evidence:
    source = f"TLS handshake with {cluster.address}" if item.whose == "API server" else "the kubeconfig's certificate"
    value = f"{item.not_before:%Y-%m-%d %H:%M} to {item.not_after:%Y-%m-%d %H:%M} UTC"
    return Evidence(source=source, value=value, at=cluster.taken_at)


def _unsigned(cluster: Snapshot) -> Iterator[Finding]:
    """Yield one finding for the requests that wait, which come in numbers."""
    waiting = [
        item
        for item in cluster.certificatesigningrequests
        if not item.status.conditions and since(item.metadata.creation_timestamp, cluster.now) > _PATIENCE
    ]
    if not waiting:
        return
    joining = [item for item in waiting if item.spec.signer_name == _KUBELET]
    first = (joining or waiting)[0]
    subject = Subject("certificatesigningrequest", first.name)
    what = "a kubelet cannot join the cluster" if joining else "who asked for it goes on without"
    many = f"{len(waiting)} requests for certificates wait" if len(waiting) > 1 else "A request for a certificate waits"
    yield Finding(
        subject=subject,
        summary=f"{many} for approval since over 10 minutes ({first.spec.username}, {first.spec.signer_name}): {what}.",
        evidence=tuple(
            cluster.evidence("certificatesigningrequests", item, "status.conditions", "none") for item in waiting[:3]
        ),
        remedy=Remedy(
            text="Approve it if you know who asks, or look at the approver that should have.",
            command=kubectl("describe", subject),
        ),
        first_seen=first.metadata.creation_timestamp,
        last_seen=cluster.now,
        count=len(waiting),
    )
