"""The steps of a plan on Polars, lazily: everything is row by row, so it streams."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl
from polars.selectors import by_name

from vedligehold.table.answering import Plan
from vedligehold.table.sheet import PREFIX, Codes, Detail, ListLook, Look, Problems, Step

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

_AT_ONCE = 52
"""As many labels as have a bit of their own in one number: the sum of a thousand entries fits sixty-four."""
_FEW = 14
"""Of so many labels the bits are the places of a category."""
_FAR_APART = "\n" * 8
_TYPES: "dict[str, PolarsDataType]" = {"date": pl.Date, "text": pl.String, "int": pl.Int32}
_MOST = 20
"""Of so many codes every combination has a place in a table."""


def run(frame: pl.LazyFrame, plan: Plan) -> pl.LazyFrame:
    """The table's own columns, and those that come out."""
    for step in plan.steps:
        frame = _run(frame, step)
    results = (pl.col(plan.results[name]).alias(name) for name in plan.outputs)
    # a name alone may stand for several columns: `*`, `^.*$`
    return frame.select(by_name(*plan.through), *results)


def _run(frame: pl.LazyFrame, step: Step) -> pl.LazyFrame:
    if step.columns:
        frame = nw.from_native(frame).with_columns(**step.columns).to_native()
    if step.lists:
        schema = frame.collect_schema()
        looks = [(look, _of_texts(schema[look.column])) for look in step.lists]
        fixed = [look.column for look in step.lists if isinstance(schema[look.column], pl.Array)]
        if fixed:
            own = {column: f"{look.size}_list" for look in step.lists if (column := look.column) in fixed}
            frame = frame.with_columns(pl.col(column).arr.to_list().alias(name) for column, name in own.items())
            looks = [(replace(look, column=own.get(look.column, look.column)), of_text) for look, of_text in looks]
        frame = frame.with_columns([mask for look, of_text in looks if of_text for mask in _masks(look)])
        frame = frame.with_columns([each for look, of_text in looks for each in _looked(look, of_text)])
        frame = frame.with_columns([each for look, of_text in looks for each in _strange(look, of_text)])
    later = [pl.col(day).cast(pl.Int32).alias(name) for name, day in step.numbers.items()]
    later += [_look(look).alias(name) for name, look in step.looks.items()]
    frame = frame.with_columns(later) if later else frame
    lists = [_codes(codes).alias(name) for name, codes in step.codes.items()]
    lists += [_problems(problems).alias(name) for name, problems in step.problems.items()]
    return frame.with_columns(lists) if lists else frame


# --- lists ---


def _of_texts(dtype: "PolarsDataType") -> bool:
    """Whether a list column holds texts, or nothing at all."""
    inner = getattr(dtype, "inner", None)
    return inner in (pl.String, pl.Null, pl.Categorical, pl.Enum)


def _texts(look: ListLook) -> pl.Expr:
    return pl.col(look.column).cast(pl.List(pl.String))


def _parts(look: ListLook) -> Iterable[tuple[str, Sequence[str]]]:
    for start in range(0, len(look.labels), _AT_ONCE):
        yield f"{look.size}_mask{start}", look.labels[start : start + _AT_ONCE]


def _masks(look: ListLook) -> Iterable[pl.Expr]:
    """Of each list a number with the bit of each label in it.

    What is no label adds nothing, and a label twice makes another bit of two: a sum has as many bits as its list has
    entries where each of them is a label, once.
    """
    for name, labels in _parts(look):
        # a sum that meets a null takes three times as long
        yield _texts(look).list.eval(_bit(labels).fill_null(0)).list.sum().alias(name)


