"""The JSON schema of `sickbay.yaml`, for editors that complete and check it while it is written."""

from typing import Any

from sickbay.diagnostics import catalogue
from sickbay.diagnostics.targets import RESERVED_NAMES
from sickbay.settings.model import FileSettings

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def json_schema() -> dict[str, Any]:
    """Give the schema: the file's own keys, and for each target those of its platform."""
    schema = FileSettings.model_json_schema()
    kinds = []
    for platform in filter(lambda known: known.configurable, catalogue.load_platforms().values()):
        target = platform.target.model_json_schema()
        schema["$defs"] |= target.pop("$defs", {})
        del target["properties"]["name"]
        target["required"] = ["platform", *(field for field in target["required"] if field != "name")]
        schema["$defs"][platform.target.__name__] = target
        kinds.append({"$ref": f"#/$defs/{platform.target.__name__}"})
    schema["properties"]["targets"] = {
        "description": FileSettings.model_fields["targets"].description,
        "type": "object",
        "propertyNames": {"not": {"enum": sorted(RESERVED_NAMES)}},
        "additionalProperties": {"oneOf": kinds},
    }
    return {"$schema": DIALECT, "title": "Sickbay", **schema}
