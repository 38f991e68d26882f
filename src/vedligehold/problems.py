"""What pydantic found wrong, as the library's own problems: a code, a clear message, the nearest right thing.

The input itself is never repeated, only the one value that is wrong, with CPR numbers masked.
"""

import re
from collections.abc import Iterator
from functools import partial
from typing import Any, TypeAlias, get_args, get_origin

from pydantic import BaseModel, ValidationError

from vedligehold.errors import MOST_PROBLEMS, Hint, near, nearest, quoted

MOST_KEYS = 13
"""As many as a hint names."""

Location: TypeAlias = tuple[str | int, ...]
Found: TypeAlias = tuple[Location, str, str, Hint]
"""Where, code, message, hint."""

_WANTED = {
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "string_type": "text",
    "int_type": "a whole number",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
    "date_type": "a date as `YYYY-MM-DD`",
    "string_unicode": "text of whole characters",
    "none_required": "nothing",
}


def found_in(error: ValidationError, model: type[BaseModel]) -> Iterator[Found]:
    """Every problem of a validation of *model*, in the order of the input."""
    return (_found(each, model) for each in _errors(error))


def first_in(error: ValidationError, model: type[BaseModel]) -> tuple[list[Found], int]:
    """The problems of a validation of *model* that an error holds, and how many others there are."""
    errors = _errors(error)
    first = [_found(each, model) for each in errors[:MOST_PROBLEMS]]
    return first, len(errors) - len(first)


def _errors(error: ValidationError) -> list[Any]:
    # pydantic counts the good entries of a list alone; what is wrong with the others is told by itself
    errors = error.errors(include_url=False, include_context=True)
    return [each for each in errors if each["type"] != "too_short" or not each["input"]]


def _found(each: Any, model: type[BaseModel]) -> Found:
    location: Location = tuple(part for part in each["loc"] if part != "[key]")
    if each["type"] == "invalid_key":  # the key itself is not repeated: it may be a CPR number
        return (location[:-1], "wrong-type", "every key is text", None)
    return (location, *_said(each, model, location))


def _said(each: Any, model: type[BaseModel], location: Location) -> tuple[str, str, Hint]:
    kind = each["type"]
    value = each["input"]
    last = location[-1] if location else ""
    context = each.get("ctx", {})
    if kind == "missing":
        code = {"da": "missing-wording", "en": "missing-wording", "cite": "missing-citation"}.get(str(last))
        return code or "missing-key", f"`{last}` is missing", None
    if kind == "extra_forbidden":
        return "unknown-key", f"{quoted(last)} is no key here", partial(_key_hint, model, location, value)
    if kind in ("literal_error", "enum"):
        known = re.findall("'([^']+)'", context["expected"])
        hint = near(value, known, "one of " + ", ".join(f"`{choice}`" for choice in known))
        if each["loc"][-1:] == ("[key]",):
            return "unknown-key", f"{quoted(value)} is no key here", hint
        return "unknown-value", f"{_named(location)} cannot be {quoted(value)}", hint
    if kind in _WANTED:
        said = f"the text {quoted(value)}" if isinstance(value, str) and kind != "string_unicode" else quoted(value)
        if not location:
            return "wrong-type", f"{_WANTED[kind]} is wanted, not {'nothing' if value is None else said}", None
        shape = "write `{da: ..., en: ...}`" if context.get("class_name") == "WordsEntry" else None
        return "wrong-type", f"{_named(location)} must be {_WANTED[kind]}, not {said}", shape
    if kind == "string_too_short":
        code = "missing-wording" if last in ("da", "en") else "empty-text"
        return code, f"{_named(location)} is empty", None
    if kind == "too_short":
        return "empty-list", f"{_named(location)} is empty", "name at least one, or leave the key out"
    return kind.replace("_", "-"), each["msg"], context.get("hint")


def _key_hint(model: type[BaseModel], location: Location, value: Any) -> str | None:
    keys = _keys(model, location[:-1])
    return nearest(location[-1], keys) or (
        "quote the text: inside `{ }` a comma ends it" if value is None else _all_of(keys)
    )


def _all_of(keys: list[str]) -> str | None:
    few = 0 < len(keys) <= MOST_KEYS
    return "one of " + ", ".join(f"`{key}`" for key in keys) if few else None


def _named(location: Location) -> str:
    last = next((part for part in reversed(location) if isinstance(part, str)), "")
    return quoted(last) if location[-1] == last else f"an entry of {quoted(last)}"


def _keys(model: type[BaseModel], location: Location) -> list[str]:
    """The keys that the model at *location* knows."""
    here: Any = model
    for part in location:
        here = _model_in(here.model_fields[part].annotation) if _has(here, part) else here
        if here is None:
            return []
    fields = here.model_fields if isinstance(here, type) and issubclass(here, BaseModel) else {}
    return [*(info.alias or name for name, info in fields.items()), *getattr(here, "also_keys", ())]


def _has(model: Any, part: str | int) -> bool:
    return isinstance(part, str) and part in getattr(model, "model_fields", {})


def _model_in(annotation: Any) -> Any:
    """The model inside an annotation: itself, or the last one among its arguments."""
    if isinstance(annotation, type) and get_origin(annotation) is None:
        return annotation if issubclass(annotation, BaseModel) else None
    return next((model for part in reversed(get_args(annotation)) if (model := _model_in(part)) is not None), None)