def _bit(labels: Sequence[str]) -> pl.Expr:
    """The bit of a label."""
    if len(labels) > _FEW:
        size: PolarsDataType = pl.UInt32 if len(labels) <= 32 else pl.Int64
        power = pl.element().cast(pl.Enum(labels), strict=False).to_physical().cast(size)
        return pl.lit(2, dtype=size).pow(power).cast(pl.Int64)
    # the place of a category is the bit itself; between them stand categories that are no text anybody writes
    names = [f"\0{place}" for place in range((1 << len(labels)) // 2 + 1)]
    for place, label in enumerate(labels):
        names[1 << place] = label
    return pl.element().cast(pl.Enum(names), strict=False).to_physical().cast(pl.Int64)


def _looked(look: ListLook, of_text: bool) -> Iterable[pl.Expr]:
    size = pl.col(look.column).list.len().cast(pl.Int32)
    yield size.alias(look.size)
    if not of_text:
        yield (size > 0).fill_null(False).alias(look.strange)
        for name in look.items.values():
            yield pl.lit(False).alias(name)
        return
    singles = pl.lit(0, dtype=pl.UInt32)
    for name, labels in _parts(look):
        mask = pl.col(name)
        singles += mask.bitwise_count_ones()
        for number, label in enumerate(labels):
            if label in look.items:
                yield ((mask & (1 << number)) != 0).fill_null(False).alias(look.items[label])
    yield (singles != size).fill_null(False).alias(look.strange)


def _strange(look: ListLook, of_text: bool) -> Iterable[pl.Expr]:
    both = pl.struct(pl.col(look.strange).alias("strange"), pl.col(look.column).alias("list"))
    for detail, name in look.details.items():
        if of_text:
            ask = partial(_of_strange, detail=detail)
            yield both.map_batches(ask, return_dtype=_DETAILS[detail], is_elementwise=True).alias(name)
        else:
            holes = pl.col(look.strange) if detail == "holes" else pl.lit(_NOTHING[detail], dtype=_DETAILS[detail])
            yield holes.alias(name)


_DETAILS: "dict[Detail, PolarsDataType]" = {"twice": pl.Boolean, "holes": pl.Boolean, "text": pl.String}
_NOTHING: dict[Detail, bool | None] = {"twice": False, "holes": False, "text": None}


def _of_strange(rows: pl.Series, detail: Detail) -> pl.Series:
    """What is asked of the few lists that are strange."""
    odd = rows.struct.field("strange")
    found = pl.repeat(_NOTHING[detail], len(rows), dtype=_DETAILS[detail], eager=True)
    if odd.any():
        lists = rows.struct.field("list").filter(odd).cast(pl.List(pl.String)).list
        texts = lists.drop_nulls().list
        of_odd = {
            "twice": lambda: texts.n_unique() != texts.len(),
            "holes": lambda: texts.len() != lists.len(),
            "text": lambda: texts.join(_FAR_APART),
        }
        found = found.scatter(odd.arg_true(), of_odd[detail]())
    return found.alias(rows.name)


# --- values from a table ---


def _look(look: Look) -> pl.Expr:
    dtype = _TYPES[look.kind]
    values = _series(look.values, dtype)

    def gather(keys: pl.Series) -> pl.Series:
        return values.gather(keys).alias(keys.name)

    return pl.col(look.key).map_batches(gather, return_dtype=dtype, is_elementwise=True)


def _series(values: Sequence[date | str | int | None], dtype: "PolarsDataType") -> pl.Series:
    return pl.Series(PREFIX, values, dtype=dtype)


# --- lists of codes ---


def _codes(codes: Codes) -> pl.Expr:
    if len(codes.flags) <= _MOST:
        return _Texts([code for _, code in codes.flags]).of(_key(codes.flags))
    return _of_flags([flag for flag, _ in codes.flags], partial(_set, codes=[code for _, code in codes.flags]))


def _problems(problems: Problems) -> pl.Expr:
    flags = [flag for stage in problems.stages for flag, _ in stage]
    stages = [[code for _, code in stage] for stage in problems.stages]
    return _of_flags(flags, partial(_first_set, stages=stages), problems.wrong)


def _set(flags: Sequence[bool], codes: Sequence[str]) -> list[str]:
    return [code for flag, code in zip(flags, codes, strict=True) if flag]


def _first_set(flags: Sequence[bool], stages: Sequence[Sequence[str]]) -> list[str]:
    start = 0
    for codes in stages:
        found = _set(flags[start : start + len(codes)], codes)
        if found:
            return found
        start += len(codes)
    return []


def _of_flags(
    flags: Sequence[str], codes_of: Callable[[Sequence[bool]], list[str]], guard: str | None = None
) -> pl.Expr:
    """The list of codes of each combination of flags that there is; *guard*: where it is not set, none is."""

    def batch(rows: pl.Series) -> pl.Series:
        frame = rows.struct.unnest()
        some = pl.repeat(True, len(frame), eager=True) if guard is None else frame[guard]
        places = pl.zeros(len(frame), dtype=pl.UInt32, eager=True)
        lists: list[list[str]] = [[]]
        if some.any():
            there = frame.filter(some).select(flags)
            distinct = there.unique()
            lists += [codes_of(each) for each in distinct.iter_rows()]
            numbered = distinct.with_columns(pl.Series(PREFIX, range(1, len(lists)), dtype=pl.UInt32))
            joined = there.join(numbered, on=flags, how="left", maintain_order="left")
            places = places.scatter(some.arg_true(), joined[PREFIX])
        return pl.Series(rows.name, lists, dtype=_CODES).gather(places)

    needed = [*flags] if guard is None else [guard, *flags]
    if not flags:
        return _Texts([]).of(_key([]))
    return pl.struct(needed).map_batches(batch, return_dtype=_CODES, is_elementwise=True)


def _key(flags: Sequence[tuple[str, str]]) -> pl.Expr:
    """The flags of a row as one number, a bit each."""
    size = next(dtype for most, dtype in _WIDTHS if len(flags) <= most)
    total: Any = pl.lit(0, dtype=size)
    for place, (flag, _) in enumerate(flags):
        bit = pl.col(flag).cast(size) * pl.lit(1 << place, dtype=size)
        total = total + bit if place else bit
    return total  # type: ignore[no-any-return]


_WIDTHS: "tuple[tuple[int, PolarsDataType], ...]" = ((8, pl.UInt8), (16, pl.UInt16), (_MOST, pl.UInt32))


_CODES = pl.List(pl.String)


@dataclass(frozen=True, slots=True)
class _Known:
    """The numbers that were seen, where the list of each stands, and the lists."""

    numbers: list[int]
    places: pl.Series
    lists: pl.Series


class _Texts:
    """The lists of codes by number; a list is made when its number is first seen."""

    def __init__(self, codes: Sequence[str]) -> None:
        self.codes = codes
        self._known = self._with([0])

    def of(self, key: pl.Expr) -> pl.Expr:
        return key.map_batches(self._batch, return_dtype=_CODES, is_elementwise=True)

    def _batch(self, keys: pl.Series) -> pl.Series:
        known = self._known
        places = known.places.gather(keys)
        if places.len() and places.min() < 0:  # type: ignore[operator]
            # as one value, so that a batch beside this one sees all of it or nothing
            numbers = [*known.numbers, *keys.filter(places < 0).unique().sort().to_list()]
            self._known = known = self._with(numbers)
            places = known.places.gather(keys)
        return known.lists.gather(places).alias(keys.name)

    def _with(self, numbers: list[int]) -> "_Known":
        places = pl.repeat(-1, 1 << len(self.codes), dtype=pl.Int32, eager=True)
        places = places.scatter(numbers, pl.Series(range(len(numbers)), dtype=pl.Int32))
        return _Known(numbers, places, self._made(numbers))

    def _made(self, numbers: Iterable[int]) -> pl.Series:
        texts = [[code for place, code in enumerate(self.codes) if number >> place & 1] for number in numbers]
        return pl.Series(PREFIX, texts, dtype=_CODES)
