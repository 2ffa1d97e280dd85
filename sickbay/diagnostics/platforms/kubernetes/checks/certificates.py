"""A certificate is about to end, has ended or has not begun, or waits for somebody to sign it."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.kubernetes.ownership import kubectl
from sickbay.diagnostics.platforms.kubernetes.signing import Unsigned, unsigned
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.validity import invalidity, validity


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
        if told := invalidity(cluster, item):
            what, cure = told
            yield Finding(
                subject=Subject("certificate", item.whose.lower().replace(" ", "-")),
                summary=f"The certificate of the {item.whose} {what}.",
                evidence=(validity(cluster, item),),
                remedy=cure,
            )
    if waiting := unsigned(cluster):
        yield _unsigned(cluster, waiting)


def _unsigned(cluster: Snapshot, waiting: Unsigned) -> Finding:
    first, requests = waiting.first, waiting.requests
    subject = Subject("certificatesigningrequest", first.name)
    cure = "Approve it if you know who asks, or look at the approver that should have."
    return Finding(
        subject=subject,
        summary=f"{waiting.many} for approval since over 10 minutes ({first.spec.username}, {first.spec.signer_name}): "
        f"{waiting.consequence}.",
        evidence=tuple(
            cluster.evidence("certificatesigningrequests", item, "status.conditions", "none") for item in requests[:3]
        ),
        remedy=Remedy(text=cure, command=kubectl("describe", subject)),
        first_seen=first.metadata.creation_timestamp,
        last_seen=cluster.now,
        count=len(requests),
    )
