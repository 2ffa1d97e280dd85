"""What the Compose specification's own JSON schema says of a file, in sentences and by line.

`compose-spec.json` beside this module is that schema, unchanged: https://github.com/compose-spec/compose-spec
(schema/compose-spec.json), Apache License 2.0.
"""

import json
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sickbay.diagnostics.platforms.lint.collector.yaml_lines import KeyPath, Values
from sickbay.diagnostics.platforms.lint.compose import Problem

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

#: Problems told of one file: what follows a slip near the top is seldom of use.
MOST = 50
_FILE = Path(__file__).with_name("compose-spec.json")
_KINDS: Mapping[str, str] = {
    "object": "keys and values", "array": "a list", "string": "text", "integer": "a whole number", "number": "a number",
    "boolean": "true or false", "null": "nothing",
}  # fmt: skip


def problems(values: Values) -> Iterator[Problem]:
    """Yield why the file is not of the specification's form; what hides behind a variable is left out."""
    told: set[Problem] = set()
    for error in _validator().iter_errors(values.root):
        for problem in _told(_deepest(error), values):
            if problem not in told:
                told.add(problem)
                yield problem
            if len(told) >= MOST:
                return


@cache
def _validator() -> "Draft202012Validator":
    """Give the validator; its library is loaded with the first Compose file, for it takes its time."""
    from jsonschema import Draft202012Validator

    return Draft202012Validator(_schema())


@cache
def _schema() -> dict[str, Any]:
    """Give the schema without `uniqueItems`: to see to that takes the square of a list's length."""

    def without(part: dict[str, Any]) -> dict[str, Any]:
        return {key: value for key, value in part.items() if key != "uniqueItems"}

    schema: dict[str, Any] = json.loads(_FILE.read_bytes(), object_hook=without)
    return schema


def _deepest(error: "ValidationError") -> "ValidationError":
    """Give the error that says most where several forms are allowed: of the form that the value comes nearest to."""
    while error.context:
        error = max(error.context, key=lambda inner: (len(inner.absolute_path), inner.validator != "type"))
    return error


def _told(error: "ValidationError", values: Values) -> Iterator[Problem]:
    path: KeyPath = tuple(error.absolute_path)
    place = ".".join(map(str, path)) or "the file"
    line = values.line_of(path)
    if error.validator in {"additionalProperties", "unevaluatedProperties"}:
        known = sorted(_known_keys(error.schema))
        for key in _keys(error.instance):
            if key not in known and not key.startswith("x-"):
                near = get_close_matches(key, known, n=1)
                hint = f" (did you mean `{near[0]}`?)" if near else ""
                yield Problem(values.line_of((*path, key)), f"has an unknown key `{key}` in {place}{hint}")
        return
    if "$" in str(error.instance):
        return
    yield Problem(line, f"has {_shown(error.instance)} at {place}; {_allowed(error)}")


def _allowed(error: "ValidationError") -> str:
    wanted: Any = error.validator_value
    match error.validator:
        case "type":
            kinds = [wanted] if isinstance(wanted, str) else wanted
            return f"allowed is {' or '.join(_KINDS.get(kind, kind) for kind in kinds)}"
        case "enum":
            return f"allowed is {', '.join(map(str, wanted))}"
        case "required":
            missing = [key for key in wanted if key not in _keys(error.instance)]
            return f"{', '.join(missing)} is missing"
        case "pattern":
            return f"allowed is what matches {wanted}"
    return f"it is not as the specification's `{error.validator}` asks"


def _known_keys(schema: Any) -> set[str]:
    """Give the keys that a part of the schema names, those of the parts that it refers to included."""
    if not isinstance(schema, dict):
        return set()
    known = set(schema.get("properties", {}))
    if reference := schema.get("$ref"):
        known |= _known_keys(_schema()["$defs"].get(str(reference).rsplit("/", 1)[-1]))
    for part in [*schema.get("allOf", ()), *schema.get("anyOf", ()), *schema.get("oneOf", ())]:
        known |= _known_keys(part)
    return known


def _keys(value: object) -> list[str]:
    return list(value) if isinstance(value, dict) else []


def _shown(value: object) -> str:
    if isinstance(value, dict):
        return "keys and values"
    if isinstance(value, list):
        return "a list"
    return "nothing" if value is None else f"`{str(value)[:60]}`"
