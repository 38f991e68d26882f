"""The JSON Schema of a pack, for editors: made from the models of the format, and what a condition can be."""

from typing import Any

from vedligehold.reading.format import PackFile
from vedligehold.reading.values import CONDITION, LATER, STRING

_OPERAND = {"anyOf": [STRING, {"type": ["number", "boolean"]}, {"type": "object", "required": ["fact"]}]}
_SEVERAL = {"anyOf": [STRING, {"type": "array", "minItems": 1}, {"type": "object", "required": ["fact"]}]}
_TEST = {
    "anyOf": [
        {"const": "empty"},
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "additionalProperties": False,
            "properties": {
                **dict.fromkeys(("is", "at_least", "at_most"), _OPERAND),
                **dict.fromkeys(("one_of", "any_of", "all_of", "only"), _SEVERAL),
            },
        },
    ]
}
_PARTS = {"type": "array", "minItems": 1, "items": {"$ref": CONDITION}}
_CONDITION_SCHEMA = {
    "title": "Condition",
    "description": "A bool fact's name, `{not: ...}`, `{all: [...]}`, `{any: [...]}` or `{fact: {operator: value}}`.",
    "anyOf": [
        STRING,
        {
            "type": "object",
            "minProperties": 1,
            "maxProperties": 1,
            "properties": {"all": _PARTS, "any": _PARTS, "not": {"$ref": CONDITION}},
            "additionalProperties": _TEST,
        },
    ],
}


def pack_schema() -> dict[str, Any]:
    """The JSON Schema of a pack."""
    schema = PackFile.model_json_schema(by_alias=True)
    schema["$defs"]["Condition"] = _CONDITION_SCHEMA
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **_resolved(schema)}


def _resolved(schema: Any) -> Any:
    match schema:
        case dict():
            return {"$ref" if key == LATER else key: _resolved(value) for key, value in schema.items()}
        case list():
            return [_resolved(value) for value in schema]
        case _:
            return schema
