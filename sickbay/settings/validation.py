"""Turn what pydantic says is wrong into what a person can repair: what was found, and what is allowed.

Whatever was found is shown with secrets redacted, and not at all under a key whose name says that it holds one.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sickbay.diagnostics.redaction import redact
from sickbay.diagnostics.targets import Target
from sickbay.settings.alerts import VARIABLES
from sickbay.settings.problems import KeyPath, nearest

#: A file of a secret's may be named here: it is another that people can keep to themselves.
_SECRET_KEY = re.compile(
    r"(?:token|secret|password|passphrase|credential|(?:api|audit)_?key|(?:redis|database)_url)(?!_file$)",
    re.IGNORECASE,
)
_SECRET_VARIABLES = (
    "SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "REDIS_URL", "DATABASE_URL", "AUDIT_KEY",
    *VARIABLES.values(),
)  # fmt: skip
#: Characters of a found value that are shown.
_LONGEST = 60
_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "true or false"),
    (str, "text"),
    ((int, float), "a number"),
    (list, "a list"),
    (dict, "keys and values"),
)


_ALLOWED = {
    **dict.fromkeys(
        ("model_type", "model_attributes_type", "mapping_type", "dict_type"), "allowed are keys and values"
    ),
    **dict.fromkeys(("int_type", "int_parsing"), "allowed is a whole number"),
    "tuple_type": "allowed is a list",
    "too_short": "allowed is a list with at least one item",
    "string_type": "allowed is text; put it in quotes",
    "path_type": "allowed is the path of a file",
}


def told(error: ValidationError, model: type[BaseModel], raw: object) -> list[tuple[KeyPath, str]]:
    """Give each of pydantic's errors as a path and a sentence; `raw` is what the model was made from."""
    details = error.errors(include_url=False, include_context=True, include_input=False)
    around = {_path(item)[:-1] for item in details}
    # A list is also too short for pydantic when its only items are wrong: those are what there is to repair.
    details = [item for item in details if not (item["type"] == "too_short" and _path(item) in around)]
    return [(_path(item), _sentence(item, model, raw)) for item in details]


def hidden_secrets(values: object, path: KeyPath = ()) -> Iterator[tuple[KeyPath, str]]:
    """Yield the keys whose name or value is a secret's: a configuration is shared, so they are refused."""
    if isinstance(values, Mapping):
        for key, value in values.items():
            if _SECRET_KEY.search(key) and path[-1:] not in {("targets",), ("labels",)}:
                yield (*path, key), _instead(key)
            else:
                yield from hidden_secrets(value, (*path, key))
    elif isinstance(values, list):
        for index, value in enumerate(values):
            yield from hidden_secrets(value, (*path, index))
    elif isinstance(values, str) and redact(values) != values:
        yield path, "holds a secret, and this file is no place for one; take it out"


def shown(value: object) -> str:
    """Give a value as the message shows it: its kind, and the value where it is short and no secret."""
    if value is None:
        return "nothing"
    kind = next((name for types, name in _KINDS if isinstance(value, types)), type(value).__name__)
    if isinstance(value, dict | list):
        return kind
    text = redact(json.dumps(value, ensure_ascii=True, default=str))
    text = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return text if isinstance(value, bool) else f"{text} ({kind})"


def _instead(key: str) -> str:
    variable = next((name for name in _SECRET_VARIABLES if name.endswith(key.upper())), None)
    advice = f"set {variable} or {variable}_FILE" if variable else f"of those there are {', '.join(_SECRET_VARIABLES)}"
    return f"a secret does not belong into this file; it comes from the environment: {advice}"


def _path(item: ErrorDetails) -> KeyPath:
    return tuple(item["loc"])


def _sentence(item: ErrorDetails, model: type[BaseModel], raw: object) -> str:
    path = _path(item)
    if item["type"] == "extra_forbidden":
        section = _model_at(model, path[:-1])
        # A target's name is the key above it.
        known = [field for field in section.model_fields if field != "name" or not issubclass(section, Target)]
        return f"unknown key{nearest(str(path[-1]), known)}; allowed: {', '.join(known)}"
    if item["type"] == "missing":
        return "is required and missing"
    if item["type"] == "value_error" and isinstance(_at(raw, path), dict):
        return _plain(item)
    return f"found {shown(_at(raw, path))}; {_plain(item)}"


def _plain(item: ErrorDetails) -> str:
    """Give what is allowed; where pydantic's own words are plain enough, those."""
    if item["type"] == "string_pattern_mismatch":
        return f"allowed is what matches {item['ctx']['pattern']}"
    words = _ALLOWED.get(item["type"]) or item["msg"].removeprefix("Value error, ")
    return words[:1].lower() + words[1:]


def _model_at(model: type[BaseModel], path: KeyPath) -> type[BaseModel]:
    """Give the model of the section that the path leads to; a list's is that of its items."""
    for part in path:
        if isinstance(part, int):
            continue
        annotation = model.model_fields[part].annotation
        inner = [item for item in (annotation, *get_args(annotation)) if _is_model(item)]
        model = inner[0]
    return model


def _is_model(item: Any) -> bool:
    return isinstance(item, type) and issubclass(item, BaseModel)


def _at(raw: Any, path: KeyPath) -> object:
    for part in path:
        try:
            raw = raw[part]
        except (KeyError, IndexError, TypeError):
            return None
    return raw
