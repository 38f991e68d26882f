"""The steps of a plan on Polars, lazily: everything is row by row, so it streams."""

import functools
import operator
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

import narwhals as nw
import polars as pl
from polars.selectors import by_name

from vedligehold.table.answering import Plan
from vedligehold.table.sheet import PREFIX, Codes, Detail, ListLook, Look, Problems, States, Step, Which

if TYPE_CHECKING:
    from polars._typing import PolarsDataType

_AT_ONCE = 52
"""As many labels as have a bit of their own in one number: the sum of a thousand entries fits sixty-four."""
_FEW = 17
"""Of so many labels the bits are the places of a category."""
_ONE_BY_ONE = 4
"""So few texts are faster to compare with than to look up."""
_FAR_APART = "\n" * 8
_TYPES: "dict[str, PolarsDataType]" = {
    "date": pl.Date,
    "text": pl.String,
    "int": pl.Int32,
    "bool": pl.Boolean,
    "codes": pl.List(pl.String),
}
_MOST = 20
"""Of so many codes every combination has a place in a table."""


def run(frame: pl.LazyFrame, plan: Plan, beside: Iterable[str] = ()) -> pl.LazyFrame:
    """The table's own columns, and those that come out; *beside* them others of the plan's."""
    for step in plan.steps:
        frame = _run(frame, step)
    results = (pl.col(plan.results[name]).alias(name) for name in plan.outputs)
    # a name alone may stand for several columns: `*`, `^.*$`
    return frame.select(by_name(*plan.through), *results, *beside)


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
        frame = frame.with_columns([pl.col(look.column).list.len().alias(look.size) for look, _ in looks])
        frame = frame.with_columns([mask for look, of_text in looks if of_text for mask in _masks(look)])
        frame = frame.with_columns([each for look, of_text in looks for each in _looked(look, of_text)])
        frame = frame.with_columns([each for look, of_text in looks if not of_text for each in _strange(look)])
        frame = _details(frame, [look for look, of_text in looks if of_text])
    if step.which or step.fours:
        schema = frame.collect_schema()
        found = [_which(which, schema[which.column]).alias(name) for name, which in step.which.items()]
        found += [_four_digits(pl.col(text).cast(pl.String)).alias(name) for name, text in step.fours.items()]
        frame = frame.with_columns(found)
    later = [pl.col(day).cast(pl.Int32).alias(name) for name, day in step.numbers.items()]
    later += [_kept(look, _look).alias(name) for name, look in step.looks.items()]
    found_by_state = [_kept(states, _answers) for states in step.states]
    later += [place for place, *_ in found_by_state]
    frame = frame.with_columns(later) if later else frame
    lists = [answer for _, *answers in found_by_state for answer in answers]
    lists += [_codes(codes).alias(name) for name, codes in step.codes.items()]
    lists += [_problems(problems).alias(name) for name, problems in step.problems.items()]
    return frame.with_columns(lists) if lists else frame


# --- texts ---


def _which(which: Which, dtype: "PolarsDataType") -> pl.Expr:
    if isinstance(dtype, pl.Enum):
        at = {text: place for place, text in enumerate(which.texts)}
        places = _series([at.get(text) for text in dtype.categories], pl.UInt16)
        return pl.lit(places).gather(pl.col(which.column).to_physical())
    text = pl.col(which.column).cast(pl.String)
    if len(which.texts) > _ONE_BY_ONE:
        return text.cast(pl.Enum(which.texts), strict=False).to_physical()
    found = pl.lit(None, dtype=pl.Int8)
    for place, each in enumerate(which.texts):
        found = pl.when(text == each).then(pl.lit(place, dtype=pl.Int8)).otherwise(found)
    return found


def _four_digits(text: pl.Expr) -> pl.Expr:
    # its four bytes as one number: each of them begins with a 3, and goes on with no more than a 9
    number = text.cast(pl.Binary).bin.reinterpret(dtype=pl.UInt32, endianness="little")
    threes = pl.lit(0x30303030, dtype=pl.UInt32)
    begins = pl.lit(0xF0F0F0F0, dtype=pl.UInt32)
    found = ((number & begins) == threes) & (((number + pl.lit(0x06060606, dtype=pl.UInt32)) & begins) == threes)
    return pl.when(text.is_not_null()).then(found.fill_null(False))


