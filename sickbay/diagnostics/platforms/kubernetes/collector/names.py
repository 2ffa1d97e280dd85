"""What to say where a scope names nothing: the nearest names that there are. Only names are read for it."""

import difflib
from collections.abc import Iterable, Sequence

import msgspec

from sickbay.diagnostics.errors import UnknownScopeError
from sickbay.diagnostics.platforms.kubernetes.collector.connection import CallError
from sickbay.diagnostics.platforms.kubernetes.collector.reading import Reading
from sickbay.diagnostics.platforms.kubernetes.resources import KINDS, WORKLOADS

#: Asks the API server for the metadata of the objects alone.
_NAMES_ONLY = "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json"


class _Meta(msgspec.Struct):
    name: str = ""


class _Named(msgspec.Struct):
    metadata: _Meta = msgspec.field(default_factory=_Meta)


class _Names(msgspec.Struct):
    items: list[_Named] | None = None


def unknown_namespace(reading: Reading, name: str) -> UnknownScopeError:
    """Give the error for a namespace that is not there."""
    return _unknown(f"There is no namespace {name!r}", name, _names(reading, "namespaces"))


def unknown_node(reading: Reading, name: str) -> UnknownScopeError:
    """Give the error for a node that is not there."""
    return _unknown(f"There is no node {name!r}", name, _names(reading, "nodes"))


def unknown_name(reading: Reading, namespace: str, name: str) -> UnknownScopeError:
    """Give the error for a name that nothing in the namespace has."""
    plurals = (*WORKLOADS[:3], "cronjobs", "services", "ingresses", "persistentvolumeclaims")
    names = {found for plural in plurals for found in _names(reading, plural, namespace)}
    if not names and not _names(reading, "pods", namespace):
        return unknown_namespace(reading, namespace)
    message = f"Nothing in namespace {namespace} is named {name!r}"
    return _unknown(message, name, names, prefix=f"{namespace}/")


def _names(reading: Reading, plural: str, namespace: str = "") -> Sequence[str]:
    kind = KINDS[plural]
    try:
        body = reading.connection.get(kind.path(kind.apis[0], namespace), {"limit": 2000}, accept=_NAMES_ONLY)
        found = msgspec.json.decode(body, type=_Names).items or []
    except (CallError, msgspec.DecodeError):
        return ()
    return [item.metadata.name for item in found]


def _unknown(message: str, name: str, names: Iterable[str], *, prefix: str = "") -> UnknownScopeError:
    nearest = tuple(prefix + found for found in difflib.get_close_matches(name, sorted(names), n=3, cutoff=0.5))
    hint = f" Did you mean {', '.join(nearest)}?" if nearest else ""
    return UnknownScopeError(f"{message}.{hint}", nearest=nearest)
