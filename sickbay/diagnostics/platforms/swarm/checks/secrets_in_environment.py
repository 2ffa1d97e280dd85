"""A service gets a secret as a variable of its environment."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Finding, Kind, Severity
from sickbay.diagnostics.platforms.swarm.ownership import owner_of
from sickbay.diagnostics.platforms.swarm.snapshot import Snapshot

_NAMED = 5


@check(
    "DKR-S109",
    title="Secret in a service's environment",
    severity=Severity.MEDIUM,
    kind=Kind.HYGIENE,
    remedy="Make it a secret of the swarm (docker secret create) and read it from /run/secrets; then change its value.",
    benchmark=("CIS 7.4",),
)
def secrets_in_environment(swarm: Snapshot) -> Iterator[Finding]:
    """A variable of a service holds what its name or its form says is a secret.

    Whoever may read the API sees the environment of every service, and so does every process in it; the swarm's own
    secrets are read by none but the tasks that were given them. Values are taken out before anything is kept: only the
    names are told.
    """
    for service in swarm.services:
        names = [
            variable.partition("=")[0] for variable in service.template.container_spec.env if "[redacted" in variable
        ]
        if names:
            listed = ", ".join(names[:_NAMED]) + (" and others" if len(names) > _NAMED else "")
            yield Finding(
                subject=swarm.service_subject(service),
                summary=f"{service.name} gets {listed} in its environment, where whoever reads the API sees the value.",
                evidence=(swarm.service_evidence(service, "TaskTemplate.ContainerSpec.Env", listed),),
                owner=owner_of(service),
                count=len(names),
            )
