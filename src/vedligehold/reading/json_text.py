"""The JSON of a case as plain data: every key stands once, `NaN` is no number, and nothing is larger than a case is."""

import json
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

from vedligehold.errors import CaseError, Problem, printable, quoted

LARGEST_CASE = 1_000_000


def json_file(path: Path) -> Any:
    """What the JSON file at *path* says.

    Raises:
        CaseError: it cannot be read, is larger than a case can be, or is not JSON as a case may use it.
    """
    shown = printable(str(path))
    try:
        with path.open("rb") as file:
            raw = file.read(LARGEST_CASE + 1)
    except OSError as error:
        problem = Problem(shown, "unreadable", f"the case cannot be read: {(error.strerror or 'error').lower()}")
    except ValueError:
        problem = Problem("", "unreadable", f"{quoted(str(path))} is no path of a file")
    else:
        return json_text(raw, shown)
    raise CaseError([problem])


def json_text(text: str | bytes | bytearray, place: str = "") -> Any:
    """What JSON text says; *place* is where it comes from.

    Raises:
        CaseError: it is larger than a case can be, or is not JSON as a case may use it.
    """
    if not isinstance(text, str | bytes | bytearray):
        raise CaseError([Problem(place, "wrong-type", f"text is wanted, not {quoted(text)}")])
    if len(text) > LARGEST_CASE:
        raise CaseError([Problem(place, "too-large", f"a case has at most {LARGEST_CASE:,} bytes")])
    try:
        text = text if isinstance(text, str) else bytes(text).decode("utf-8-sig")
        return json.loads(text, object_pairs_hook=once, parse_constant=no_constant)
    except UnicodeDecodeError as error:
        problem = Problem(place, "encoding", f"byte {error.start + 1} is not UTF-8", "save it as UTF-8")
    except json.JSONDecodeError as error:
        where = f"{place}:{error.lineno}:{error.colno}".lstrip(":")
        problem = Problem(where, "not-json", f"the case is not JSON: {error.msg.lower()}")
    except RecursionError:
        problem = Problem(place, "too-deep", "the case is nested too deeply")
    except ValueError as error:
        said = str(error) if isinstance(error, NotAllowed) else "a number has too many digits"
        problem = Problem(place, "not-json", said)
    raise CaseError([problem])


class NotAllowed(ValueError):
    """JSON that Python reads and a case does not allow."""


def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON, in which every key stands once.

    Raises:
        NotAllowed: one stands twice.
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(name for name, _ in pairs).most_common(1)[0]
        raise NotAllowed(f"the key {quoted(twice)} stands twice")
    return found


def no_constant(name: str) -> NoReturn:
    """Refuse `NaN` and its like.

    Raises:
        NotAllowed: always.
    """
    raise NotAllowed(f"`{name}` is no number that JSON has")
