"""How a cluster is reached: a context of a kubeconfig file, or the service account of the pod that Sickbay runs in."""

from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import StringConstraints, model_validator

from sickbay.diagnostics.targets import Target

PrometheusAddress = Annotated[str, StringConstraints(pattern=r"^https?://[^\s/@]+(/\S*)?$")]


class KubernetesTarget(Target):
    """A cluster by `kubeconfig` (without it, KUBECONFIG or ~/.kube/config) and `context` (without it, the current one).

    `in_cluster` uses the service account that the pod was given instead. `prometheus` is the address of a metrics
    source for what the API server does not tell: how full volumes are, and which neighbour is noisy.
    """

    platform: Literal["kubernetes"] = "kubernetes"
    kubeconfig: Path | None = None
    context: str | None = None
    in_cluster: bool = False
    prometheus: PrometheusAddress | None = None

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        if self.in_cluster and (self.kubeconfig or self.context):
            raise ValueError("in_cluster goes without kubeconfig and context")
        return self
