"""From when to when a certificate holds: whether that is past, near or yet to come, and what to do about it."""

from datetime import timedelta

from sickbay.diagnostics.model import Evidence, Remedy
from sickbay.diagnostics.platforms.kubernetes.facts import Certificate
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot

#: Renewal needs a person's time on most clusters: two weeks are enough for a quiet one.
_SOON = timedelta(days=14)


def invalidity(cluster: Snapshot, item: Certificate) -> tuple[str, Remedy] | None:
    """Give what is wrong with the dates of a certificate, after its name, and the remedy; nothing where they are well.

    They are compared with Sickbay's clock, which is what its own client compares them with.
    """
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


def validity(cluster: Snapshot, item: Certificate) -> Evidence:
    """Give the dates of a certificate as evidence."""
    source = f"TLS handshake with {cluster.address}" if item.whose == "API server" else "the kubeconfig's certificate"
    value = f"{item.not_before:%Y-%m-%d %H:%M} to {item.not_after:%Y-%m-%d %H:%M} UTC"
    return Evidence(source=source, value=value, at=cluster.taken_at)
