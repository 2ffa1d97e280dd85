"""Placement constraints, as swarmkit reads them: `node.labels.disk==ssd`, `node.role != manager`."""

import re
from collections.abc import Callable, Mapping

from sickbay.diagnostics.platforms.swarm.wire.nodes import Node

_FORM = re.compile(r"^\s*(?P<key>[^=!\s]+)\s*(?P<operator>==|!=)\s*(?P<value>.*?)\s*$")
_NODE_LABEL, _ENGINE_LABEL = "node.labels.", "engine.labels."
_OF_NODE: Mapping[str, Callable[[Node], str]] = {
    "node.id": lambda node: node.id,
    "node.hostname": lambda node: node.description.hostname,
    "node.ip": lambda node: node.status.addr,
    "node.role": lambda node: node.spec.role,
    "node.platform.os": lambda node: node.description.platform.os,
    "node.platform.arch": lambda node: node.description.platform.architecture,
}


def meets(node: Node, constraint: str) -> bool:
    """Say whether a node meets a constraint; values are compared without regard to case."""
    found = _FORM.match(constraint)
    if found is None:
        return False
    equal = _value(node, found["key"]).lower() == found["value"].lower()
    return equal if found["operator"] == "==" else not equal


def wanted_label(constraint: str) -> str:
    """Give the `NAME=VALUE` of a node's label that would meet the constraint, or nothing where none would."""
    found = _FORM.match(constraint)
    if found is None or found["operator"] != "==" or not found["key"].startswith(_NODE_LABEL):
        return ""
    return f"{found['key'].removeprefix(_NODE_LABEL)}={found['value']}"


def _value(node: Node, key: str) -> str:
    if key.startswith(_NODE_LABEL):
        return node.spec.labels.get(key.removeprefix(_NODE_LABEL), "")
    if key.startswith(_ENGINE_LABEL):
        return node.description.engine.labels.get(key.removeprefix(_ENGINE_LABEL), "")
    read = _OF_NODE.get(key)
    return read(node) if read else ""
