"""What a scope names: the cluster, `NAMESPACE`, `NAMESPACE/NAME`, `NAMESPACE/KIND/NAME`, or `node/NAME`."""

from msgspec import Struct

from sickbay.diagnostics.errors import UnknownScopeError
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS, WORKLOADS, ResourceKind

#: Kinds that a name may be of, those that pods belong to first.
NAMED = (*WORKLOADS, "pods", "services", "ingresses", "persistentvolumeclaims")
_SHORT = {"deploy": "deployment", "sts": "statefulset", "ds": "daemonset", "rs": "replicaset", "svc": "service",
          "ing": "ingress", "pvc": "persistentvolumeclaim", "po": "pod", "cj": "cronjob",
          "rc": "replicationcontroller"}  # fmt: skip


class Place(Struct, frozen=True, kw_only=True):
    """A part of a cluster; all of it where everything is empty. `kind` is set where the scope names one."""

    namespace: str = ""
    name: str = ""
    kind: ResourceKind | None = None
    node: str = ""


def parse(scope: str) -> Place:
    """Understand a scope. Raises UnknownScopeError for one that is none of the forms."""
    match scope.strip("/").split("/"):
        case [""]:
            return Place()
        case ["node" | "nodes", name]:
            return Place(node=name)
        case [namespace]:
            return Place(namespace=namespace)
        case [namespace, name]:
            return Place(namespace=namespace, name=name)
        case [namespace, kind, name]:
            return Place(namespace=namespace, name=name, kind=_kind(kind))
    raise UnknownScopeError(f"{scope!r} is no scope: give NAMESPACE, NAMESPACE/NAME, NAMESPACE/KIND/NAME or node/NAME.")


def _kind(written: str) -> ResourceKind:
    singular = _SHORT.get(written.lower(), written.lower())
    for plural in NAMED:
        if singular in {plural, KINDS[plural].kind}:
            return KINDS[plural]
    kinds = ", ".join(KINDS[plural].kind for plural in NAMED)
    raise UnknownScopeError(f"{written!r} is no kind that can be asked for: {kinds}.")
