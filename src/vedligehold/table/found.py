"""What is wrong with a row, in stages: where an earlier stage finds something, the later ones are not asked."""

from dataclasses import dataclass, field
from enum import IntEnum
from itertools import groupby

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

    def stages(self, sheet: Sheet) -> list[list[tuple[Flag, str]]]:
        """What each stage finds, in order: flag and `field:code`. In a row it is said once, where it is first found."""
        found = []
        for entries in self.by_stage.values():
            stage: list[tuple[Flag, str]] = []
            before: dict[str, Flag] = {}
            for said, those in groupby(entries, lambda entry: f"{entry[0]}:{entry[1]}"):
                flag = some(flag for _, _, flag in those)
                stage.append((sheet.flag(flag & ~before.get(said, NEVER)), said))
                before[said] = before.get(said, NEVER) | flag
            found.append(stage)
        return [stage for stage in found if stage]
