"""What every object has: its metadata, its conditions, and selectors that pick objects by their labels."""

from collections.abc import Mapping
from datetime import UTC, datetime

from msgspec import Struct, field

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
    """Name, labels and life of an object."""

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


class Present(Wire, frozen=True, kw_only=True):
    """Something that is there; what is in it is not read."""


class Owned(Wire, frozen=True, kw_only=True):
    """The fields that a writer owns, by name with `f:` before it, as far as they tell what was changed."""

    spec: Mapping[str, Present] = field(default={}, name="f:spec")
    data: Mapping[str, Present] = field(default={}, name="f:data")
    binary_data: Mapping[str, Present] = field(default={}, name="f:binaryData")
    webhooks: Present | None = field(default=None, name="f:webhooks")


class Writer(Wire, frozen=True, kw_only=True):
    """Who wrote some fields of an object, and when last; `subresource` is `scale` or `status` where it was that one."""

    manager: str = ""
    operation: str = ""
    subresource: str = ""
    time: datetime | None = None
    fields: Owned = field(default=Owned(), name="fieldsV1")

    def owns(self, name: str) -> bool:
        """Say whether it wrote this field of the specification."""
        return f"f:{name}" in self.fields.spec


class Annotations(Wire, frozen=True, kw_only=True):
    """The few annotations that tell which tool an object belongs to, and its revision. No others: they may hold all."""

    helm_release: str = field(default="", name="meta.helm.sh/release-name")
    argo_tracking: str = field(default="", name="argocd.argoproj.io/tracking-id")
    revision: str = field(default="", name="deployment.kubernetes.io/revision")
    #: The numbers that a ReplicaSet had before it came into use again: `1,3`.
    earlier_revisions: str = field(default="", name="deployment.kubernetes.io/revision-history")


class WrittenMeta(ObjectMeta, frozen=True, kw_only=True):
    """The metadata of an object of which it counts who changed it."""

    annotations: Annotations = Annotations()
    managed_fields: tuple[Writer, ...] = ()


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


class Written(Resource, frozen=True, kw_only=True):
    """An object of a kind that people and tools change, with who wrote what of it."""

    metadata: WrittenMeta = WrittenMeta()


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
