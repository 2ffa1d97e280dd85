"""Azure Container Service, which ended, is still in use."""

from collections.abc import Iterator

from sickbay.diagnostics.check import check
from sickbay.diagnostics.model import Evidence, Finding, Kind, Remedy, Severity, Subject
from sickbay.diagnostics.platforms.aks.acs import endpoints, orchestrator, size, tags
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot

_SHOWN = 5


@check(
    "AKS-116",
    title="Azure Container Service",
    severity=Severity.HIGH,
    kind=Kind.HYGIENE,
    remedy="Move what runs there to AKS, then delete it: nobody mends it any more.",
)
def container_service(aks: Snapshot) -> Iterator[Finding]:
    """The subscription still has Azure Container Service (retired in January 2020), or machines that its engine made.

    Microsoft.ContainerService/containerServices ran DC/OS, Swarm or Kubernetes on machines of one's own, which nobody
    patches now; 1, 3 or 5 masters and up to 1,200 agents. acs-engine and aks-engine tag their machines. Found by the
    generic listing of resources, since no SDK knows the type any more.
    """
    for service in aks.services:
        name, cure = orchestrator(service)
        yield Finding(
            subject=Subject("containerservice", service.name),
            summary=f"Container service {service.name} in {service.location} runs {name} on {size(service)}: Azure "
            "Container Service ended in January 2020, and nobody mends it.",
            evidence=(
                Evidence(
                    source=f"GET {service.id}",
                    value=", ".join(filter(None, (name, size(service), endpoints(service)))),
                    at=aks.taken_at,
                ),
            ),
            remedy=Remedy(text=cure),
        )
    if machines := aks.engine_machines:
        told = "; ".join(tags(item) for item in machines[:_SHOWN])
        yield Finding(
            subject=Subject("engine", "acs-engine"),
            summary=f"{len(machines)} machines or scale sets were made by acs-engine or aks-engine, both retired, "
            f"first {machines[0].name}: nobody mends clusters of theirs.",
            evidence=(
                Evidence(
                    source="GET /resources (virtualMachines, virtualMachineScaleSets)", value=told, at=aks.taken_at
                ),
            ),
            remedy=Remedy(text="Move their workloads to AKS; until then read the cluster as a Kubernetes target."),
            count=len(machines),
        )
