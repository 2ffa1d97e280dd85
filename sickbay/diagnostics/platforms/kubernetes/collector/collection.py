"""What is read for which scope, in which order: what depends on nothing starts first, the largest before the rest."""

from msgspec.structs import replace

from sickbay.diagnostics.model import Subject
from sickbay.diagnostics.platform import Progress
from sickbay.diagnostics.platforms.kubernetes.collector import pruning, related, scope
from sickbay.diagnostics.platforms.kubernetes.collector.autoscaler import read_node_groups
from sickbay.diagnostics.platforms.kubernetes.collector.connection import Query
from sickbay.diagnostics.platforms.kubernetes.collector.control_plane import read_certificates, read_health
from sickbay.diagnostics.platforms.kubernetes.collector.logs import read_logs
from sickbay.diagnostics.platforms.kubernetes.collector.metrics import read_metrics
from sickbay.diagnostics.platforms.kubernetes.collector.names import unknown_namespace, unknown_node
from sickbay.diagnostics.platforms.kubernetes.collector.objects import NODE_LEASES, SYSTEM, Objects
from sickbay.diagnostics.platforms.kubernetes.collector.past import read_past
from sickbay.diagnostics.platforms.kubernetes.collector.reading import Reading
from sickbay.diagnostics.platforms.kubernetes.collector.scope import Place
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS
from sickbay.diagnostics.platforms.kubernetes.scheduling import waiting
from sickbay.diagnostics.platforms.kubernetes.snapshot import Snapshot
from sickbay.diagnostics.platforms.kubernetes.target import KubernetesTarget
from sickbay.diagnostics.targets import Request

#: Events that tell of trouble; the Normal ones are many and say little that the objects do not.
TROUBLE: Query = {"fieldSelector": "type!=Normal"}
#: Read in a namespace as in the whole cluster, the largest first.
NAMESPACED = (
    "pods", "events", "endpointslices", "services", "deployments", "statefulsets", "daemonsets", "jobs", "cronjobs",
    "replicationcontrollers", "ingresses", "persistentvolumeclaims", "horizontalpodautoscalers",
    "poddisruptionbudgets", "networkpolicies", "resourcequotas", "configmaps",
)  # fmt: skip
#: Small lists of the cluster that can explain what happens in a namespace.
COMMON = ("ingressclasses", "storageclasses", "apiservices", "validatingwebhookconfigurations",
          "mutatingwebhookconfigurations", "csidrivers")  # fmt: skip
#: Read for the whole cluster alone.
WHOLE = ("nodes", "namespaces", "persistentvolumes", "volumeattachments", "csinodes", "certificatesigningrequests")


class Collection:
    """Reads what a request needs of one cluster."""

    def __init__(self, reading: Reading, target: KubernetesTarget, request: Request) -> None:
        self._reading = reading
        self._target = target
        self._place = scope.parse(request.scope)
        self._changes_alone = request.changes
        self._objects = Objects(reading)

    def fill(self, snapshot: Snapshot, progress: Progress) -> Snapshot:
        """Give the snapshot with all that was read. Raises UnknownScopeError and CancelledError."""
        reading, place = self._reading, self._place
        certificates = reading.start(lambda: read_certificates(reading.connection, reading.budget))
        health = reading.start(lambda: read_health(reading.connection))
        progress("Objects")
        roots = self._read(place)
        snapshot = replace(
            snapshot, **self._objects.found, complete=frozenset(self._objects.complete), roots=roots,
            clock=reading.connection.clock,
        )  # fmt: skip
        progress("What changed" if self._changes_alone else "Logs and metrics")
        waits = any(True for _ in waiting(snapshot))
        groups = reading.start(lambda: read_node_groups(reading.connection)) if waits else None
        if not self._changes_alone:
            snapshot = replace(snapshot, logs=read_logs(reading, snapshot))
        snapshot = read_past(reading, snapshot)
        if not self._changes_alone:
            snapshot = read_metrics(reading, self._target, place, snapshot)
        return replace(
            snapshot,
            health=reading.finish("/readyz", health) or "",
            certificates=reading.finish("the API server's certificate", certificates) or (),
            node_groups=(reading.finish("the cluster autoscaler's status", groups) or ()) if groups else (),
            gaps=reading.gaps,
        )

    def _read(self, place: Place) -> tuple[Subject, ...]:
        if place.node:
            return self._node(place.node)
        if place.name:
            return related.read(self._reading, self._objects, place)
        if place.namespace:
            return self._namespace(place.namespace)
        self._everything()
        return ()

    def _everything(self) -> None:
        objects = self._objects
        plurals = (*NAMESPACED, *WHOLE, *COMMON)
        coming = {plural: objects.start(plural, query=query_of(plural)) for plural in plurals}
        leases = [objects.start("leases", namespace) for namespace in (NODE_LEASES, SYSTEM)]
        objects.finish(coming)
        for future in leases:
            objects.finish({"leases": future})

    def _namespace(self, name: str) -> tuple[Subject, ...]:
        objects = self._objects
        home = self._reading.start_object(KINDS["namespaces"], "", name)
        coming = {plural: objects.start(plural, name, query_of(plural)) for plural in NAMESPACED}
        coming |= {plural: objects.start(plural) for plural in COMMON}
        if objects.finish_object("namespaces", home) is None and objects.knows("namespaces"):
            raise unknown_namespace(self._reading, name)
        objects.finish(coming)
        objects.read_beneath()
        objects.read_network_of_cluster()
        pruning.keep_control_plane(objects)
        return (Subject("namespace", name),)

    def _node(self, name: str) -> tuple[Subject, ...]:
        objects = self._objects
        node = self._reading.start_object(KINDS["nodes"], "", name)
        on_it: Query = {"fieldSelector": f"spec.nodeName={name}"}
        about_it: Query = {"fieldSelector": f"involvedObject.kind=Node,involvedObject.name={name}"}
        coming = {
            "pods": objects.start("pods", query=on_it),
            "events": objects.start("events", query=about_it),
            "daemonsets": objects.start("daemonsets", SYSTEM),
            "poddisruptionbudgets": objects.start("poddisruptionbudgets"),
        }
        if objects.finish_object("nodes", node) is None and objects.knows("nodes"):
            raise unknown_node(self._reading, name)
        objects.finish(coming)
        # A part of a list proves nothing about what is not in it.
        objects.complete -= {"pods", "events", "daemonsets"}
        objects.read_beneath()
        return (Subject("node", name),)


def query_of(plural: str) -> Query:
    """Give the query by which a list is read."""
    return TROUBLE if plural == "events" else {}
