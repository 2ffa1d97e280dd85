"""How an AKS cluster is reached: its place in Azure, and the way to its Kubernetes API where there is one."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from sickbay.diagnostics.platforms.kubernetes.target import PrometheusAddress
from sickbay.diagnostics.targets import Target

SubscriptionId = Annotated[str, StringConstraints(pattern=r"^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$")]
ResourceGroup = Annotated[str, StringConstraints(pattern=r"^[\w.()-]{1,90}$")]
ClusterName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z0-9][\w-]{0,62}$")]
#: Credentials are only sent over TLS, or to this machine itself.
ResourceManager = Annotated[
    str, StringConstraints(pattern=r"^(https://[^\s/@]+|http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?)/?$")
]
Cloud = Literal["AzureCloud", "AzureUSGovernment", "AzureChinaCloud"]


class AksTarget(Target):
    """A cluster by `subscription`, `resource_group` and `cluster`, in the `cloud` as `az cloud list` names it.

    Azure's credentials are those of azure-identity's DefaultAzureCredential: the environment, a workload's or managed
    identity, or `az login`. The Kubernetes part is read by `kubeconfig` and `context` of the same cluster, or, where
    `user_credentials` allows it, by the credentials that Azure hands out to the cluster's users; without either,
    Azure's side alone is judged. `resource_manager` is an address in place of the cloud's own.
    """

    platform: Literal["aks"] = "aks"
    subscription: SubscriptionId
    resource_group: ResourceGroup
    cluster: ClusterName
    cloud: Cloud = "AzureCloud"
    resource_manager: ResourceManager | None = None
    kubeconfig: Path | None = None
    context: str | None = None
    user_credentials: bool = False
    prometheus: PrometheusAddress | None = None

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.user_credentials and (self.kubeconfig or self.context):
            raise ValueError("user_credentials goes without kubeconfig and context")
        return self
