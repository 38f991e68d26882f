"""The certificate of a standard: what its tests say of one version, and what those who adopt it should know of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, TypeAlias

from vedligehold.plain import plain
from vedligehold.source import Words
from vedligehold.wording import joined

What: TypeAlias = Literal["requirement", "row", "exclusion", "notice", "deadline", "course", "parameter", "statement"]


@dataclass(frozen=True, slots=True)
class Municipality:
    """Whose standard it is; where the source does not say, `why` tells why there is no code."""

    name: str
    code: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class Layer:
    """The national layer under the standard."""

    title: Words
    file: str
    digest: str


@dataclass(frozen=True, slots=True)
class Origin:
    """The text that the standard was read from; `sha256` is that of the text."""

    title: Words
    publisher: str | None
    url: str | None
    approved_on: date | None
    completeness: Literal["standard", "leaflet"]
    sha256: str | None


@dataclass(frozen=True, slots=True)
class Statements:
    """How many statements the source has, and how many are accounted for in each way."""

    number: int
    ways: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Failed:
    """A case that is answered otherwise than it expects, where it stands, and what is otherwise."""

    name: str
    place: str
    words: Words


@dataclass(frozen=True, slots=True)
class Cases:
    """How many cases were run and passed, which failed, and how many nobody has confirmed."""

    run: int
    passed: int
    failed: tuple[Failed, ...]
    to_confirm: int


@dataclass(frozen=True, slots=True)
class Seen:
    """How much of the rules the cases have seen, and what they have not."""

    percent: float
    goals: int
    seen: int
    not_seen: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class Alike:
    """A change that changes nothing, and why."""

    words: Words
    why: Words


@dataclass(frozen=True, slots=True)
class Noticed:
    """How many wrong rules the cases notice, which they do not, and which say the same as the right one.

    What says the same is among the `mutants`, and is counted neither as noticed nor in `percent`.
    """

    percent: float
    mutants: int
    noticed: int
    survived: tuple[Words, ...]
    equivalent: tuple[Alike, ...]


@dataclass(frozen=True, slots=True)
class Interpretation:
    """How something vague was read: what it stands at, and the statements it rests on."""

    what: What
    id: str
    title: Words
    statements: tuple[str, ...]
    text: Words


@dataclass(frozen=True, slots=True)
class Discretion:
    """A requirement that a person decides, and that never refuses by itself; `why` where the pack says it."""

    id: str
    title: Words
    statements: tuple[str, ...]
    why: Words | None


@dataclass(frozen=True, slots=True)
class Placed:
    """Something said of one statement: the statement's id and place."""

    id: str
    at: str
    text: Words


@dataclass(frozen=True, slots=True)
class Silence:
    """Something on which the source is silent."""

    id: str
    text: Words


@dataclass(frozen=True, slots=True)
class Stale:
    """A date of the version that has passed, and how many days ago."""

    what: str
    day: date
    days: int
    words: Words


@dataclass(frozen=True, slots=True)
class Certificate:
    """What is known of one version of a standard on the day `on`."""

    on: date
    library: str
    pack: str
    title: Words
    legal_basis: Words
    municipality: Municipality
    valid_from: date
    valid_to: date | None
    review_by: date | None
    file: str
    digest: str
    nation: Layer
    source: Origin
    statements: Statements
    cases: Cases
    coverage: Seen
    mutation: Noticed
    interpretations: tuple[Interpretation, ...]
    discretionary: tuple[Discretion, ...]
    slips: tuple[Placed, ...]
    not_stated: tuple[Silence, ...]
    unverified: tuple[Placed, ...]
    stale: tuple[Stale, ...]

    @property
    def passes(self) -> bool:
        """Whether every case is answered as it expects, everything is seen, and every wrong rule is noticed."""
        return not (self.cases.failed or self.coverage.not_seen or self.mutation.survived)

    @property
    def verdict(self) -> Words:
        """Whether the standard passes, in one line; if it does not, what is lacking."""
        if self.passes:
            run, seen, noticed = map(grouped, (self.cases.run, self.coverage.seen, self.mutation.noticed))
            return Words(
                f"Standarden består: alle sager får det svar, de skal have ({run.da}), alle steder i reglerne er set "
                f"({seen.da}), og alle forkerte regler bliver opdaget ({noticed.da}).",
                f"The standard passes: every case gets the answer that it should ({run.en}), every place in the rules "
                f"has been seen ({seen.en}), and every wrong rule is noticed ({noticed.en}).",
            )
        return joined("Standarden består ikke: ", "The standard does not pass: ", self._lacks())

    def _lacks(self) -> Iterator[Words]:
        if number := len(self.cases.failed):
            yield counted(number, "sag|sager", "case|cases", "får et andet svar", "answered otherwise")
        if number := len(self.coverage.not_seen):
            yield counted(number, "sted|steder", "place|places", "i reglerne er ikke set", "in the rules not seen")
        if number := len(self.mutation.survived):
            yield counted(
                number, "forkert regel|forkerte regler", "wrong rule|wrong rules", "opdages ikke", "not noticed"
            )


def counted(number: int, da: str, en: str, then_da: str = "", then_en: str = "") -> Words:
    """*number* of something, `one|several`, and what comes after it.

    >>> counted(1, "sag|sager", "case|cases"), counted(5810, "dag|dage", "day|days", "siden", "ago").da
    (Words(da='1 sag', en='1 case'), '5.810 dage siden')
    """
    place = int(number != 1)
    said = grouped(number)
    danish, english = f"{said.da} {da.split('|')[place]} {then_da}", f"{said.en} {en.split('|')[place]} {then_en}"
    return Words(danish.rstrip(), english.rstrip())


def grouped(number: int) -> Words:
    """*number* with its thousands apart.

    >>> grouped(5810)
    Words(da='5.810', en='5,810')
    """
    return Words(f"{number:,}".replace(",", "."), f"{number:,}")


def as_data(made: Certificate) -> dict[str, Any]:
    """*made* as plain data of JSON's types; wording stands as `{da, en}`."""
    return {"passes": made.passes, "verdict": plain(made.verdict), **plain(made)}
