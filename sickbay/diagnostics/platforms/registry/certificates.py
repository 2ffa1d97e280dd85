"""What is wrong with the TLS of a registry, in words, what to do about it, and the facts of its certificate."""

from datetime import timedelta

from msgspec import Struct

from sickbay.diagnostics.model import Evidence
from sickbay.diagnostics.platforms.registry.obstacles import says
from sickbay.diagnostics.platforms.registry.snapshot import Certificate, Obstacle, Snapshot

#: A certificate that was not renewed by then will not be renewed by itself; of a short life, a third is rest enough.
_SOON, _PART = timedelta(days=14), 3
_TRUST = "put its authority under /etc/docker/certs.d/HOST/ca.crt on each host that pulls (Kubernetes: into the nodes' "
_UNKNOWN = (
    "its authority is not known",
    f"Let the registry send its whole chain; where the authority is your own, {_TRUST}trust), and under `ca` here.",
)
_SELF_SIGNED = (
    "nobody vouches for it but itself",
    f"Have it signed by an authority that all trust, or {_TRUST}trust), and under the target's `ca`.",
)
#: What OpenSSL says, why that is in our words, and what to do, the first that fits.
_REFUSALS = {
    "has expired": ("it has expired", "Renew the registry's certificate, and let it be renewed by itself (ACME)."),
    "not yet valid": ("it is not valid yet", "Set the clocks of both hosts by NTP; wait, if it was made ahead."),
    "is not valid for": (
        "it is for other names",
        "Make the certificate anew with this name among its SANs, or use one of the names that it is for.",
    ),
    "in certificate chain": _UNKNOWN,
    "self": _SELF_SIGNED,
    "issuer": _UNKNOWN,
}
_OTHER = ("it is not accepted", "Look at the certificate and its chain, and renew what is wrong in it.")


class Trouble(Struct, frozen=True):
    """What is wrong, as a sentence, and the remedy."""

    says: str
    cure: str


def trouble_of(registry: Snapshot) -> Trouble | None:
    """Give what is wrong with the registry's TLS, or will soon be."""
    why, shown = registry.unreachable, registry.certificate
    if why and why.obstacle is Obstacle.CERTIFICATE:
        reason, cure = next((words for part, words in _REFUSALS.items() if part in why.message.lower()), _OTHER)
        detail = _detail(reason, shown) if shown else ""
        return Trouble(f"The certificate of registry {registry.registry} is not accepted: {reason}{detail}.", cure)
    if why and why.obstacle in {Obstacle.PLAIN_HTTP, Obstacle.WANTS_TLS}:
        wanted = "https" if why.obstacle is Obstacle.PLAIN_HTTP else "plain http"
        cure = "Correct scheme and port, or give the registry a certificate: engines take HTTP only of those that are "
        told = f"{says(why.obstacle, registry.address)}, and is asked for by {wanted}."
        return Trouble(told, f"{cure}among their `insecure-registries`.")
    if shown and shown.not_after - registry.now < min(_SOON, (shown.not_after - shown.not_before) / _PART):
        left = shown.not_after - registry.now
        told = f"{left.days} days" if left.days > 1 else f"{max(0.0, left.total_seconds()) / 3600:.0f} hours"
        cure = "Renew it now, and see why nothing renewed it by itself."
        return Trouble(f"The certificate of registry {registry.registry} expires in {told}.", cure)
    return None


def facts(registry: Snapshot) -> tuple[Evidence, ...]:
    """Give what failed, and what the certificate itself says."""
    why, shown = registry.unreachable, registry.certificate
    failed = (registry.evidence(f"GET {registry.address}/v2/", f"{why.obstacle}: {why.message}"),) if why else ()
    if shown is None:
        return failed
    dates = f"{shown.not_before:%Y-%m-%d %H:%M} to {shown.not_after:%Y-%m-%d %H:%M} UTC"
    told = {"validity": dates, "names": ", ".join(shown.names) or "-", "issuer": shown.issuer or "-"}
    source = f"certificate of {registry.connected_to or registry.registry}"
    return (*failed, *(registry.evidence(f"{source}: {name}", value) for name, value in told.items()))


def _detail(reason: str, shown: Certificate) -> str:
    if "names" in reason:
        return f" ({', '.join(shown.names[:5]) or 'none'})"
    return f" ({shown.not_after:%Y-%m-%d %H:%M} UTC)" if "expired" in reason else ""
