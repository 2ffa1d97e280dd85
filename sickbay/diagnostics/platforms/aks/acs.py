"""What Azure Container Service ran, how large it is, and what to do about it."""

from sickbay.diagnostics.platforms.aks.wire.resources import ContainerService, Resource

_TO_AKS = "Move what runs there to AKS, then delete it. "
#: The orchestrators by the API's names, with how Sickbay reads what is left of them: masters take ssh on port 2200.
_ORCHESTRATORS = {
    "dcos": ("DC/OS", "DC/OS is gone too: Marathon's applications must be written anew as workloads."),
    "swarm": ("Docker Swarm (classic)", "Until then a Docker target ssh://azureuser@MASTER:2200 reads it."),
    "dockerce": ("Docker Swarm", "Until then a Swarm target ssh://azureuser@MASTER:2200 reads it."),
    "kubernetes": ("Kubernetes", "Until then a Kubernetes target by its kubeconfig reads it."),
}
_TAGS = ("orchestrator", "acsengineVersion", "aksEngineVersion")


def orchestrator(service: ContainerService) -> tuple[str, str]:
    """Give the orchestrator in people's words, and what to do about it."""
    kind = service.properties.orchestrator_profile.orchestrator_type
    name, cure = _ORCHESTRATORS.get(kind.lower(), (kind or "an unknown orchestrator", ""))
    fqdn = service.properties.master_profile.fqdn
    return name, (_TO_AKS + cure.replace("MASTER", fqdn or "MASTER")).strip()


def size(service: ContainerService) -> str:
    """Give how many masters and agents there are, in words."""
    masters = service.properties.master_profile.count
    if not masters:
        return "machines that it does not tell of"
    agents = sum(pool.count for pool in service.properties.agent_pool_profiles)
    return f"{masters} master{'' if masters == 1 else 's'} and {agents} agent{'' if agents == 1 else 's'}"


def endpoints(service: ContainerService) -> str:
    """Give the names at which its masters and its agents answer."""
    parts = (service.properties.master_profile, *service.properties.agent_pool_profiles)
    return ", ".join(part.fqdn for part in parts if part.fqdn)


def tags(machine: Resource) -> str:
    """Give a machine with the tags that its engine set."""
    kept = ", ".join(f"{tag} {machine.tags[tag]}" for tag in _TAGS if tag in machine.tags)
    return f"{machine.name} ({kept})"
