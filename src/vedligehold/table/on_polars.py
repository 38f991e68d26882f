"""The steps of a plan on Polars, lazily: everything is row by row, so it streams."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import narwhals as nw
import polars as pl

from vedligehold.table.answering import Plan
from vedligehold.table.sheet import PREFIX, Codes, ListLook, Look, Step

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

_AT_ONCE = 52
"""As many labels as have a bit of their own in one number: the sum of a thousand entries fits sixty-four."""
_OTHER = 1 << _AT_ONCE
_FAR_APART = "\n" * 8
_TYPES: "dict[str, PolarsDataType]" = {"date": pl.Date, "text": pl.String, "int": pl.Int32}
_MOST = 20
"""Of so many codes every combination has a place in a table."""


def run(frame: pl.LazyFrame, plan: Plan) -> pl.LazyFrame:
    """The table's own columns, and those that come out."""
    for step in plan.steps:
        frame = _run(frame, step)
    results = [pl.col(at).alias(name) for name, at in plan.results.items()]
    return frame.select(*plan.through, *results)


def _run(frame: pl.LazyFrame, step: Step) -> pl.LazyFrame:
    if step.columns:
        frame = nw.from_native(frame).with_columns(**step.columns).to_native()
    if step.lists:
        schema = frame.collect_schema()
        looks = [(look, _as_texts(look, schema[look.column])) for look in step.lists]
        frame = frame.with_columns([mask for look, of_text in looks if of_text for mask in _masks(look)])
        frame = frame.with_columns([each for look, of_text in looks for each in _looked(look, of_text)])
        frame = frame.with_columns([each for look, of_text in looks for each in _strange(look, of_text)])
    later = [pl.col(day).cast(pl.Int32).alias(name) for name, day in step.numbers.items()]
    later += [_look(look).alias(name) for name, look in step.looks.items()]
    frame = frame.with_columns(later) if later else frame
    for name, codes in step.codes.items():
        frame = frame.with_columns(_codes(codes).alias(name))
    return frame


# --- lists ---


def _as_texts(look: ListLook, dtype: "PolarsDataType") -> bool:
    """Whether a list column holds texts, or nothing at all."""
    inner = getattr(dtype, "inner", None)
    return inner in (pl.String, pl.Null, pl.Categorical, pl.Enum)


def _texts(look: ListLook) -> pl.Expr:
    return pl.col(look.column).cast(pl.List(pl.String))


def _parts(look: ListLook) -> Iterable[tuple[str, Sequence[str]]]:
    for start in range(0, len(look.labels), _AT_ONCE):
        yield f"{look.size}_mask{start}", look.labels[start : start + _AT_ONCE]


def _masks(look: ListLook) -> Iterable[pl.Expr]:
    """Of each list a number with the bit of each label in it; what is no label, and a label twice, shows in the sum."""
    for name, labels in _parts(look):
        bits = dict.fromkeys(look.labels, 0) | {label: 1 << place for place, label in enumerate(labels)}
        bit = pl.element().replace_strict(list(bits), list(bits.values()), default=_OTHER, return_dtype=pl.Int64)
        yield _texts(look).list.eval(bit).list.sum().alias(name)


def _looked(look: ListLook, of_text: bool) -> Iterable[pl.Expr]:
    size = pl.col(look.column).list.len().cast(pl.Int32)
    yield size.alias(look.size)
    if not of_text:
        yield (size > 0).fill_null(False).alias(look.strange)
        for name in look.items.values():
            yield pl.lit(False).alias(name)
        return
    fits, singles = pl.lit(True), pl.lit(0, dtype=pl.UInt32)
    for name, labels in _parts(look):
        mask = pl.col(name)
        fits &= mask < _OTHER
        singles += mask.bitwise_count_ones()
        for place, label in enumerate(labels):
            if label in look.items:
                yield ((mask & (1 << place)) != 0).fill_null(False).alias(look.items[label])
    yield (~(fits & (singles == size))).fill_null(False).alias(look.strange)


def _strange(look: ListLook, of_text: bool) -> Iterable[pl.Expr]:
    if not of_text:
        yield pl.lit(False).alias(look.twice)
        yield pl.col(look.strange).alias(look.holes)
        yield pl.lit(None, dtype=pl.String).alias(look.text)
        return
    both = pl.struct(pl.col(look.strange).alias("strange"), _texts(look).alias("texts"))
    found = pl.Struct({"twice": pl.Boolean, "holes": pl.Boolean, "text": pl.String})
    what = both.map_batches(_what_is_strange, return_dtype=found, is_elementwise=True)
    for name, place in (("twice", look.twice), ("holes", look.holes), ("text", look.text)):
        yield what.struct.field(name).alias(place)


def _what_is_strange(rows: pl.Series) -> pl.Series:
    """Of the few lists that are strange what is strange in them."""
    frame = rows.struct.unnest()
    if not frame["strange"].any():
        nothing = (
            pl.lit(False).alias("twice"),
            pl.lit(False).alias("holes"),
            pl.lit(None, dtype=pl.String).alias("text"),
        )
        return frame.select(pl.struct(*nothing).alias(rows.name)).to_series().new_from_index(0, len(frame))
    odd = pl.when("strange").then("texts")
    texts = odd.list.drop_nulls()
    twice = (texts.list.n_unique() != texts.list.len()).fill_null(False)
    holes = (texts.list.len() != odd.list.len()).fill_null(False)
    text = texts.list.join(_FAR_APART)
    return frame.select(
        pl.struct(twice.alias("twice"), holes.alias("holes"), text.alias("text")).alias(rows.name)
    ).to_series()


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
    parts = [codes.flags[start : start + _MOST] for start in range(0, len(codes.flags), _MOST)]
    lists = [_Texts([code for _, code in part]).of(_key(part)) for part in parts or [()]]
    return lists[0] if len(lists) == 1 else pl.concat_list(lists)


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
