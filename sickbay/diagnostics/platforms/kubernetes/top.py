"""The pods by what they use, as metrics.k8s.io says; where that is not served, a gap says so and nothing is ranked."""

from collections.abc import Iterator

from sickbay.diagnostics.model import Table
from sickbay.diagnostics.platforms.kubernetes.quantities import amount
from sickbay.diagnostics.platforms.kubernetes.requests import requested
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.rankings import NOTHING, Row, memory, percent, ranked


def top(cluster: Snapshot) -> tuple[Table, ...]:
    """Give the table of `--top`: what each pod uses, and what it asks the scheduler for."""
    resource = cluster.request.top
    by, column, write = ("memory", "Memory", memory) if resource == "memory" else ("CPU", "CPU", percent)

    def rows() -> Iterator[Row]:
        asked = {pod.name: requested(pod, resource) for pod in cluster.pods}
        for metrics in cluster.pod_metrics:
            used = float(sum(amount(getattr(item.usage, resource)) or 0 for item in metrics.containers))
            request = float(asked.get(metrics.name, 0))
            yield (used,), (metrics.name, write(used), write(request) if request else NOTHING)

    return (ranked(by, "pod", ("Pod", column, "Requested"), rows()),)
