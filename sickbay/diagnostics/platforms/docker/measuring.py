"""What of a host is drawn over time."""

from collections.abc import Iterator, Mapping

from sickbay.diagnostics.platforms.docker.snapshot import Snapshot


def figures(host: Snapshot) -> Mapping[str, float]:
    """Give how often restart policies restarted containers, the pulls that failed, and the fullest memory limit.

    The share is that of the working set in the limit (0 to 1), of the container that is nearest to its own; left out
    where no container has one. Nothing is given of a host that was not read.
    """
    if not host.looked_at():
        return {}
    counted = {
        "restarts": float(sum(item.inspect.restart_count for item in host.containers)),
        "pull_failures": float(sum(pull.failed for pull in host.pulls())),
    }
    shares = tuple(_shares(host))
    return {**counted, "memory_share": round(max(shares), 4)} if shares else counted


def _shares(host: Snapshot) -> Iterator[float]:
    for item in host.containers:
        limit = item.inspect.host_config.memory
        if limit > 0 and item.samples:
            yield item.samples[-1].memory_stats.working_set / limit
