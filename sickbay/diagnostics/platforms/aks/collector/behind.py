"""The Kubernetes part of an AKS cluster: the way to its API server; the Kubernetes platform reads it."""

from collections.abc import Mapping
from concurrent.futures import Future
from typing import Any

import msgspec
import yaml
from azure.core.exceptions import AzureError
from msgspec.structs import replace

from sickbay.diagnostics.crew import OutOfTimeError
from sickbay.diagnostics.platforms.aks.collector.connection import Connection
from sickbay.diagnostics.platforms.aks.collector.obstacles import CallError, UnreachableError, reason, signing_in
from sickbay.diagnostics.platforms.aks.collector.reading import Reading
from sickbay.diagnostics.platforms.aks.rights import KUBERNETES, USER_CREDENTIALS
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.target import AksTarget
from sickbay.diagnostics.platforms.aks.wire.clusters import CredentialResults
from sickbay.diagnostics.platforms.kubernetes import collector as kubernetes
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot as Kubernetes
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from sickbay.diagnostics.targets import Request

#: The application of AKS itself in every tenant, for whose tokens a cluster with Microsoft Entra ID asks.
_AKS_SERVER = "6dae42f8-4368-4678-94ff-3960e28e3630/.default"
#: Seconds that are left for judging when the Kubernetes part has had its time.
_RESERVE_SECONDS = 1.0
#: What is taken from a kubeconfig that came over the network: neither commands to run nor paths of this machine.
_OF_CLUSTER = ("server", "certificate-authority-data", "tls-server-name")
_OF_USER = ("client-certificate-data", "client-key-data", "token")


class Behind:
    """Reads the Kubernetes part beside Azure's side."""

    def __init__(self, target: AksTarget, request: Request, reading: Reading) -> None:
        self._target = target
        self._request = request
        self._reading = reading
        self._coming: Future[Kubernetes] | None = None

    def start(self) -> None:
        """Begin, where the target gives a way."""
        target = self._target
        if target.kubeconfig or target.context:
            self._coming = self._reading.start(self._collect)
        elif target.user_credentials:
            self._coming = self._reading.start(lambda: self._collect(handed_out(self._reading.connection, target)))

    def fill(self, snapshot: Snapshot) -> Snapshot:
        """Give the snapshot with the Kubernetes part, or without it and with a gap.

        Raises UnknownScopeError and CancelledError.
        """
        if self._coming is None:
            asked = f", so {self._request.scope} was not looked for" if self._request.scope else ""
            self._reading.note(KUBERNETES, f"the target names neither kubeconfig nor user_credentials{asked}.")
            return snapshot
        try:
            found = self._reading.wait(self._coming)
        except CallError as error:
            self._reading.note(KUBERNETES, reason(error, USER_CREDENTIALS))
        except UnreachableError as error:
            self._reading.note(KUBERNETES, error.why.text)
        except OutOfTimeError:
            self._reading.note(KUBERNETES, "the time was up")
        except NoKubeconfigError as error:
            self._reading.note(KUBERNETES, str(error))
        else:
            if other := _of_another(found, snapshot):
                self._reading.note(KUBERNETES, f"the kubeconfig leads to another cluster: its nodes lie in {other}.")
            else:
                return replace(snapshot, kubernetes=found)
        return snapshot

    def _collect(self, document: Mapping[str, Any] | None = None) -> Kubernetes:
        budget = self._reading.budget
        part = budget.part(max(_RESERVE_SECONDS, budget.remaining - _RESERVE_SECONDS))
        return kubernetes.collect(reached(self._target), self._request, part, lambda _step: None, document)


class NoKubeconfigError(Exception):
    """Raised when what Azure hands out is no kubeconfig."""


def reached(target: AksTarget) -> KubernetesTarget:
    """Give the Kubernetes part as a target of its own platform."""
    return KubernetesTarget(
        name=target.name, kubeconfig=target.kubeconfig, context=target.context, prometheus=target.prometheus
    )


def handed_out(connection: Connection, target: AksTarget) -> Mapping[str, Any]:
    """Give the kubeconfig that Azure hands out to users of the cluster, less what must not be trusted in it.

    Raises CallError, UnreachableError and NoKubeconfigError.
    """
    connection.open()
    body = connection.call(
        connection.client.managed_clusters.list_cluster_user_credentials, target.resource_group, target.cluster
    )[0]
    try:
        (first, *_) = msgspec.json.decode(body, type=CredentialResults).kubeconfigs
        document = yaml.safe_load(first.value)
        cluster, user = document["clusters"][0]["cluster"], document["users"][0]["user"]
        user = {key: user[key] for key in _OF_USER if key in user}
        cluster = {key: cluster[key] for key in _OF_CLUSTER if key in cluster}
    except (msgspec.DecodeError, yaml.YAMLError, ValueError, LookupError, TypeError) as error:
        raise NoKubeconfigError("Azure handed out no kubeconfig that can be read") from error
    if not user:
        try:
            user = {"token": connection.credential.get_token(_AKS_SERVER).token}
        except AzureError as error:
            raise UnreachableError(signing_in(error)) from error
    return _document(cluster, user)


def _document(cluster: Mapping[str, str], user: Mapping[str, str]) -> Mapping[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "aks",
        "clusters": [{"name": "aks", "cluster": dict(cluster)}],
        "users": [{"name": "aks", "user": dict(user)}],
        "contexts": [{"name": "aks", "context": {"cluster": "aks", "user": "aks"}}],
    }


def _of_another(found: Kubernetes, snapshot: Snapshot) -> str:
    """Give the resource group that the nodes lie in, where it is not the cluster's own."""
    own = snapshot.cluster.properties.node_resource_group.lower() if snapshot.cluster else ""
    groups = {
        parts[parts.index("resourcegroups") + 1]
        for node in found.nodes
        if "resourcegroups" in (parts := node.spec.provider_id.lower().split("/"))[:-1]
    }
    return ", ".join(sorted(groups)) if own and groups and own not in groups else ""
