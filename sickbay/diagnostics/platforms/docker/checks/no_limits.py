"""A container may use as much of the host as there is."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.docker.ownership import orchestrated
from sickbay.diagnostics.platforms.docker.snapshot import Container, Snapshot
from sickbay.diagnostics.platforms.docker.weaknesses import Theme, Weakness, of_running

_THEME = Theme("runs without bounds:", "run without bounds:")


@check(
    "DKR-A104",
    title="Limits",
    severity=Severity.LOW,
    kind=Kind.HYGIENE,
    remedy="Set --cpus or --cpu-shares, and --pids-limit; restart on-failure:5 or unless-stopped.",
    benchmark=("CIS 5.12", "CIS 5.15", "CIS 5.25", "CIS 5.29"),
)
def no_limits(host: Snapshot) -> Iterator[Finding]:
    """Nothing bounds the container's processors or processes, it is always restarted, or it left the usual cgroup.

    Without a limit of processes, one fork bomb takes the host down. The policy `always` also starts again, with the
    engine, what a person had stopped; `unless-stopped` does not. A limit of memory is DKR-C113. What Swarm, Kubernetes
    or Nomad keeps is restarted and put into cgroups by them.
    """
    if host.info.os_type != "windows":
        yield from of_running(host, _THEME, _boundless)


def _boundless(container: Container) -> Iterator[Weakness]:
    config, kept = container.inspect.host_config, orchestrated(container.labels)
    if not (config.nano_cpus or config.cpu_quota > 0 or config.cpu_shares or config.cpuset_cpus):
        yield Weakness("no limit or share of processors", "HostConfig.NanoCpus, CpuQuota, CpuShares", "0", "5.12")
    if (config.pids_limit or 0) <= 0:
        yield Weakness("no limit of processes", "HostConfig.PidsLimit", str(config.pids_limit or "not set"), "5.29")
    if config.restart_policy.name == "always" and not kept:
        yield Weakness("restarted for ever", "HostConfig.RestartPolicy.Name", "always", "5.15")
    if config.cgroup_parent and not kept:
        yield Weakness("in a cgroup of its own choice", "HostConfig.CgroupParent", config.cgroup_parent, "5.25")