# --- lists ---


def _of_texts(dtype: "PolarsDataType") -> bool:
    """Whether a list column holds texts, or nothing at all."""
    inner = getattr(dtype, "inner", None)
    return inner in (pl.String, pl.Null, pl.Categorical, pl.Enum)


def _texts(look: ListLook) -> pl.Expr:
    return pl.col(look.column).cast(pl.List(pl.String))


def _masks(look: ListLook) -> Iterable[pl.Expr]:
    """Of each list a number with the bit of each label in it.

    What is no label adds nothing, and a label twice makes another bit of two: a sum has as many bits as its list has
    entries where each of them is a label, once.
    """
    for name, labels in look.masks(_AT_ONCE).items():
        # a sum that meets a null takes three times as long
        mask = _texts(look).list.eval(_bit(labels).fill_null(0)).list.sum()
        yield mask.fill_null(0).alias(name)


def _bit(labels: Sequence[str]) -> pl.Expr:
    """The bit of a label."""
    # a sum of four bytes is the fastest; one that goes round is of more entries than it can have bits
    size: PolarsDataType = pl.UInt32 if len(labels) <= 32 else pl.Int64
    if len(labels) > _FEW:
        power = pl.element().cast(pl.Enum(labels), strict=False).to_physical().cast(size)
        return pl.lit(2, dtype=size).pow(power)
    return pl.element().cast(_bits(tuple(labels)), strict=False).to_physical().cast(size)


