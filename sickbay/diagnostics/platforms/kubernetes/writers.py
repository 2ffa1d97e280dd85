"""Who changed an object, and when, as its `managedFields` say: the last time that each writer changed what it owns."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from sickbay.diagnostics.platforms.kubernetes.ownership import owner_of
from sickbay.diagnostics.platforms.kubernetes.wire.base import Writer, WrittenMeta

#: What is written so soon after an object was made belongs to its making.
_MAKING = timedelta(seconds=2)
#: Controllers follow what was written within this time.
_NEAR = timedelta(seconds=10)
#: Tools that write for something that labels and annotations name.
_TOOLS = ("helm", "argocd", "kustomize-controller", "flux")
#: How those call themselves by which people, and what they set up for it, change a cluster.
_OUTSIDE = (*_TOOLS, "kubectl", "kustomize", "terraform", "pulumi", "mozilla", "rancher", "node-fetch", "k9s",
            "openapi-generator", "ansible")  # fmt: skip


def writers(meta: WrittenMeta, owning: Callable[[Writer], bool]) -> Iterator[Writer]:
    """Yield who wrote such fields since the object was made, the latest first; who writes its status does not count."""
    found = [(one.time, one) for one in meta.managed_fields if one.time and one.subresource != "status" and owning(one)]
    late = sorted((item for item in found if item[0] > meta.created_at + _MAKING), key=lambda item: item[0])
    yield from (one for _, one in reversed(late))


def written_at(meta: WrittenMeta, name: str) -> datetime | None:
    """Give when a field of the specification was last written since the object was made, as far as that can be told."""
    return next((one.time for one in writers(meta, lambda one: one.owns(name))), None)


def maker(meta: WrittenMeta) -> str:
    """Give who made the object, or nothing."""
    found = [(one.time, one) for one in meta.managed_fields if one.time and one.subresource != "status"]
    early = [item for item in found if item[0] <= meta.created_at + _MAKING]
    return named(meta, min(early, key=lambda item: item[0])[1]) if early else ""


def writer_of(meta: WrittenMeta, name: str, at: datetime) -> str:
    """Give who wrote a field at about this time: the only one who writes it, or whose last writing was right then."""
    found = [(abs(one.time - at), one) for one in meta.managed_fields if one.time and one.owns(name)]
    near = [item for item in found if len(found) == 1 or item[0] <= _NEAR]
    return named(meta, min(near, key=lambda item: item[0])[1]) if near else ""


def named(meta: WrittenMeta, writer: Writer) -> str:
    """Name a writer; of a deployment tool also what it deploys."""
    if writer.manager.lower().startswith(_TOOLS):
        about = meta.annotations
        release = f"Helm release {about.helm_release}" if about.helm_release else ""
        application = f"Argo CD application {about.argo_tracking.partition(':')[0]}" if about.argo_tracking else ""
        if unit := owner_of(meta.labels) or application or release:
            return f"{unit} ({writer.manager})"
    return writer.manager


def from_outside(manager: str) -> bool:
    """Say whether a person wrote, or a tool that people deploy with: no part of the cluster itself."""
    return manager.lower().startswith(_OUTSIDE)
