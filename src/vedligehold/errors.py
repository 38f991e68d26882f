"""Every error that the library raises on purpose, drawn once.

    VedligeholdError
    ├── PackError    a rule pack cannot be used: every problem of the file at once
    ├── CaseError    a case cannot be decided: every problem of the case at once
    └── NotInForce   no version of a pack is in force on the day asked for

None of them is a `ValueError`: pydantic would swallow it into a `ValidationError`, which repeats the whole input.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

LONGEST_QUOTE = 60
MOST_PROBLEMS = 50
# the date may be parted as a date is; nine digits by themselves have lost a zero in a spreadsheet
_CPR_SHAPE = r"\d\d[. ]?\d\d[. ]?\d\d[-\s/._\u00ad\u200b\u2010-\u2015\u2212]{0,3}\d{4}|(?<!\d)\d{9}(?!\d)"


def looks_like_cpr(text: str) -> bool:
    """Whether *text* holds something of the shape of a CPR number."""
    return re.search(_CPR_SHAPE, text) is not None


def masked(text: str) -> str:
    """*text*, as long as before, with the digits of whatever has the shape of a CPR number made unreadable."""
    return re.sub(_CPR_SHAPE, lambda found: re.sub(r"\d", "#", found[0]), text)


def printable(text: str) -> str:
    """*text* on one line for a message: CPR numbers masked, control characters escaped."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in masked(text))


def quoted(value: object) -> str:
    """*value* in backticks for a message: CPR numbers masked, control characters escaped, long text cut.

    The inside of a collection is not repeated, and what is said instead stands without backticks.

    >>> quoted("020348-1234"), quoted(["020348-1234"])
    ('`######-####`', 'a list')
    """
    said = _unquoted(value)
    if said is not None:
        return said
    text = printable((value if isinstance(value, str) else _spelled(value))[: 10 * LONGEST_QUOTE])
    if len(text) > LONGEST_QUOTE:
        text = text[: LONGEST_QUOTE - 1] + "…"
    return f"`{text}`"


def _unquoted(value: object) -> str | None:
    """What is said of a value that is not repeated."""
    match value:
        case dict():
            return "a mapping"
        case list() | tuple() | set() | frozenset():
            return "a list"
        case int() | float() if abs(value) >= 10**8:  # nine digits are a CPR number without its leading zero
            return "a very long number"
        case Decimal() if value.is_finite() and abs(value) >= 10**8:
            return "a very long number"
        case None | str() | int() | float() | Decimal():
            return None
        case _:
            return None if hasattr(value, "isoformat") else f"a {type(value).__name__}"


def _spelled(value: object) -> str:
    """A single value as JSON and YAML spell it."""
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case _:
            return str(value.isoformat()) if hasattr(value, "isoformat") else str(value)


def nearest(word: object, known: Iterable[str]) -> str | None:
    """The hint that names the *known* word nearest to *word*, if one is near.

    >>> nearest("recieves_free_physiotherapy", ["receives_free_physiotherapy", "requested"])
    'did you mean `receives_free_physiotherapy`?'
    """
    if not isinstance(word, str):
        return None
    from difflib import get_close_matches

    close = get_close_matches(word[:LONGEST_QUOTE], list(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else None


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, a code that never changes, what, and the nearest right thing.

    `place` is `file:line:column` for a pack and the path of the field for a case (`referral.referred_by`).
    Whatever is said, there is no CPR number in it.
    """

    place: str
    code: str
    message: str
    hint: str | None = None
    excerpt: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("place", "message", "hint"):
            said = getattr(self, name)
            if said and looks_like_cpr(said):
                object.__setattr__(self, name, masked(said))

    def __str__(self) -> str:
        head = f"{self.place}: {self.code}: {self.message}" if self.place else f"{self.code}: {self.message}"
        hint = (f"  {self.hint}",) if self.hint else ()
        return "\n".join((head, *self.excerpt, *hint))


class VedligeholdError(Exception):
    """What every error of this library is; `problems` lists what is wrong, one `Problem` each."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems[:MOST_PROBLEMS]]
        if len(self.problems) > MOST_PROBLEMS:
            lines.append(f"and {len(self.problems) - MOST_PROBLEMS} more")
        return "\n".join(lines)


class PackError(VedligeholdError):
    """A rule pack, the national layer or a file of cases cannot be used."""


class CaseError(VedligeholdError):
    """A case is wrong, or says something that the pack does not know. Never repeats a CPR number."""


class NotInForce(VedligeholdError):
    """No version of the pack is in force on the day."""
