"""Who owns a workload: the tool whose labels it carries, where the lasting fix belongs."""

from collections.abc import Mapping

from sickbay.diagnostics.model import Remedy, Subject
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot

_FLUX = "kustomize.toolkit.fluxcd.io/"
_HELM = "helm.toolkit.fluxcd.io/"


def owner_of(labels: Mapping[str, str]) -> str | None:
    """Name the tool and its unit, or nothing for what was applied by hand."""
    if name := labels.get(_HELM + "name"):
        return f"Flux HelmRelease {labels.get(_HELM + 'namespace', '')}/{name}"
    if name := labels.get(_FLUX + "name"):
        return f"Flux Kustomization {labels.get(_FLUX + 'namespace', '')}/{name}"
    if name := labels.get("argocd.argoproj.io/instance"):
        return f"Argo CD application {name}"
    if labels.get("app.kubernetes.io/managed-by") == "Helm":
        return f"Helm release {labels.get('app.kubernetes.io/instance', '')}".rstrip()
    return None


def remedy(cluster: Snapshot, subject: Subject, text: str, command: str | None = None) -> Remedy:
    """Give a remedy for the subject's class of fault, with its owner."""
    return Remedy(text=text, command=command, owner=owner_of(labels_of(cluster, subject)))


def labels_of(cluster: Snapshot, subject: Subject) -> Mapping[str, str]:
    """Give the labels of a workload, or of its pods where it was not read itself."""
    if (labels := cluster.labels_by_subject.get(subject)) is not None:
        return labels
    pods = cluster.pods_by_owner.get(subject, ())
    return pods[0].metadata.labels if pods else {}


def kubectl(verb: str, subject: Subject) -> str:
    """Give a kubectl command on a subject; names in Kubernetes hold nothing that a shell would read."""
    namespace, slash, name = subject.name.rpartition("/")
    return f"kubectl {verb} {subject.kind}/{name}" + (f" -n {namespace}" if slash else "")
