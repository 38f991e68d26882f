"""The date of birth in a column of CPR numbers. The numbers go nowhere else."""

from vedligehold.meaning.flag import NEVER, Column, Flag, sure
from vedligehold.table.raw import Raw, is_day
from vedligehold.table.sheet import Sheet, flag_expr


def birth_dates(sheet: Sheet, raw: Raw) -> tuple[Column | None, Flag]:
    """The dates of birth, as `case_values.birth_date_of` reads them, and where there is no CPR number."""
    import narwhals as nw

    if raw.kind != "text":
        return None, raw.there
    given = raw.column.expr
    shape = sheet.flag(sure(given.str.contains(r"^[0-9]{6}-?[0-9]{4}\z"), 0))
    text = sheet.put(nw.when(flag_expr(shape)).then(given.str.replace_all("-", "", literal=True)), shape.step)

    def part(first: int, length: int) -> Column:
        return sheet.put(text.expr.str.slice(first, length).cast(nw.Int32), text.step)

    day, month, short, seventh = part(0, 2), part(2, 2), part(4, 2), part(6, 1)
    nine = (seventh.expr == 4) | (seventh.expr == 9)
    century = (
        nw.when(seventh.expr <= 3)
        .then(nw.lit(1900))
        .when(nine & (short.expr <= 36))
        .then(nw.lit(2000))
        .when(nine)
        .then(nw.lit(1900))
        .when(short.expr <= 57)
        .then(nw.lit(2000))
        .otherwise(nw.lit(1800))
    )
    year = sheet.put(short.expr + century, short.step)
    real = sheet.flag(is_day(year, month, day))
    spelled = nw.concat_str(
        [year.expr.cast(nw.String), text.expr.str.slice(2, 2), text.expr.str.slice(0, 2)], separator="-"
    )
    found = sheet.put(nw.when(flag_expr(real)).then(spelled).str.to_date(format="%Y-%m-%d"), real.step)
    return found, NEVER | (raw.there & ~real)
