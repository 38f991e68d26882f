"""One column of a table, as it stands there: what kind of values it holds, and whether a value can be what is wanted.

Nothing is converted but a day at midnight to the day, and a text that is spelled as a day.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

from vedligehold.meaning.flag import NEVER, Column, Flag, sure
from vedligehold.table.sheet import Sheet, flag_expr, named

if TYPE_CHECKING:
    import narwhals as nw

Kind: TypeAlias = Literal["bool", "int", "float", "decimal", "text", "date", "datetime", "list", "none", "other"]

# what `errors.looks_like_cpr` looks for, without what not every engine knows
_BLANK = r"[\s\p{Z}\x{1c}-\x{1f}\x{85}/._\x{ad}\x{200b}\x{2010}-\x{2015}\x{2212}-]"
CPR_SHAPE = (
    r"\p{Nd}\p{Nd}[. ]?\p{Nd}\p{Nd}[. ]?\p{Nd}\p{Nd}" + _BLANK + r"{0,3}\p{Nd}\p{Nd}\p{Nd}\p{Nd}"
    r"|(^|\P{Nd})\p{Nd}{9}(\P{Nd}|$)"
)
# what `errors.UNSEEN` looks for
UNSEEN = (
    r"[\x{0}-\x{8}\x{b}\x{c}\x{e}-\x{1f}\x{7f}-\x{9f}\x{61c}\x{200e}\x{200f}\x{2028}-\x{202e}\x{2066}-\x{206f}\x{feff}]"
)
_DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}\z"
_NUMBER = r"^-?(0|[1-9][0-9]{0,99})([.][0-9]{1,99})?([eE][-+]?[0-9]{1,2})?\z"
_MANY_DIGITS = r"[1-9]([.]?[0-9]){14,}[.]?[1-9]"
_LARGEST = 10**15
"""A number of more digits is refused."""


def kind_of(dtype: "nw.dtypes.DType") -> Kind:
    """What a column of that type holds."""
    import narwhals as nw

    if dtype == nw.Boolean:
        return "bool"
    if dtype.is_integer():
        return "int"
    if dtype.is_float():
        return "float"
    if dtype.is_decimal():
        return "decimal"
    if dtype in (nw.String, nw.Categorical, nw.Enum):
        return "text"
    if dtype == nw.Date:
        return "date"
    if dtype == nw.Datetime:
        return "datetime"
    return "list" if dtype in (nw.List, nw.Array) else "other"


@dataclass(frozen=True, slots=True)
class Raw:
    """A column of the table, and what kind of values it holds; `spelled`: its text stands for values, as in CSV."""

    name: str
    kind: Kind
    spelled: bool = False

    @property
    def column(self) -> Column:
        """Its values, null where nothing is said."""
        import narwhals as nw

        column = named(self.name)
        if self.kind == "decimal":  # by its digits: not every engine rounds a long one to the nearest
            return Column(column.expr.cast(nw.String).cast(nw.Float64))
        if self.kind == "float":
            return Column(nw.when(~column.expr.is_nan()).then(column.expr))
        return Column(column.expr.cast(nw.String)) if self.kind == "text" else column

    @property
    def there(self) -> Flag:
        """That something is said."""
        # a text is there in whatever way it is stored
        column = named(self.name) if self.kind == "text" else self.column
        return Flag(~column.expr.is_null(), column.step)


def yes_or_no(sheet: Sheet, raw: Raw) -> tuple[Column | None, Flag]:
    """The column as a yes or no, and where it is something else."""
    import narwhals as nw

    if raw.kind == "bool":
        return raw.column, NEVER
    if raw.kind == "text" and raw.spelled:
        text = raw.column.expr
        value = nw.when(text == "true").then(nw.lit(True)).when(text == "false").then(nw.lit(False))
        found = sheet.put(value, 0)
        return found, raw.there & Flag(found.expr.is_null(), found.step)
    return None, raw.there


def day(sheet: Sheet, raw: Raw) -> tuple[Column | None, Flag, Flag]:
    """The column as days; where it is no date at all; and where it is text that spells no day."""
    import narwhals as nw

    match raw.kind:
        case "date":
            return raw.column, NEVER, NEVER
        case "datetime":
            moment = raw.column.expr
            midnight = sheet.flag(sure(_midnight(moment), 0))
            value = sheet.put(nw.when(flag_expr(midnight)).then(moment.dt.date()), midnight.step)
            return value, raw.there & ~midnight, NEVER
        case "text":
            return _spelled_day(sheet, raw)
        case _:
            return None, raw.there, NEVER


def _midnight(moment: "nw.Expr") -> "nw.Expr":
    return (
        (moment.dt.hour() == 0)
        & (moment.dt.minute() == 0)
        & (moment.dt.second() == 0)
        & (moment.dt.microsecond() == 0)
        & (moment.dt.nanosecond() == 0)
    )


def _spelled_day(sheet: Sheet, raw: Raw) -> tuple[Column, Flag, Flag]:
    import narwhals as nw

    text = raw.column.expr
    shape = sheet.flag(sure(text.str.contains(_DAY), 0))
    part = nw.when(flag_expr(shape)).then(text)
    year, month, number = (
        sheet.put(part.str.slice(*where).cast(nw.Int32), shape.step) for where in ((0, 4), (5, 2), (8, 2))
    )
    real = sheet.flag(is_day(year, month, number))
    value = sheet.put(nw.when(flag_expr(real)).then(text).str.to_date(format="%Y-%m-%d"), real.step)
    return value, NEVER, raw.there & ~real


def is_day(year: Column, month: Column, day: Column) -> Flag:
    """That there is such a day."""
    y, m, d = year.expr, month.expr, day.expr
    leap = ((y % 4 == 0) & (y % 100 != 0)) | (y % 400 == 0)
    thirty = (m == 4) | (m == 6) | (m == 9) | (m == 11)
    fits = (d <= 28) | ((m != 2) & (d <= 30)) | ((m == 2) & (d == 29) & leap) | ((m != 2) & ~thirty & (d == 31))
    step = max(year.step, month.step, day.step)
    return sure((y >= 1) & (m >= 1) & (m <= 12) & (d >= 1) & fits, step)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Of each of some labels that it is the text of a column; `strange`: that the text is none of them."""

    labels: Mapping[str, Flag]
    strange: Flag


