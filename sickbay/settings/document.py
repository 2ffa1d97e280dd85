"""Read a YAML document into plain values, and remember on which line each key stands.

Stricter than YAML, because the file is written by people: a key twice is refused, and so are aliases, which nobody
needs in so small a file and with which few lines can unfold into gigabytes. Keys are text, whatever YAML would make of
them.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from sickbay.settings.problems import KeyPath, Problem, SettingsError

#: Bytes; thousands of targets fit.
LARGEST_FILE = 1024 * 1024
_COLLECTIONS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


class Document(msgspec.Struct, frozen=True):
    """The values of the file, and the line of each key, counted from 1."""

    values: Mapping[str, Any]
    lines: Mapping[KeyPath, int]

    def line_of(self, path: KeyPath) -> int | None:
        """Give the line of the key, or of the nearest key around it; None for an empty file."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path)


def read_document(file: Path) -> Document:
    """Read the file. Raises SettingsError."""
    try:
        with file.open("rb") as stream:
            content = stream.read(LARGEST_FILE + 1)
    except OSError as error:
        raise _refused(file, f"cannot be read: {error.strerror}") from error
    if len(content) > LARGEST_FILE:
        raise _refused(file, f"is larger than {LARGEST_FILE} bytes, so it is hardly a configuration")
    return parse_document(file, content)


def parse_document(file: Path, content: bytes) -> Document:
    """Parse the file's content. Raises SettingsError."""
    try:
        reading = _Reading(file, content)
        values = reading.whole()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        raise _refused(file, f"is not valid YAML: {error.problem}", mark.line + 1 if mark else None) from error
    except (yaml.YAMLError, UnicodeError) as error:
        raise _refused(file, f"is not valid YAML: {str(error).splitlines()[0]}") from error
    except RecursionError as error:
        raise _refused(file, "is not valid: it is nested too deeply") from error
    if reading.problems:
        raise SettingsError(reading.problems)
    return Document(values, reading.lines)


class _Reading(yaml.SafeLoader):
    """One document on its way from YAML's nodes to values."""

    def __init__(self, file: Path, content: bytes) -> None:
        super().__init__(content)
        self._file = file
        self.lines: dict[KeyPath, int] = {}
        self.problems: list[Problem] = []

    def whole(self) -> dict[str, Any]:
        node = self.get_single_node()
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            raise _refused(self._file, "must hold keys and values, such as `targets:`", node.start_mark.line + 1)
        return self._mapping(node, ())

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        """Compose one node; refuses aliases."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="aliases (*name) are not allowed here", problem_mark=mark)
        return super().compose_node(parent, index)

    def _mapping(self, node: yaml.MappingNode, path: KeyPath) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                self._refuse(path, line, "a key must be text")
                continue
            key = (*path, key_node.value)
            if key in self.lines:
                self._refuse(key, line, f"stands twice; the first is on line {self.lines[key]}")
                continue
            self.lines[key] = line
            values[key_node.value] = self._value(value_node, key)
        return values

    def _value(self, node: yaml.Node, path: KeyPath) -> object:
        self.lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.CollectionNode) and node.tag not in _COLLECTIONS:
            self._refuse(path, node.start_mark.line + 1, "tags (!name) are not allowed here")
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        try:
            return self.construct_object(node)
        except ValueError:
            self._refuse(path, node.start_mark.line + 1, "is no value that YAML knows; put it in quotes")
            return None

    def _refuse(self, path: KeyPath, line: int, message: str) -> None:
        self.problems.append(Problem(place=str(self._file), path=path, line=line, message=message))


def _refused(file: Path, message: str, line: int | None = None) -> SettingsError:
    return SettingsError([Problem(place=str(file), line=line, message=message)])
