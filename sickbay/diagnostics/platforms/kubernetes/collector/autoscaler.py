"""What the cluster autoscaler says of its node groups: read by name, and only while pods wait for a node."""

import msgspec
import yaml

from sickbay.diagnostics.platforms.kubernetes.collector.connection import CallError, Connection
from sickbay.diagnostics.platforms.kubernetes.collector.decoding import ShapeError, decode
from sickbay.diagnostics.platforms.kubernetes.resources import AUTOSCALER_STATUS
from sickbay.diagnostics.platforms.kubernetes.wire.autoscaler import AutoscalerStatus, ConfigMap, NodeGroup

#: A ConfigMap holds no more, bytes.
_LARGEST = 2 * 1024 * 1024
_NOT_FOUND = 404


def read_node_groups(connection: Connection) -> tuple[NodeGroup, ...]:
    """Give the autoscaler's node groups; none where there is no autoscaler. Raises CallError and ShapeError."""
    try:
        told = decode(connection.get(AUTOSCALER_STATUS, most=_LARGEST), ConfigMap).data.get("status", "")
    except CallError as error:
        if error.status == _NOT_FOUND:
            return ()
        raise
    try:
        status = msgspec.convert(yaml.safe_load(told) or {}, AutoscalerStatus, strict=False)
    except (yaml.YAMLError, msgspec.ValidationError, ValueError, RecursionError) as error:
        raise ShapeError("its status is not in the form of cluster-autoscaler 1.30 and later") from error
    return status.node_groups or ()
