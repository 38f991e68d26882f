"""What a decided table comes to: outcomes, reasons, what is missing, what is wrong, and how the deadlines stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from vedligehold.plain import plain
from vedligehold.settle import Outcome
from vedligehold.source import Words
from vedligehold.table.columns import INVALID
from vedligehold.table.counts import MORE, Count, DeadlineCounts, Part, Row, Told, is_told, number, small, told_outcomes
from vedligehold.wording import OUTCOMES, long_date

ROWS = Words("rækker", "rows")
_DEADLINE_HEADS = (
    Words("har en dato", "have a date"),
    Words("venter", "wait"),
    Words("overholdt", "met"),
    Words("overskredet", "past"),
    Words("heraf for sent", "of these late"),
)
HIDDEN = Words(
    "Grupper på 1-4 rækker vises ikke. 5+: flere, som ikke vises, for ellers kunne en lille gruppe regnes ud.",
    "Groups of 1 to 4 rows are not shown. 5+: more, not shown, for else a small group could be worked out.",
)
"""What is said where something is not told."""
_OUTCOMES = {**OUTCOMES, INVALID: Words("ER INGEN SAG", "IS NO CASE")}


@dataclass(frozen=True, slots=True)
class Summary:
    """What a decided table comes to, each count the most frequent first.

    `because` is by outcome. What a row says several times it says once; a row may have several reasons. `suppressed`:
    groups of 1 to 4 rows stand as None, and as `5+` what is left out so that nobody works them out.
    """

    pack: str
    on: date | None
    rows: Count
    outcomes: Told
    partial: Count
    because: Mapping[str, Told]
    missing: Told
    excluded: Told
    problems: Told
    warnings: Told
    deadlines: Mapping[str, DeadlineCounts]
    suppressed: bool
    labels: Mapping[str, Words]
    """What requirements, facts and items are called."""

    def model_dump(self) -> dict[str, Any]:
        """The summary as plain data: dates as ISO text, wording as `{da, en}`, None in place of what is not told."""
        found: dict[str, Any] = _without_more(plain(self))
        return found

    def without_small(self) -> "Summary":
        """The same, for others to read: groups of 1 to 4 rows are not told.

        Nor can one be worked out of outcomes and their sum, or of what is told of one deadline. Of an outcome that is
        not told nothing is told that its rows have in common: a single reason, and it would be as many.
        """
        if self.suppressed:
            return self
        rows, outcomes, partial = told_outcomes(self.outcomes, self.partial, str(Outcome.GRANTED))
        asks, invalid = outcomes.get(Outcome.NEEDS_INFORMATION, 0), outcomes.get(INVALID, 0)
        return replace(
            self,
            rows=rows,
            outcomes=outcomes,
            partial=partial,
            because={outcome: _few(counts, outcomes[outcome]) for outcome, counts in self.because.items()},
            missing=_few(self.missing, asks),
            excluded=_few(self.excluded, partial),
            problems=_few(self.problems, invalid),
            warnings=_few(self.warnings, rows),
            deadlines={
                name: counts.without_small(cases=is_told(rows) and is_told(invalid))
                for name, counts in self.deadlines.items()
            },
            suppressed=True,
        )

    def __str__(self) -> str:
        return self.said("da")

    def _repr_pretty_(self, printer: Any, _: bool) -> None:
        printer.text(str(self))

    def said(self, lang: str = "da") -> str:
        """The summary as lines of text, in Danish (`da`) or English (`en`)."""
        lines = [f"{number(self.rows, lang)} {ROWS.said(lang)}"]
        for part in self.parts():
            lines += ["", part.title.said(lang), *(f"  {line}" for line in part.lines(lang))]
            lines += [] if part.note is None else [f"  {part.note.said(lang)}"]
        lines += ["", HIDDEN.said(lang)] if self.suppressed else []
        return "\n".join(lines)

    def parts(self) -> Iterator[Part]:
        """The summary as a reader wants it: headings, and under each the counts with their words."""
        outcomes: list[Row] = []
        for name, count in self.outcomes.items():
            outcomes.append(((count,), _OUTCOMES[name], ""))
            if name == Outcome.GRANTED and self.partial:
                outcomes.append(((self.partial,), Words("heraf delvist", "of these in part"), ""))
        if outcomes:
            yield Part(Words("Udfald", "Outcomes"), tuple(outcomes))
        for outcome, counts in self.because.items():
            said = _OUTCOMES[outcome]
            yield Part(Words(f"Krav bag {said.da}", f"Requirements behind {said.en}"), self._rows(counts))
        lists = (
            (Words("Oplysninger, der mangler", "Facts that are missing"), self.missing),
            (Words("Søgt, men ikke med i bevillingen", "Asked for, and not part of the grant"), self.excluded),
            (Words("Fejl i rækkerne", "What is wrong with rows"), self.problems),
            (Words("Bemærk", "Note"), self.warnings),
        )
        for title, counts in lists:
            if counts:
                yield Part(title, self._rows(counts))
        if self.deadlines:
            rows = tuple(each.row(name) for name, each in self.deadlines.items())
            yield Part(Words("Frister", "Deadlines"), rows, _DEADLINE_HEADS, self._note())

    def _note(self) -> Words:
        """What is counted of the deadlines."""
        day = Words("afgørelsesdagen", "the day of the decision") if self.on is None else long_date(self.on)
        return Words(
            f"Overskredet: sidste dag ligger før {day.da}, og det, der opfylder fristen, skete ikke senest den dag. "
            "Heraf for sent: det skete senere. –: ingen kolonne siger, om det skete.",
            f"Past: the last day lies before {day.en}, and what fulfils the deadline did not happen by it. "
            "Of these late: it happened later. –: no column says whether it happened.",
        )

    def _rows(self, counts: Told) -> tuple[Row, ...]:
        return tuple(((count,), self.labels.get(name, Words(name, name)), name) for name, count in counts.items())


def _few(counts: Told, among: Count) -> Told:
    """The counts that are told of some rows; where it is not told how many those are, these are not either."""
    few = {name: small(count) for name, count in counts.items()}
    return few if is_told(among) else {name: count if count is None else MORE for name, count in few.items()}


def _without_more(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _without_more(each) for key, each in data.items()}
    return None if data == MORE else data
