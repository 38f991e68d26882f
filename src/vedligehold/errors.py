"""Every error that the library raises on purpose, drawn once.

    VedligeholdError
    ├── PackError    a rule pack cannot be used: the problems of the file at once
    ├── CaseError    a case cannot be decided: the problems of the case at once
    ├── NotInForce   no version of a pack is in force on the day asked for
    └── EnginesDisagree   two engines do not say the same of a case

None of them is a `ValueError`: pydantic would swallow it into a `ValidationError`, which repeats the whole input.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import TypeAlias

LONGEST_QUOTE = 60
_LONGEST_CPR = 20  # with what may stand in it, and to spare: a number is never cut in two and missed
LONGEST_LINE = 1_000
LONGEST_PLACE = 4_200
MOST_COMPARED = 200
"""Of more words than any pack declares, only some of about the same length are compared: all would take minutes."""
MOST_PROBLEMS = 50
"""As many as an error holds; of the others it knows how many there are."""

Hint: TypeAlias = str | Callable[[], str | None] | None
"""A hint, or what works it out when the problem is told: a refusal would spend nearly all its time on hints."""

UNSEEN = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u206f\ufeff]")
"""A control character (but tab and line end), or one that turns the text around it: what one sees is not what stands.

Joiners, variation selectors and whatever else a script or an emoji needs are none.
"""
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
    text = masked(text)
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)


def unseen(char: str) -> str:
    """What is said of a character that `UNSEEN` found.

    >>> unseen(chr(0x202E))
    '`U+202E` changes the direction of the text'
    """
    from unicodedata import category

    what = {"Cc": "is a control character", "Cf": "changes the direction of the text"}
    said = "is a byte-order mark" if char == "\ufeff" else what.get(category(char), "ends a line and is not seen")
    return f"`U+{ord(char):04X}` {said}"


def quoted(value: object) -> str:
    """*value* in backticks for a message: CPR numbers masked, control characters escaped, long text cut.

    The inside of a collection is not repeated, and what is said instead stands without backticks.

    >>> quoted("020348-1234"), quoted(["020348-1234"])
    ('`######-####`', 'a list')
    """
    said = _unquoted(value)
    if said is not None:
        return said
    text = printable((value if isinstance(value, str) else _spelled(value))[: LONGEST_QUOTE + _LONGEST_CPR])
    if len(text) > LONGEST_QUOTE:
        text = text[: LONGEST_QUOTE - 1] + "…"
    return f"`{text}`"


def _unquoted(value: object) -> str | None:
    """What is said of a value that is not repeated."""
    match value:
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case set() | frozenset():
            return "a set"
        case int() | float() if abs(value) >= 10**8:  # nine digits are a CPR number without its leading zero
            return "a very long number"
        case Decimal() if value.is_finite() and value.copy_abs() >= 10**8:
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

    word, words = word[:LONGEST_QUOTE], list(known)
    if len(words) > MOST_COMPARED:
        words = [each for each in words if abs(len(each) - len(word)) <= 2][:MOST_COMPARED]
    close = get_close_matches(word, words, n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else None


def near(word: object, known: Iterable[str], otherwise: Hint = None) -> Hint:
    """The hint that `nearest` gives, worked out when it is told; where no word is near, what is said *otherwise*."""
    return partial(_nearest_or, word, known, otherwise)


def _nearest_or(word: object, known: Iterable[str], otherwise: Hint) -> str | None:
    return nearest(word, known) or told(otherwise)


def told(hint: Hint) -> str | None:
    """The text of a hint."""
    return hint() if callable(hint) else hint


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong: where, a code that never changes, what, and the nearest right thing.

    `place` is `file:line:column` for a pack and the path of the field for a case (`referral.referred_by`).
    Whatever is said is one line, and there is no CPR number in it.
    """

    place: str
    code: str
    message: str
    hint: str | None = None
    excerpt: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("place", "message", "hint"):
            said = getattr(self, name)
            if said and (looks_like_cpr(said) or not said.isprintable()):
                object.__setattr__(self, name, printable(said))
            longest = LONGEST_PLACE if name == "place" else LONGEST_LINE
            if said and len(said) > longest:
                object.__setattr__(self, name, f"{printable(said[: 2 * longest])[: longest - 1]}…")

    def __str__(self) -> str:
        head = f"{self.place}: {self.code}: {self.message}" if self.place else f"{self.code}: {self.message}"
        hint = (f"  {self.hint}",) if self.hint else ()
        return "\n".join((head, *self.excerpt, *hint))


class VedligeholdError(Exception):
    """What every error of this library is.

    `problems` are the first 50 things that are wrong, one `Problem` each; `more` is how many others there are.
    """

    def __init__(self, problems: Iterable[Problem], more: int = 0) -> None:
        found = iter(problems)
        self.problems: tuple[Problem, ...] = tuple(islice(found, MOST_PROBLEMS))
        self.more = more + sum(1 for _ in found)
        super().__init__(self.problems, self.more)

    def __str__(self) -> str:
        lines = [str(problem) for problem in self.problems]
        if self.more:
            lines.append(f"and {self.more} more")
        return "\n".join(lines)


class PackError(VedligeholdError):
    """A rule pack, the national layer or a file of cases cannot be used."""


class CaseError(VedligeholdError):
    """A case is wrong, or says something that the pack does not know. Never repeats a CPR number."""


class NotInForce(VedligeholdError):
    """No version of the pack is in force on the day."""


class EnginesDisagree(VedligeholdError):
    """Two engines do not say the same of a case: nothing is decided."""