@lru_cache(maxsize=64)
def _bits(labels: tuple[str, ...]) -> pl.Enum:
    """The labels as categories whose places are the bits; between them stand those that are no text anybody writes."""
    names = [f"\0{place}" for place in range((1 << len(labels)) // 2 + 1)]
    for place, label in enumerate(labels):
        names[1 << place] = label
    return pl.Enum(names)


def _looked(look: ListLook, of_text: bool) -> Iterable[pl.Expr]:
    size = pl.col(look.size)
    if not of_text:
        yield (size > 0).fill_null(False).alias(look.strange)
        yield from (pl.lit(False).alias(name) for name in look.items.values())
        yield from (pl.lit(0, dtype=pl.Int32).alias(name) for name in look.numbers.values())
        return
    for name, labels in look.masks(_AT_ONCE).items():
        for number, label in enumerate(labels):
            if label in look.items:
                yield ((pl.col(name) & (1 << number)) != 0).alias(look.items[label])
    yield from (_number(look, labels).alias(name) for labels, name in look.numbers.items())
    singles = [pl.col(name).bitwise_count_ones() for name in look.masks(_AT_ONCE)]
    bits = functools.reduce(operator.add, singles) if singles else pl.lit(0, dtype=pl.UInt32)
    yield (bits != size).fill_null(False).alias(look.strange)


def _number(look: ListLook, labels: Sequence[str]) -> pl.Expr:
    parts = []
    for mask, bits, down in look.moves(labels, _AT_ONCE):
        here = pl.col(mask) & bits
        parts.append((here // (1 << down) if down > 0 else here * (1 << -down) if down else here).cast(pl.Int32))
    return functools.reduce(operator.add, parts)


def _strange(look: ListLook) -> Iterable[pl.Expr]:
    """What is asked of a list that is strange, where it is not one of texts."""
    for detail, name in look.details.items():
        holes = pl.col(look.strange) if detail == "holes" else pl.lit(_NOTHING[detail], dtype=_DETAILS[detail])
        yield holes.alias(name)


def _details(frame: pl.LazyFrame, looks: Sequence[ListLook]) -> pl.LazyFrame:
    """What is asked of lists of texts that are strange: of all of them at once."""
    asked = {name: (look, detail) for look in looks for detail, name in look.details.items()}
    if not asked:
        return frame
    kind = pl.Struct({name: _DETAILS[detail] for name, (_, detail) in asked.items()})

    def batch(rows: pl.Series) -> pl.Series:
        few = _Few(rows, odd)
        found = []
        for name, (look, detail) in asked.items():
            said = _of_strange(few.columns[look.strange], few.columns[look.column], detail)
            found.append(few.spread(said, _NOTHING[detail], _DETAILS[detail]).alias(name))
        return pl.DataFrame(found).to_struct(rows.name)

    odd = f"{next(iter(asked))}_odd"
    needed = dict.fromkeys(name for look, _ in asked.values() for name in (look.strange, look.column))
    anything = pl.any_horizontal(*{look.strange: None for look, _ in asked.values()})
    found = pl.struct(anything.alias(odd), *needed).map_batches(batch, return_dtype=kind, is_elementwise=True)
    together = f"{next(iter(asked))}_together"
    return frame.with_columns(found.alias(together)).with_columns(pl.col(together).struct.unnest())


_DETAILS: "dict[Detail, PolarsDataType]" = {"twice": pl.Boolean, "holes": pl.Boolean, "text": pl.String}
_NOTHING: dict[Detail, bool | None] = {"twice": False, "holes": False, "text": None}


def _of_strange(strange: Sequence[bool], lists: Sequence[Any], detail: Detail) -> list[bool | str | None]:
    """What is asked of the lists that are strange."""
    return [_said(each, detail) if odd else _NOTHING[detail] for odd, each in zip(strange, lists, strict=True)]


def _said(texts: Sequence[str | None], detail: Detail) -> bool | str:
    there = [each for each in texts if each is not None]
    match detail:
        case "twice":
            return len(set(there)) < len(there)
        case "holes":
            return len(there) < len(texts)
        case "text":
            return _FAR_APART.join(there)


# --- values from a table ---


Table = TypeVar("Table", Look, States)
Made = TypeVar("Made")


def _look(look: Look) -> pl.Expr:
    key, apart = pl.col(look.key), look.apart
    if apart is not None:
        further, count = apart
        return pl.when(key < count).then(key + further).cast(_TYPES[look.kind])
    if look.kind == "date":
        return pl.lit(_series(look.values, pl.Int32).cast(pl.Date)).gather(key)
    return pl.lit(_series(look.values, _TYPES[look.kind])).gather(key)


def _answers(states: States) -> list[pl.Expr]:
    """The place of each row's answers, and the answers."""
    found = [pl.lit(_series(states.places, pl.UInt32)).gather(pl.col(states.key)).alias(states.place)]
    for name, values in states.answers.items():
        found.append(pl.lit(_series(values, _TYPES[states.kinds[name]])).gather(states.place).alias(name))
    return found


def _kept(table: Table, made: Callable[[Table], Made]) -> Made:
    """What is made of a table of a plan: once, as the plan is kept too."""
    found: Made | None = _KEPT.get(table)
    if found is None:
        _KEPT[table] = found = made(table)
    return found


_KEPT: "WeakKeyDictionary[Look | States, Any]" = WeakKeyDictionary()


def _series(values: Sequence[object], dtype: "PolarsDataType") -> pl.Series:
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
        few = _Few(rows, guard)
        distinct: dict[tuple[bool, ...], int] = {}
        found = [
            distinct.setdefault(row, len(distinct) + 1)
            for row in zip(*(few.columns[flag] for flag in flags), strict=True)
        ]
        lists = pl.Series(rows.name, [[], *map(codes_of, distinct)], dtype=_CODES)
        return lists.gather(few.spread(found, 0, pl.UInt32))

    needed = dict.fromkeys([*flags] if guard is None else [guard, *flags])
    if not flags:
        return _Texts([]).of(_key([]))
    return pl.struct(*needed).map_batches(batch, return_dtype=_CODES, is_elementwise=True)


class _Few:
    """The rows in which a flag is set, as lists: they are few, and each thing that Polars does has its price."""

    def __init__(self, rows: pl.Series, flag: str | None) -> None:
        self.size = len(rows)
        self.wanted = None if flag is None else rows.struct.unnest()[flag]
        few = rows if self.wanted is None else rows.filter(self.wanted)
        self.columns: dict[str, list[Any]] = few.struct.unnest().to_dict(as_series=False)

    def spread(self, values: Sequence[object], otherwise: object, dtype: "PolarsDataType") -> pl.Series:
        """The values where the flag is set, and something else in all other rows."""
        if self.wanted is None:
            return pl.Series(values, dtype=dtype)
        found = pl.Series([otherwise], dtype=dtype).new_from_index(0, self.size)
        if all(value == otherwise for value in values):
            return found
        return found.scatter(self.wanted.arg_true(), pl.Series(values, dtype=dtype))


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
