"""Look-ups of names that failed, as CoreDNS writes them into its log."""

import re
from collections import Counter
from collections.abc import Iterable

from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.wire.pods import Pod

#: A failed look-up in CoreDNS's log: `[ERROR] plugin/errors: 2 api.example.com. A: …`, `"A IN name. udp …" NXDOMAIN`.
_FAILED = re.compile(
    r"plugin/errors: \d+ (?P<errors>\S+?)\.? |\"\w+ IN (?P<log>\S+?)\.? [^\"]*\" (?:NXDOMAIN|SERVFAIL)"
)


def most_failed(cluster: Snapshot, pods: Iterable[Pod]) -> tuple[str, int] | None:
    """Give the name whose look-up failed most often by these pods' logs, and how often."""
    names = {pod.name for pod in pods}
    failed = Counter(
        match["errors"] or match["log"]
        for log in cluster.logs
        if log.pod in names
        for match in _FAILED.finditer(log.tail.text)
    )
    return failed.most_common(1)[0] if failed else None
