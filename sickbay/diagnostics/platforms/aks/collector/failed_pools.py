"""What else is read of node pools that failed: their machines, how these fare, and the cores that are left."""

from functools import partial

from msgspec.structs import replace

from sickbay.diagnostics.platforms.aks import rights
from sickbay.diagnostics.platforms.aks.collector.decoding import decode, decode_list
from sickbay.diagnostics.platforms.aks.collector.reading import Reading
from sickbay.diagnostics.platforms.aks.faults import FaultKind
from sickbay.diagnostics.platforms.aks.snapshot import PoolMachines, Snapshot
from sickbay.diagnostics.platforms.aks.target import AksTarget
from sickbay.diagnostics.platforms.aks.wire.base import Usage
from sickbay.diagnostics.platforms.aks.wire.compute import InstanceView, Machine, ScaleSet

COMPUTE_VERSION = "2024-07-01"
#: Statuses that tell nothing worth a line.
_WELL = ("ProvisioningState/succeeded", "PowerState/running")


def fill(snapshot: Snapshot, reading: Reading, target: AksTarget) -> Snapshot:
    """Give the snapshot with the machines of failed pools, and the quota of cores where it is what they lack."""
    failed, cluster = snapshot.failed_pools, snapshot.cluster
    if not failed or cluster is None:
        return snapshot
    connection, subscription = reading.connection, f"/subscriptions/{target.subscription}"
    cores = None
    if any(True for _ in snapshot.faults(FaultKind.QUOTA)):
        path = f"{subscription}/providers/Microsoft.Compute/locations/{cluster.location}/usages"
        cores = reading.start(lambda: decode_list(connection.get(path, COMPUTE_VERSION), Usage))
    group = f"{subscription}/resourceGroups/{cluster.properties.node_resource_group}"
    compute = f"{group}/providers/Microsoft.Compute/virtualMachineScaleSets"
    coming_sets = reading.start(lambda: decode_list(connection.get(compute, COMPUTE_VERSION), ScaleSet))
    coming = {pool.name: reading.start(partial(_machines, reading, target, pool.name)) for pool in failed}
    sets = {item.pool: item for item in reading.finish(rights.SCALE_SETS, coming_sets, ())}
    views = {name: reading.start(partial(_view, reading, sets[name].id)) for name in coming if name in sets}
    machines = []
    for name, counted in coming.items():
        view = reading.maybe(rights.INSTANCES, views[name]) if name in views else None
        machines.append(
            PoolMachines(
                pool=name,
                machines=len(reading.finish(rights.MACHINES, counted, ())),
                scale_set=sets[name].name if name in sets else "",
                statuses=_statuses(view) if view else (),
            )
        )
    return replace(snapshot, machines=tuple(machines), cores=reading.finish(rights.CORES, cores, ()) if cores else ())


def _machines(reading: Reading, target: AksTarget, pool: str) -> tuple[Machine, ...]:
    connection = reading.connection
    bodies = connection.call(connection.client.machines.list, target.resource_group, target.cluster, pool)
    return decode_list(bodies, Machine)


def _view(reading: Reading, scale_set: str) -> InstanceView:
    return decode(reading.connection.get(f"{scale_set}/instanceView", COMPUTE_VERSION)[0], InstanceView)


def _statuses(view: InstanceView) -> tuple[str, ...]:
    """Give what is not well, as `vmssCSE ProvisioningState/failed/50: 3`."""
    parts = (("machines", view.virtual_machine.statuses_summary), *(
        (extension.name, extension.statuses_summary) for extension in view.extensions
    ))  # fmt: skip
    return tuple(
        f"{name} {status.code}: {status.count}"
        for name, statuses in parts
        for status in statuses
        if status.code not in _WELL
    )
