"""What is wrong with a row, in stages: where an earlier stage finds something, the later ones are not asked."""

from dataclasses import dataclass, field
from enum import IntEnum

from vedligehold.meaning.flag import Flag, some
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
        """What each stage finds, each once: flag and `field:code`."""
        found = []
        for entries in self.by_stage.values():
            here: dict[str, list[Flag]] = {}
            for name, code, flag in entries:
                here.setdefault(f"{name}:{code}", []).append(flag)
            found.append([(sheet.flag(some(flags)), said) for said, flags in here.items()])
        return [stage for stage in found if stage]
