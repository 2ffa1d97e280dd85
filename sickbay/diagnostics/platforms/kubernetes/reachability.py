"""What each obstacle before an API server means in words, and what to do about it: the classes of K8S-X101."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from sickbay.diagnostics.model import Remedy
from sickbay.diagnostics.platforms.kubernetes.snapshot import Obstacle, Unreachable

#: What is wrong, where {} is the address.
_SAYS: Mapping[Obstacle, str] = {
    Obstacle.KUBECONFIG: "its kubeconfig cannot be used",
    Obstacle.CREDENTIALS: "the credentials that its kubeconfig names cannot be had",
    Obstacle.UNAUTHORIZED: "the API server at {} refuses these credentials",
    Obstacle.REFUSED: "nobody listens at {}",
    Obstacle.TIMEOUT: "{} gave no answer in time",
    Obstacle.TLS: "the TLS handshake with {} failed",
    Obstacle.NAME: "the host name in {} is not found",
    Obstacle.PROTOCOL: "what answers at {} is no Kubernetes API server",
    Obstacle.OTHER: "the connection to {} failed",
}
#: What the error of a TLS handshake says, and what to do then, the first that fits.
_TLS: tuple[tuple[str, str], ...] = (
    ("not valid for", "The API server's certificate lacks this name or address: renew it with it among its SANs."),
    ("has expired", "The API server's certificate has expired: renew it (kubeadm certs renew all) and restart it."),
    ("not yet valid", "The API server's certificate is not valid yet: set the clocks of both hosts by NTP."),
    ("issuer", "Give in the kubeconfig the authority that signed the API server's certificate."),
    ("self", "Give in the kubeconfig the authority that signed the API server's certificate."),
    ("alert", "Give in the kubeconfig a client certificate and key of the authority that the API server trusts."),
    ("WRONG_VERSION", "That port speaks plain HTTP: correct the address in the kubeconfig."),
)
_WORKS = "kubectl get --raw /version"


def says(why: Unreachable, address: str) -> str:
    """Give what is wrong, in words."""
    return _SAYS[why.obstacle].format(address or "its address")


def cure(why: Unreachable, address: str) -> Remedy:
    """Give the remedy of an obstacle's class."""
    parts = urlsplit(address)
    name, port = parts.hostname or "the host", parts.port or 443
    match why.obstacle:
        case Obstacle.KUBECONFIG:
            text = "Correct the file, or the context that the target names: the message says which of them is wrong."
            return Remedy(text=text, command="kubectl config get-contexts")
        case Obstacle.CREDENTIALS:
            text = "Install the plugin that the kubeconfig runs where the worker is, and log in again as its user."
            return Remedy(text=text, command=_WORKS)
        case Obstacle.UNAUTHORIZED:
            text = "Renew the token or the client certificate: it expired, was revoked, or belongs to another cluster."
            return Remedy(text=text, command=_WORKS)
        case Obstacle.REFUSED:
            text = "Start the API server and read its log: etcd, a certificate or a flag keeps it from starting"
            text = f"{text}, if the address is the right one."
            return Remedy(text=text, command="crictl ps -a --name kube-apiserver; journalctl -u kubelet -n 50")
        case Obstacle.TIMEOUT:
            text = "Find out whether a firewall drops the packets, a VPN is down, or the API server is overloaded."
            return Remedy(text=text, command=f"nc -vz -w 5 {name} {port}")
        case Obstacle.TLS:
            chosen = (text for part, text in _TLS if part in why.message)
            return Remedy(text=next(chosen, "Check the kubeconfig's authority and the API server's own certificate."))
        case Obstacle.NAME:
            text = "Correct the name in the kubeconfig, or make it known where Sickbay's worker runs; a deleted cluster"
            return Remedy(text=f"{text} has none.", command=f"getent hosts {name}")
        case Obstacle.PROTOCOL:
            text = "Correct the address: a proxy, a log-in page or another service answers there."
            return Remedy(text=text, command=f"curl -k {address}/version" if address else _WORKS)
    return Remedy(text="Read the message, and make kubectl work with the same kubeconfig first.", command=_WORKS)
