"""Names outside do not resolve in a container."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Confidence, Finding, Severity
from sickbay.diagnostics.platforms.docker.connections import JUST_NOW, Failure, Trouble, failures
from sickbay.diagnostics.platforms.docker.egress import unresolved
from sickbay.diagnostics.platforms.docker.ownership import owner_of
from sickbay.diagnostics.platforms.docker.peers import peer
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot


@check(
    "DKR-N110",
    title="Names do not resolve",
    severity=Severity.MEDIUM,
    remedy="Give it a DNS server that answers and knows the name: --dns, --dns-search, or `dns` in daemon.json.",
    explains=("DKR-C101", "DKR-C104", "DKR-C105"),
)
def names_not_resolved(host: Snapshot) -> Iterator[Finding]:
    """The container's DNS server gives no answer, or is asked for internal names that a public one cannot know.

    Docker copies the host's resolv.conf when a container is made, and uses 8.8.8.8 where only loopback addresses stand
    in it; on user-defined networks its own resolver at 127.0.0.11 passes on what it does not know. Which servers the
    host has is not in the API, so only what `--dns` set is known. A name that is a running container's is DKR-N101, a
    network without a way out DKR-N103.
    """
    for container in host.containers:
        for failure in failures(host, container, JUST_NOW):
            if failure.address or peer(host, container, failure.host):
                continue
            if what := unresolved(failure, container.inspect.host_config.dns):
                yield _finding(container, failure, what)
                break


def _finding(container: Container, failure: Failure, what: str) -> Finding:
    servers = ", ".join(container.inspect.host_config.dns) or "not set"
    return Finding(
        subject=container.subject,
        summary=f"{container.name} cannot resolve {failure.host}: {what}.",
        evidence=(failure.evidence, container.evidence("HostConfig.Dns", servers)),
        confidence=Confidence.OBSERVED if failure.trouble is Trouble.DNS else Confidence.INFERRED,
        owner=owner_of(container.labels),
        last_seen=container.read_at,
    )
