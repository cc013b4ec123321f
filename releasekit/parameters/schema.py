"""The JSON Schema of a parameter file, so that editors complete and check it. Knows no file."""

from typing import Any

from releasekit.parameters.model import Parameters

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DEFAULTS = {
    "type": "string",
    "description": "A file with what many services share, relative to this one; what this file says itself wins.",
    "examples": ["../organisation.yaml"],
}


def schema() -> dict[str, Any]:
    """The schema (JSON Schema 2020-12) of a parameter file as people write it, ``defaults`` included.

    It knows the shape and the forms; `releasekit` itself also checks what a schema cannot say.
    """
    made = Parameters.model_json_schema(by_alias=True)
    definitions = made["$defs"]
    for definition in definitions.values():
        _allow_empty_sections(definition)
    application = definitions["Application"]
    # a defaults file may give everything but the name
    required, application["required"] = application["required"], ["name"]
    return {
        "$schema": DIALECT,
        "title": "releasekit parameters",
        "description": Parameters.__doc__,
        "type": "object",
        "additionalProperties": False,
        "properties": {"defaults": _DEFAULTS, **made["properties"]},
        "required": ["application"],
        "if": {"not": {"required": ["defaults"]}},
        "then": {"properties": {"application": {"required": required}}},
        "$defs": definitions,
    }


def _allow_empty_sections(definition: dict[str, Any]) -> None:
    """A section whose lines are all commented out is null, and means *not given*."""
    for name, part in definition.get("properties", {}).items():
        if part.get("type") in {"object", "array"}:
            part["type"] = [part["type"], "null"]
        elif "$ref" in part and name not in definition.get("required", []):
            reference = part.pop("$ref")
            part["anyOf"] = [{"$ref": reference}, {"type": "null"}]
