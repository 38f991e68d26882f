"""The JSON Schemas that are handed out, by name."""

from collections.abc import Callable, Mapping
from typing import Any

from vedligehold.case import Case
from vedligehold.decision import Decision
from vedligehold.output import DIALECT, ReceiptJson, schema_of


def case_schema() -> dict[str, Any]:
    """The JSON Schema of a case."""
    return {"$schema": DIALECT, **Case.model_json_schema()}


def decision_schema() -> dict[str, Any]:
    """The JSON Schema of a decision."""
    return Decision.model_json_schema()


def receipt_schema() -> dict[str, Any]:
    """The JSON Schema of a receipt."""
    return schema_of(ReceiptJson)


def pack_schema() -> dict[str, Any]:
    """The JSON Schema of a pack."""
    from vedligehold.reading.pack_schema import pack_schema as made

    return made()


SCHEMAS: Mapping[str, Callable[[], dict[str, Any]]] = {
    "case": case_schema,
    "decision": decision_schema,
    "receipt": receipt_schema,
    "pack": pack_schema,
}
