"""What a task asks of an instance besides room: attributes, and placement constraints in ECS's query language."""

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase

from sickbay.diagnostics.platforms.ecs.snapshot import Snapshot
from sickbay.diagnostics.platforms.ecs.wire.definitions import TaskDefinition
from sickbay.diagnostics.platforms.ecs.wire.instances import ContainerInstance
from sickbay.diagnostics.platforms.ecs.wire.services import Service

#: `attribute:NAME OPERATOR VALUE`, the one form of a clause that is judged.
_CLAUSE = re.compile(r"^attribute:(?P<name>\S+)\s+(?P<operator>\S+)(?:\s+(?P<value>.+))?$")
#: What makes more of an expression than clauses that must all hold.
_COMPOUND = re.compile(r"\s(?:or|not)\s|\|\||^not\s|^!|\(", re.IGNORECASE)
_AND = re.compile(r"\s+(?:and|&&)\s+", re.IGNORECASE)
#: What is more in a pattern than the wildcards of `t2.*`.
_PATTERN = re.compile(r"[\[\](){}+?|^$\\]")
_COMPARISONS: Mapping[str, Callable[[str, str], bool]] = {
    "==": operator.eq,
    "equals": operator.eq,
    "!=": operator.ne,
    "not_equals": operator.ne,
    "=~": lambda value, wanted: _matches(value, wanted, unknown=True),
    "matches": lambda value, wanted: _matches(value, wanted, unknown=True),
    "!~": lambda value, wanted: not _matches(value, wanted, unknown=False),
    "not_matches": lambda value, wanted: not _matches(value, wanted, unknown=False),
    "in": lambda value, wanted: value in _listed(wanted),
    "!in": lambda value, wanted: value not in _listed(wanted),
    "not_in": lambda value, wanted: value not in _listed(wanted),
}


def unmet(ecs: Snapshot, service: Service, definition: TaskDefinition, instance: ContainerInstance) -> Iterator[str]:
    """Yield what an instance lacks for a task of a service, in words about the instance.

    Attributes that the definition requires, and clauses of constraints about attributes, are judged. An expression with
    `or`, `not`, parentheses, or about other things than attributes is left alone: ECS alone knows whether it holds.
    """
    has = {item.name: item.value for item in instance.attributes}
    for wanted in definition.requires_attributes:
        if wanted.name not in has:
            yield f"has no attribute {wanted.name}"
        elif wanted.value and has[wanted.name] != wanted.value:
            yield f"has {wanted.name} {has[wanted.name] or 'empty'}, not {wanted.value}"
    for constraint in (*service.placement_constraints, *definition.placement_constraints):
        if constraint.type == "memberOf" and not _COMPOUND.search(constraint.expression):
            yield from (
                f"does not meet {clause} ({_told(has, clause)})"
                for clause in _AND.split(constraint.expression.strip())
                if not _holds(has, clause)
            )
        if constraint.type == "distinctInstance" and _holds_task(ecs, service, instance):
            yield "runs a task of it already, and each must be on an instance of its own"


def _holds(has: Mapping[str, str], clause: str) -> bool:
    found = _CLAUSE.match(clause)
    if found is None:
        return True
    value, wanted = has.get(found["name"]), (found["value"] or "").strip().strip("'\"")
    match found["operator"].lower():
        case "exists":
            return value is not None
        case "!exists" | "not_exists":
            return value is None
        case other if other in _COMPARISONS:
            return _COMPARISONS[other](value, wanted) if value is not None else other.startswith(("!", "not"))
    return True


def _told(has: Mapping[str, str], clause: str) -> str:
    found = _CLAUSE.match(clause)
    name = found["name"] if found else ""
    return f"it is {has[name] or 'empty'}" if name in has else "it has none"


def _holds_task(ecs: Snapshot, service: Service, instance: ContainerInstance) -> bool:
    return any(
        task.container_instance_arn == instance.container_instance_arn and not task.stopped
        for task in ecs.tasks_of(service)
    )


def _listed(text: str) -> frozenset[str]:
    return frozenset(item.strip().strip("'\"") for item in text.strip("[]").split(","))


def _matches(value: str, wanted: str, *, unknown: bool) -> bool:
    """Say whether a value is of a pattern such as `t2.*`; `unknown` where the pattern has more in it."""
    return unknown if _PATTERN.search(wanted) else fnmatchcase(value, wanted.replace(".*", "*").replace(".", "?"))
