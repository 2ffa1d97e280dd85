"""What every object has: its metadata, its conditions, and selectors that pick objects by their labels."""

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct

#: Stands for a time that the API server did not give.
NEVER = datetime(1, 1, 1, tzinfo=UTC)


class Wire(Struct, frozen=True, kw_only=True, rename="camel", omit_defaults=True, gc=False):
    """A part of an answer, under the API's own camelCase names."""


class OwnerReference(Wire, frozen=True, kw_only=True):
    """The object that made this one and removes it with itself; `controller` marks the one in charge."""

    kind: str = ""
    name: str = ""
    uid: str = ""
    controller: bool = False


class ObjectMeta(Wire, frozen=True, kw_only=True):
    """Name, labels and life of an object. Annotations are not read: they may hold anything."""

    name: str = ""
    namespace: str = ""
    uid: str = ""
    generation: int = 0
    labels: Mapping[str, str] = {}
    creation_timestamp: datetime | None = None
    deletion_timestamp: datetime | None = None
    deletion_grace_period_seconds: int = 0
    finalizers: tuple[str, ...] = ()
    owner_references: tuple[OwnerReference, ...] = ()

    @property
    def created_at(self) -> datetime:
        """Give when the object was made."""
        return self.creation_timestamp or NEVER

    @property
    def controller(self) -> OwnerReference | None:
        """Give the owner in charge, or nothing."""
        return next((owner for owner in self.owner_references if owner.controller), None)


class Condition(Wire, frozen=True, kw_only=True):
    """One condition of an object; `status` is True, False or Unknown."""

    type: str = ""
    status: str = ""
    reason: str = ""
    message: str = ""
    last_transition_time: datetime | None = None
    last_update_time: datetime | None = None
    last_heartbeat_time: datetime | None = None


class Resource(Wire, frozen=True, kw_only=True):
    """An object of any kind."""

    metadata: ObjectMeta = ObjectMeta()

    @property
    def name(self) -> str:
        """Give `namespace/name`, or the name alone of what lies in no namespace."""
        return f"{self.metadata.namespace}/{self.metadata.name}" if self.metadata.namespace else self.metadata.name


class Requirement(Wire, frozen=True, kw_only=True):
    """One expression of a selector; `operator` is In, NotIn, Exists or DoesNotExist (for nodes also Gt and Lt)."""

    key: str = ""
    operator: str = ""
    values: tuple[str, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Say whether labels satisfy the expression."""
        value = labels.get(self.key)
        match self.operator:
            case "In":
                return value is not None and value in self.values
            case "NotIn":
                return value is None or value not in self.values
            case "Exists":
                return value is not None
            case "DoesNotExist":
                return value is None
        return True


class LabelSelector(Wire, frozen=True, kw_only=True):
    """Picks objects by labels; an empty one picks all."""

    match_labels: Mapping[str, str] = {}
    match_expressions: tuple[Requirement, ...] = ()

    def matches(self, labels: Mapping[str, str]) -> bool:
        """Say whether the selector picks an object with these labels."""
        return all(labels.get(key) == value for key, value in self.match_labels.items()) and all(
            expression.matches(labels) for expression in self.match_expressions
        )

    def query(self) -> str:
        """Give the selector as the API's `labelSelector` parameter."""
        parts = [f"{key}={value}" for key, value in self.match_labels.items()]
        for item in self.match_expressions:
            match item.operator:
                case "In" | "NotIn":
                    parts.append(f"{item.key} {item.operator.lower()} ({','.join(item.values)})")
                case "Exists":
                    parts.append(item.key)
                case "DoesNotExist":
                    parts.append(f"!{item.key}")
        return ",".join(parts)
