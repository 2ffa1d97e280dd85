"""Read a Compose file's YAML into plain values, with the line of each key.

Anchors, aliases and merges are legal there, and with them a few lines can unfold into gigabytes: how much may unfold,
and how deep, is bounded. Scalars are what Compose takes them for (YAML 1.2): `yes` and `22:22` are text. Its own tags
(`!reset`, `!override`) are passed over.
"""

import re
from collections.abc import Mapping
from typing import Any

import yaml
from msgspec import Struct

KeyPath = tuple[str | int, ...]

#: Values after unfolding; levels of nesting; what people write has hundreds, and ten.
MOST_VALUES, DEEPEST = 50_000, 64
_MERGE = "<<"
_SCALARS: tuple[tuple[re.Pattern[str], Any], ...] = (
    (re.compile(r"~|null|Null|NULL|"), lambda _text: None),
    (re.compile(r"true|True|TRUE"), lambda _text: True),
    (re.compile(r"false|False|FALSE"), lambda _text: False),
    (re.compile(r"[-+]?[0-9]{1,18}"), int),
    (re.compile(r"[-+]?(?:\.[0-9]{1,18}|[0-9]{1,18}(?:\.[0-9]{0,18})?)(?:[eE][-+]?[0-9]{1,3})?"), float),
)
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class UnreadableError(Exception):
    """Raised when the text is no YAML that Compose would take; the message says why, `line` where (0: not known)."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class Values(Struct, frozen=True):
    """The values of a file (an empty one has none), and the line of each key and item, counted from 1."""

    root: Any
    lines: Mapping[KeyPath, int]

    def line_of(self, path: KeyPath) -> int:
        """Give the line of the key, or of the nearest key around it; 0 where there is none."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 0)


def read(text: str) -> Values:
    """Read the text. Raises UnreadableError."""
    try:
        _measure(text)
        node = _LOADER(text).get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise UnreadableError(error.problem or "it cannot be read", _line(mark)) from error
    except yaml.YAMLError as error:
        raise UnreadableError(str(error).splitlines()[0]) from error
    unfolding = _Unfolding()
    return Values(unfolding.value(node, ()) if node is not None else None, unfolding.lines)


def _measure(text: str) -> None:
    """Refuse what is nested too deeply before it is composed: the composer calls itself for each level."""
    depth = 0
    for event in yaml.parse(text, Loader=_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > DEEPEST:
                raise UnreadableError(f"it is nested more than {DEEPEST} deep", _line(event.start_mark))
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


class _Unfolding:
    """Nodes on their way to values. What an alias repeats is counted, and built, each time."""

    def __init__(self) -> None:
        self.lines: dict[KeyPath, int] = {}
        self._left = MOST_VALUES

    def value(self, node: yaml.Node, path: KeyPath) -> Any:
        """Give the node's value. Raises UnreadableError."""
        self._count(node, len(path))
        self.lines.setdefault(path, _line(node.start_mark))
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, index)) for index, item in enumerate(node.value)]
        return _scalar(node) if isinstance(node, yaml.ScalarNode) else None

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key, item in self._pairs(node, len(path)).items():
            self.lines[*path, key] = item.key_line
            values[key] = self.value(item.node, (*path, key))
        return values

    def _pairs(self, node: yaml.MappingNode, depth: int) -> "dict[str, _Pair]":
        """Give the keys of a mapping, and of those merged into it the ones that it has not itself."""
        pairs: dict[str, _Pair] = {}
        merged: list[yaml.Node] = []
        for key, item in node.value:
            line = _line(key.start_mark)
            if not isinstance(key, yaml.ScalarNode):
                raise UnreadableError("a key must be text", line)
            if key.value == _MERGE and not key.style:
                merged += item.value if isinstance(item, yaml.SequenceNode) else [item]
            elif key.value in pairs:
                raise UnreadableError(f"the key `{key.value}` stands twice", line)
            else:
                pairs[key.value] = _Pair(line, item)
        for item in merged:
            self._count(item, depth + 1)
            if not isinstance(item, yaml.MappingNode):
                raise UnreadableError("only keys and values can be merged", _line(item.start_mark))
            pairs = {**self._pairs(item, depth + 1), **pairs}
        return pairs

    def _count(self, node: yaml.Node, depth: int) -> None:
        line = _line(node.start_mark)
        self._left -= 1
        if self._left < 0:
            raise UnreadableError(f"its aliases unfold into more than {MOST_VALUES} values", line)
        if depth > DEEPEST:
            raise UnreadableError(f"it is nested more than {DEEPEST} deep, or an alias stands within itself", line)


class _Pair(Struct, frozen=True):
    """A key's line and the node of its value."""

    key_line: int
    node: Any


def _line(mark: Any) -> int:
    return int(mark.line) + 1 if mark else 0


def _scalar(node: yaml.ScalarNode) -> Any:
    text: str = node.value
    if node.style or not node.tag.startswith("tag:yaml.org,2002:"):
        return text
    for pattern, value in _SCALARS:
        if pattern.fullmatch(text):
            return value(text)
    return text
