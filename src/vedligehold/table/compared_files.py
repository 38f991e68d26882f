"""A file of cases decided under two packs: the rows that change are written, or counted alone, a part at a time."""

from datetime import date
from pathlib import Path

import polars as pl

from vedligehold.pack import Pack
from vedligehold.table.changing import BY
from vedligehold.table.compared import Group, all_groups, lazily, outcomes
from vedligehold.table.files import Job, Made, opened
from vedligehold.table.on_polars import run
from vedligehold.table.source import Watch


class ChangeJob(Job[list[Group]]):
    """The file *source* decided under *before* and under *after*; the rows that change go into *out*, if there is one.

    What it comes to are the groups that a summary is made of.
    """

    def __init__(self, before: Pack, after: Pack, source: Path, out: Path | None, on: date | str) -> None:
        super().__init__([before, after], source, out, on)

    def run(self) -> list[Group]:
        """Compare the two decisions of every row, and say how many rows change, and how."""
        source, made = self._opened()
        return self._done(source, self.found.count) if self.out is None else self._into(self.out, source, made)

    def _made(self, lazy: pl.LazyFrame, spelled: frozenset[str]) -> Made:
        before, after = self.packs
        self.found = lazily(before, after, lazy, self.on, run, spelled=spelled)
        return Made(self.found.changed, self.found.results, self.found.notes)

    def _comes_to(self) -> list[Group]:
        """The groups of the rows that were written; all others that were read do not change."""
        assert self.out is not None
        assert self.part is not None
        self.counting = True
        written = opened(self.part, self.out.suffix)
        names = [name for name in self.found.results if name.startswith(("outcome", "partial"))]
        columns = [_yes(name) if name.startswith("partial") else pl.col(name) for name in names]
        by = pl.col(BY) if written.spelled else pl.col(BY).list.join("|")
        groups = []
        for some in written.batches(Watch(), [*names, BY]):
            self.watch.go_on()
            counted = some.group_by(*columns, by).len()
            groups += [
                Group(*outcomes(row), tuple(row[BY].split("|") if row[BY] else ()), changed=True, rows=row["len"])
                for row in counted.rows(named=True)
            ]
        return all_groups(groups, self.watch.rows)


def _yes(name: str) -> pl.Expr:
    """Whether a column says yes, also where it is text."""
    return (pl.col(name).cast(pl.String) == "true").fill_null(value=False)
