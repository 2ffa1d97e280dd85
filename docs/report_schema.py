"""Render docs/report.schema.json: the JSON schema of `sickbay.report/1`, from the types that are encoded."""

import json
from typing import Any

import msgspec

from sickbay.diagnostics.model import REPORT_SCHEMA, Report

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: Fields that hold a moment; msgspec's own schema calls them strings.
_MOMENTS = frozenset({"at", "started_at", "first_seen", "last_seen"})
_MOMENT = {"type": "string", "format": "date-time"}


def schema() -> dict[str, Any]:
    """Give the schema. Every field is always written, so that each is required; later versions may add others."""
    made = msgspec.json.schema(Report)
    for described in made["$defs"].values():
        fields = described.get("properties", {})
        for name, field in fields.items():
            field.pop("default", None)
            if name in _MOMENTS:
                fields[name] = {"anyOf": [_MOMENT, {"type": "null"}]} if "anyOf" in field else _MOMENT
        if fields:
            described["required"] = list(fields)
    made["$defs"]["Report"]["properties"]["schema"] = {"const": REPORT_SCHEMA}
    return {"$schema": _DIALECT, "title": REPORT_SCHEMA, **made}


def render() -> str:
    """Give the document."""
    return json.dumps(schema(), indent=2) + "\n"