def chosen(sheet: Sheet, raw: Raw, labels: Sequence[str]) -> Chosen:
    """Which of *labels* is the text of a column."""
    which = sheet.which(raw.name, labels)
    found = {label: sure(which.expr == place, which.step) for place, label in enumerate(labels)}
    return Chosen(found, raw.there & Flag(which.expr.is_null(), which.step))


def is_code(sheet: Sheet, raw: Raw) -> Flag:
    """That the text has the shape of a municipality code."""
    four = sheet.four_digits(raw.name)
    return sure(four.expr, four.step)


def holds_cpr(text: Column) -> Flag:
    """That a text holds what looks like a CPR number."""
    return sure(text.expr.str.contains(CPR_SHAPE), text.step)


def holds_unseen(text: Column) -> Flag:
    """That a text holds a character that is not seen."""
    return sure(text.expr.str.contains(UNSEEN), text.step)


def nine_digits(number: Column, *, whole: bool) -> Flag:
    """That a number is a whole one of nine or ten digits, which may be a CPR number; *whole*: all of them are whole."""
    # of the lowest whole number of a type there is no opposite
    value = number.expr
    size = ((value >= 10**8) & (value < 10**10)) | ((value <= -(10**8)) & (value > -(10**10)))
    ranged = sure(size, number.step)
    return ranged if whole else ranged & _whole(number)


def _whole(number: Column) -> Flag:
    # beyond 2**52 every float is whole; before it, it can be cast
    import narwhals as nw

    small = number.expr.abs() < 2**52
    cast = nw.when(small).then(number.expr).cast(nw.Int64).cast(nw.Float64)
    return sure(~small | (cast == number.expr), number.step)


def whole_number(sheet: Sheet, raw: Raw) -> tuple[Column | None, Flag]:
    """The column as whole numbers, and where it is something else; of floats those that are whole."""
    import narwhals as nw

    match raw.kind:
        case "int":
            return raw.column, NEVER
        case "float":
            value = raw.column
            fits = sheet.flag(_whole(value))
            return sheet.put(nw.when(flag_expr(fits)).then(value.expr), fits.step), raw.there & ~fits
        case "text" if raw.spelled:
            value, other = _spelled_number(sheet, raw)
            fits = sheet.flag(_whole(value))
            return sheet.put(nw.when(flag_expr(fits)).then(value.expr), fits.step), other | (raw.there & ~fits)
        case _:
            return None, raw.there


def number(sheet: Sheet, raw: Raw) -> tuple[Column | None, Flag, Flag]:
    """The column as numbers; where it is none; and where it has more digits than a fact can have."""
    import narwhals as nw

    match raw.kind:
        case "int":
            value = sheet.put(raw.column.expr.cast(nw.Float64), 0)
            return value, NEVER, sure((raw.column.expr >= _LARGEST) | (raw.column.expr <= -_LARGEST), 0)
        case "float" | "decimal":
            value = sheet.put(raw.column.expr.cast(nw.Float64), 0)
            few = few_digits(sheet, value)
            if raw.kind == "float":  # which is written with a zero after the point
                few &= sure(value.expr.abs() < _LARGEST / 10, value.step)
            else:  # with so many digits it is near to a number of few
                few &= ~sure(named(raw.name).expr.cast(nw.String).str.contains(_MANY_DIGITS), 0)
            return value, NEVER, raw.there & ~few
        case "text" if raw.spelled:
            value, other = _spelled_number(sheet, raw)
            return value, other, ~other & raw.there & ~few_digits(sheet, value)
        case _:
            return None, raw.there, NEVER


def _spelled_number(sheet: Sheet, raw: Raw) -> tuple[Column, Flag]:
    import narwhals as nw

    shape = sheet.flag(sure(raw.column.expr.str.contains(_NUMBER), 0))
    value = sheet.put(nw.when(flag_expr(shape)).then(raw.column.expr).cast(nw.Float64), shape.step)
    return value, raw.there & ~shape


def few_digits(sheet: Sheet, value: Column) -> Flag:
    """That a number has at most fifteen digits, and is neither too large nor too small for them.

    Of *m* tenths, hundredths, ... *m* is the nearest whole number: it has at most fifteen digits, so it is exact, and
    so is the power of ten (up to 22). The number that *m* and the power make is the number itself, or it has more.
    """
    import narwhals as nw

    x = value.expr
    size = x.abs()
    chain = nw.when(size < 10.0**-7).then(nw.lit(1e22))
    for power in range(21, 0, -1):
        chain = chain.when(size < 10.0 ** (15 - power)).then(nw.lit(10.0**power))
    # made to vary: by what is the same in all rows Polars multiplies by the reciprocal, which rounds twice
    scaled = sheet.put(chain.otherwise(nw.lit(1.0)) + x * 0.0, value.step)
    times = sheet.put((x * scaled.expr).round(0), scaled.step)
    same = sure(times.expr / scaled.expr == x, times.step)
    return same & sure((x == 0) | ((size < _LARGEST) & (size >= 1e-14)), value.step)
