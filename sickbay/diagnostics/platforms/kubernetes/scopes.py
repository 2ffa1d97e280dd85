"""What of a cluster a person could type as a scope."""

from collections import Counter
from collections.abc import Iterable, Iterator

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS, WORKLOADS
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.troubles import trouble


def choices(cluster: Snapshot) -> Iterator[str]:
    """Yield what is unwell, then the namespaces, and after these the workloads, services and nodes."""
    owners = dict.fromkeys(
        cluster.owner(pod) for pod in cluster.unsteady if trouble(pod) or (pod.alive and not pod.ready)
    )
    workloads = [
        Subject(KINDS[plural].kind, item.name)
        for plural in WORKLOADS
        for item in getattr(cluster, plural)
        if not item.metadata.controller
    ]
    kinds = Counter(subject.name for subject in workloads)
    yield from _typed(sorted(owners), kinds)
    yield from sorted({item.metadata.name for item in cluster.namespaces} or set(cluster.pods_by_namespace))
    yield from _typed(sorted(workloads), kinds)
    yield from sorted(item.name for item in cluster.services)
    yield from sorted(f"node/{item.metadata.name}" for item in cluster.nodes)


def _typed(subjects: Iterable[Subject], kinds: Counter[str]) -> Iterator[str]:
    """Yield `NAMESPACE/NAME`, or `NAMESPACE/KIND/NAME` where workloads of two kinds have that name."""
    for subject in subjects:
        namespace, _, name = subject.name.partition("/")
        yield f"{namespace}/{subject.kind}/{name}" if kinds[subject.name] > 1 else subject.name
