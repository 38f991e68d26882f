"""What is wrong with a row, in stages: where an earlier stage finds something, the later ones are not asked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import IntEnum

from vedligehold.meaning.flag import NEVER, Flag, some
from vedligehold.table.sheet import Sheet


class Stage(IntEnum):
    """When it is looked for; the reference says what belongs where: `table.row`."""

    ITEMS = 0
    VALUES = 1
    TOGETHER = 2
    DAY = 3
    PACK = 4
    COUNT = 5


@dataclass(slots=True)
class Found:
    """Everything that may be wrong with a row, in order."""

    by_stage: dict[Stage, list[tuple[str, str, Flag]]] = field(default_factory=lambda: {stage: [] for stage in Stage})

    def add(self, stage: Stage, field_name: str, code: str, flag: Flag) -> None:
        """That *flag* says of a row that *field_name* is wrong."""
        if flag.expr is not False:
            self.by_stage[stage].append((field_name, code, flag))

    def some(self, stage: Stage) -> Flag:
        """That anything of *stage* is wrong."""
        return some(flag for _, _, flag in self.by_stage[stage])

    def first(self, sheet: Sheet) -> Iterator[tuple[Flag, str]]:
        """Of each row what the first stage that finds something finds, each once: flag and `field:code`."""
        before = NEVER
        for stage in Stage:
            here: dict[str, list[Flag]] = {}
            for name, code, flag in self.by_stage[stage]:
                here.setdefault(f"{name}:{code}", []).append(flag)
            flags = [(sheet.flag(some(each)), said) for said, each in here.items()]
            for flag, said in flags:
                yield flag & ~before, said
            before = sheet.flag(before | some(flag for flag, _ in flags))


def invalid(flags: Iterable[tuple[Flag, str]]) -> Flag:
    """That a row is no case."""
    return some(flag for flag, _ in flags)
