"""The engine, or a registry that it pulls from, is reached without encryption."""

import re
from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Evidence, Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.loopback import is_loopback
from sickbay.diagnostics.platforms.docker.snapshot import Snapshot

_WARNING = re.compile(r"API is accessible on (\S+) without (encryption|TLS client verification)")


@check(
    "DKR-E108",
    title="Unprotected access",
    severity=Severity.HIGH,
    kind=Kind.HYGIENE,
    remedy="Give the engine TLS with client certificates (--tlsverify, port 2376) or reach it by SSH; give a registry "
    "its CA under /etc/docker/certs.d instead of calling it insecure.",
    benchmark=("CIS 2.5", "CIS 2.7"),
)
def open_engine(host: Snapshot) -> Iterator[Finding]:
    """The engine's API answers over TCP without TLS, or the engine accepts registries without a valid certificate.

    Whoever reaches such an engine is root on its host. Its own warnings tell where it listens. That Sickbay itself
    reads it by tcp:// without TLS is inferred to be the same (not so behind a GET-only proxy). Loopback never counts.
    """
    found = [*_listening(host), *_registries(host)]
    if not found and host.address.startswith("tcp://") and not host.tls and not is_loopback(host.address):
        what = f"answers at {host.address} without TLS"
        yield _finding(
            host, [(what, host.evidence("GET /version", f"answered at {host.address}"))], Confidence.INFERRED
        )
    elif found:
        yield _finding(host, found, Confidence.OBSERVED)


def _finding(host: Snapshot, found: list[tuple[str, Evidence]], confidence: Confidence) -> Finding:
    return Finding(
        subject=host.subject,
        summary=f"{host.host}'s engine {' and '.join(what for what, _ in found)}.",
        evidence=tuple(proof for _, proof in found),
        confidence=confidence,
    )


def _listening(host: Snapshot) -> Iterator[tuple[str, Evidence]]:
    for warning in host.info.warnings:
        if told := _WARNING.search(warning):
            what = "TLS" if told[2] == "encryption" else "asking for a client certificate"
            yield f"answers at {told[1]} without {what}", host.evidence("GET /info Warnings", told[0])


def _registries(host: Snapshot) -> Iterator[tuple[str, Evidence]]:
    config = host.info.registry_config
    reached = [name for name, index in config.index_configs.items() if not index.secure]
    if insecure := sorted({item for item in (*reached, *config.insecure_registry_cidrs) if not is_loopback(item)}):
        listed = ", ".join(insecure)
        yield f"pulls from {listed} without checking certificates", host.evidence("GET /info RegistryConfig", listed)
