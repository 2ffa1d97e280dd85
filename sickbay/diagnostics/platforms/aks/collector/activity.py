"""The activity log: what was done to the cluster's resource group, and by whom."""

from datetime import timedelta

from sickbay.diagnostics.platforms.aks.collector.connection import Connection
from sickbay.diagnostics.platforms.aks.collector.decoding import decode_list
from sickbay.diagnostics.platforms.aks.snapshot import Snapshot
from sickbay.diagnostics.platforms.aks.target import AksTarget
from sickbay.diagnostics.platforms.aks.wire.monitoring import ActivityEvent

VERSION = "2015-04-01"
#: The log is read no further back than this, however long the window: it is long.
_LONGEST = timedelta(days=7)


def read_activity(connection: Connection, target: AksTarget, snapshot: Snapshot) -> tuple[ActivityEvent, ...]:
    """Read the log from where the snapshot's changes count to its moment. Raises CallError and ShapeError."""
    now = snapshot.taken_at
    since = max(snapshot.changes_start, now - _LONGEST)
    path = f"/subscriptions/{target.subscription}/providers/Microsoft.Insights/eventtypes/management/values"
    query = {
        "$filter": f"eventTimestamp ge '{since:%Y-%m-%dT%H:%M:%SZ}'"
        f" and eventTimestamp le '{now:%Y-%m-%dT%H:%M:%SZ}'"
        f" and resourceGroupName eq '{target.resource_group}'"
    }
    return decode_list(connection.get(path, VERSION, query), ActivityEvent)
