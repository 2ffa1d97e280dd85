"""Requests for certificates that wait for somebody to approve them."""

from msgspec import Struct

from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot, since
from sickbay.diagnostics.platforms.kubernetes.wire.cluster import CertificateSigningRequest

#: Seconds in which an approver signs what it signs by itself.
_PATIENCE = 600.0
_KUBELET = "kubernetes.io/kube-apiserver-client-kubelet"


class Unsigned(Struct, frozen=True):
    """The requests that wait, which come in numbers."""

    requests: tuple[CertificateSigningRequest, ...]

    @property
    def first(self) -> CertificateSigningRequest:
        """Give the one to show: a kubelet's before all others."""
        return next((item for item in self.requests if _is_joining(item)), self.requests[0])

    @property
    def many(self) -> str:
        """Give how many wait, as the beginning of a sentence."""
        count = len(self.requests)
        return f"{count} requests for certificates wait" if count > 1 else "A request for a certificate waits"

    @property
    def consequence(self) -> str:
        """Give what follows, as a clause."""
        joining = _is_joining(self.first)
        return "a kubelet cannot join the cluster" if joining else "who asked for it goes on without"


def unsigned(cluster: Snapshot) -> Unsigned | None:
    """Give the requests that nobody has answered for longer than an approver takes, if there are any."""
    waiting = tuple(
        item
        for item in cluster.certificatesigningrequests
        if not item.status.conditions and since(item.metadata.creation_timestamp, cluster.now) > _PATIENCE
    )
    return Unsigned(waiting) if waiting else None


def _is_joining(item: CertificateSigningRequest) -> bool:
    """Say whether a kubelet asks for the certificate by which the API server knows it."""
    return item.spec.signer_name == _KUBELET
