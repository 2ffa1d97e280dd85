"""How two pod templates differ, field by field. Values of the environment are compared and never told."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from msgspec import Struct

from sickbay.diagnostics.events import A_VALUE, ANOTHER_VALUE, shortened
from sickbay.diagnostics.platforms.kubernetes.wire.templates import RawTemplate
from sickbay.diagnostics.redaction import redact_named

#: Fields that are told of two templates; the others are counted.
MOST = 20
#: What each of a list is known by: containers, volumes and variables by name, mounts by path, ports by number.
_KEYS = ("name", "mountPath", "containerPort", "key", "ip")
#: Labels that controllers set by themselves, another in each revision.
_SET_ITSELF = frozenset({"pod-template-hash", "controller-revision-hash"})
#: Variables, of which one may be there twice: the last of them counts.
_VARIABLES, _BY_NAME = ".env", "name"
_ENVIRONMENT = f"{_VARIABLES}["


class Difference(Struct, frozen=True, kw_only=True):
    """One field, `containers[api].image`, and its values before and after, each empty where it was not set."""

    field: str
    before: str = ""
    after: str = ""


def differences(before: RawTemplate, after: RawTemplate) -> tuple[Difference, ...]:
    """Give the fields in which two templates differ, images first, at most MOST; the last says how many more."""
    ours, theirs = _parts(before), _parts(after)
    found = [one for part in ours for one in _compare(part, ours[part], theirs[part])]
    found.sort(key=lambda one: not one.field.endswith(".image"))
    if len(found) <= MOST:
        return tuple(found)
    return (*found[: MOST - 1], Difference(field=f"{len(found) - MOST + 1} more fields"))


def compared(path: str, before: object, after: object) -> tuple[Difference, ...]:
    """Give the fields in which two contents of one place differ, at most MOST."""
    return tuple(_compare(path, before, after))[:MOST]


def _parts(template: RawTemplate) -> Mapping[str, object]:
    """Give labels, annotations and specification; the path of the last begins with nothing."""
    about = _mapping(template.get("metadata"))
    labels = {name: value for name, value in _mapping(about.get("labels")).items() if name not in _SET_ITSELF}
    # As lists of named things, so that a dot in a name stands in brackets.
    return {
        "": _mapping(template.get("spec")),
        "labels": [{"name": name, "": value} for name, value in labels.items()],
        "annotations": [{"name": name, "": value} for name, value in _mapping(about.get("annotations")).items()],
    }


def _compare(path: str, before: object, after: object) -> Iterator[Difference]:
    if before == after:
        return
    if _ENVIRONMENT in path:
        yield Difference(field=path, before=_variable(before), after=_variable(after, before))
    elif isinstance(before or after, Mapping) and (not path.endswith("]") or (before and after)):
        ours, theirs = _mapping(before), _mapping(after)
        for name in {**ours, **theirs}:
            yield from _compare(f"{path}.{name}".strip("."), ours.get(name), theirs.get(name))
    elif (key := _BY_NAME if path.endswith(_VARIABLES) else _key(before, after)) is not None:
        listed, others = _by_key(before, key), _by_key(after, key)
        for name in {**listed, **others}:
            yield from _compare(f"{path}[{name}]", listed.get(name), others.get(name))
    else:
        yield Difference(field=path, before=_shown(path, before), after=_shown(path, after))


def _key(*lists: object) -> str | None:
    """Give what tells the entries of both lists apart, or nothing where they are no lists of such."""
    entries = [entry for one in lists if isinstance(one, Sequence) and not isinstance(one, str) for entry in one]
    if not entries or not all(isinstance(entry, Mapping) for entry in entries):
        return None
    for key in _KEYS:
        if all(entry.get(key) for entry in entries) and all(_unique(one, key) for one in lists):
            return key
    return None


def _unique(listed: object, key: str) -> bool:
    return listed is None or len(_by_key(listed, key)) == len(listed if isinstance(listed, Sequence) else ())


def _by_key(listed: object, key: str) -> Mapping[str, object]:
    entries = listed if isinstance(listed, Sequence) else ()
    return {str(entry.get(key)): entry for entry in entries if isinstance(entry, Mapping)}


def _variable(value: object, before: object = None) -> str:
    """Give what may be told of a variable: where its value comes from, or that it has one."""
    entry = _mapping(value)
    if not entry:
        return ""
    for kind, source in _mapping(entry.get("valueFrom")).items():
        read = _mapping(source)
        where = [read.get("name"), read.get("key") or read.get("fieldPath") or read.get("resource")]
        return shortened(f"{kind} {'/'.join(str(part) for part in where if part)}")
    return ANOTHER_VALUE if "value" in _mapping(before) else A_VALUE


def _shown(path: str, value: object) -> str:
    """Give a value as a person would write it, hidden where its name is that of a secret."""
    name = path.rpartition("[")[2].rpartition(".")[2].rstrip("]")
    if isinstance(value, Mapping):
        named = value.get("image") or value.get("")
        value = named if named is not None else {key: item for key, item in value.items() if key not in {"name", "env"}}
    if isinstance(value, str):
        text = value
    elif isinstance(value, Sequence) and all(isinstance(item, str) for item in value):
        text = " ".join(str(item) for item in value)
    else:
        text = "" if value is None else msgspec.json.encode(value).decode()
    return shortened(redact_named(name, text))


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
