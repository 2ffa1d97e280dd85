"""The services of a Compose file, from its plain values: short and long forms alike; other forms are left out."""

from collections.abc import Iterator, Mapping
from typing import Any

from sickbay.diagnostics.platforms.lint.collector.yaml_lines import KeyPath, Values
from sickbay.diagnostics.platforms.lint.compose import (
    ComposeFile,
    Dependency,
    Network,
    Port,
    Problem,
    Service,
    Value,
    Variable,
)

#: Keys of a service by which the first format, which had services at the top, is known.
_OF_A_SERVICE = frozenset({"image", "build"})
_TOP = frozenset({"services", "version", "networks", "volumes", "configs", "secrets", "include", "name", "models"})


def compose_file(path: str, values: Values, problems: tuple[Problem, ...]) -> ComposeFile:
    """Give the file's facts."""
    root = _mapping(values.root)
    legacy = is_legacy(root)
    at: KeyPath = () if legacy else ("services",)
    services = tuple(
        _service(values, name, (*at, name)) for name in (root if legacy else _mapping(root.get("services")))
    )
    return ComposeFile(
        path=path,
        services=services,
        networks=tuple(_networks(values, root)),
        version=_text(values, ("version",)),
        legacy=legacy,
        partial="include" in root or not all(item.complete for item in services),
        problems=problems,
    )


def is_legacy(root: Mapping[str, Any]) -> bool:
    """Say whether services stand at the top."""
    named = [value for key, value in root.items() if key not in _TOP]
    return "services" not in root and any(isinstance(value, dict) and _OF_A_SERVICE & value.keys() for value in named)


def _service(values: Values, name: str, path: KeyPath) -> Service:
    raw = _mapping(_at(values, path))
    return Service(
        name=name,
        line=values.line_of(path),
        image=_text(values, (*path, "image")),
        builds=bool(raw.get("build")),
        container_name=_text(values, (*path, "container_name")),
        replicas=_replicas(raw),
        ports=tuple(_ports(values, (*path, "ports"))),
        environment=tuple(_variables(values, (*path, "environment"))),
        mounts=tuple(_mounts(raw)),
        depends_on=tuple(_dependencies(values, (*path, "depends_on"))),
        links=tuple(_texts(values, (*path, "links"))),
        networks=tuple(_names(raw.get("networks"))) or ("default",),
        healthcheck=_is_checked(raw),
        extends=bool(raw.get("extends") or raw.get("provider")),
        profiles=tuple(_names(raw.get("profiles"))),
        network_mode=str(raw.get("network_mode") or raw.get("net") or ""),
        command=_command(values, path, raw),
    )


def _ports(values: Values, path: KeyPath) -> Iterator[Port]:
    for index, raw in enumerate(_list(_at(values, path))):
        line = values.line_of((*path, index))
        if isinstance(raw, dict):
            yield Port(
                line=line,
                published=str(raw.get("published") or ""),
                target=str(raw.get("target") or ""),
                protocol=str(raw.get("protocol") or "tcp"),
                host_ip=str(raw.get("host_ip") or ""),
            )
        elif isinstance(raw, str | int):
            address, _, protocol = str(raw).partition("/")
            rest, _, target = address.rpartition(":")
            host_ip, _, published = rest.rpartition(":")
            yield Port(line=line, published=published, target=target, protocol=protocol or "tcp", host_ip=host_ip)


def _variables(values: Values, path: KeyPath) -> Iterator[Variable]:
    raw = _at(values, path)
    if isinstance(raw, dict):
        for name, value in raw.items():
            text = None if value is None else str(value).lower() if isinstance(value, bool) else str(value)
            yield Variable(name, text, values.line_of((*path, name)))
    for index, item in enumerate(_list(raw)):
        name, given, value = str(item).partition("=")
        yield Variable(name, value if given else None, values.line_of((*path, index)))


def _dependencies(values: Values, path: KeyPath) -> Iterator[Dependency]:
    raw = _at(values, path)
    for name, value in _mapping(raw).items():
        condition = str(_mapping(value).get("condition") or "service_started")
        yield Dependency(name, condition, values.line_of((*path, name)))
    for index, name in enumerate(_list(raw)):
        yield Dependency(str(name), "service_started", values.line_of((*path, index)))


def _mounts(raw: Mapping[str, Any]) -> Iterator[str]:
    for item in [*_list(raw.get("volumes")), *_list(raw.get("tmpfs")), *_list([raw.get("tmpfs")])]:
        if isinstance(item, dict):
            yield str(item.get("target") or "")
        elif isinstance(item, str):
            parts = item.split(":")
            yield parts[1] if len(parts) > 1 and parts[1].startswith("/") else parts[0]


def _networks(values: Values, root: Mapping[str, Any]) -> Iterator[Network]:
    for name, raw in _mapping(root.get("networks")).items():
        for item in _list(_mapping(_mapping(raw).get("ipam")).get("config")):
            config = _mapping(item)
            narrow, whole = config.get("ip_range"), config.get("subnet")
            addresses = narrow or whole
            if isinstance(addresses, str):
                yield Network(name, values.line_of(("networks", name)), addresses, subnet=not narrow)


def _replicas(raw: Mapping[str, Any]) -> int:
    number = _mapping(raw.get("deploy")).get("replicas", raw.get("scale", 1))
    return number if isinstance(number, int) else 1


def _is_checked(raw: Mapping[str, Any]) -> bool:
    check = _mapping(raw.get("healthcheck"))
    return bool(check) and check.get("disable") is not True and check.get("test") not in (["NONE"], "NONE")


def _command(values: Values, path: KeyPath, raw: Mapping[str, Any]) -> Value | None:
    words = raw.get("command")
    text = " ".join(map(str, words)) if isinstance(words, list) else words if isinstance(words, str) else ""
    return Value(text, values.line_of((*path, "command"))) if text else None


def _texts(values: Values, path: KeyPath) -> Iterator[Value]:
    for index, item in enumerate(_list(_at(values, path))):
        yield Value(str(item), values.line_of((*path, index)))


def _text(values: Values, path: KeyPath) -> Value | None:
    raw = _at(values, path)
    return Value(str(raw), values.line_of(path)) if isinstance(raw, str | int | float) else None


def _names(raw: object) -> Iterator[str]:
    yield from map(str, _mapping(raw) or _list(raw))


def _at(values: Values, path: KeyPath) -> Any:
    value = values.root
    for part in path:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def _mapping(raw: object) -> dict[str, Any]:
    return raw if isinstance(raw, dict) else {}


def _list(raw: object) -> list[Any]:
    return raw if isinstance(raw, list) else []
