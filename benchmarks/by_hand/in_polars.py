"""Polars: lazy expressions. A state packed into two bytes, everything else gathered from tables by it."""

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from polars import col, lit

from by_hand.rules import (
    ALTERNATIVES,
    BASE,
    CONSENT,
    EVENTS,
    FACTS,
    FIRST,
    FIRST_DAY,
    INVALID,
    ITEMS,
    LAST_DAY,
    NOT_MENTIONED,
    ON,
    ONLY_PASSIVE,
    OUTCOMES,
    REFERRER,
    REFERRERS,
    REPORTABLE,
    REPORTED,
    SELF_REPORTED,
    SETTINGS,
    TURNED_18,
    VERSION,
    answers,
    days,
    left_out,
)

_LISTS = pl.List(pl.String)


def in_memory(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame with what is decided of each row."""
    return decided(frame.lazy()).collect()


def streaming(frame: pl.DataFrame) -> pl.DataFrame:
    """The same by the streaming engine."""
    return decided(frame.lazy()).collect(engine="streaming")


def to_file(source: Path, target: Path) -> None:
    """Parquet to Parquet."""
    decided(pl.scan_parquet(source)).sink_parquet(target)


class _Tables:
    def __init__(self) -> None:
        found = answers()
        self.outcome = pl.Series(OUTCOMES)
        self.outcomes = pl.Series([OUTCOMES.index(each.outcome) for each in found], dtype=pl.UInt8)
        # a list is gathered from a short table: the long one has just its number
        self.because, self.because_of = _short([each.because for each in found])
        self.missing, self.missing_of = _short([each.missing for each in found])
        self.warnings, self.warnings_of = _short([each.warnings for each in found])
        self.left_out = pl.Series(left_out(), dtype=_LISTS)
        by_day = days()
        self.last = by_day.last
        self.contact, self.course_end, self.complaint = (
            pl.Series(each).cast(pl.Date) for each in (by_day.contact, by_day.course_end, by_day.complaint)
        )


@lru_cache(maxsize=1)
def _tables() -> _Tables:
    return _Tables()


def _short(lists: list[list[str]]) -> tuple[pl.Series, pl.Series]:
    distinct = {tuple(each): None for each in lists}
    number = {each: place for place, each in enumerate(distinct)}
    numbers = pl.Series([number[tuple(each)] for each in lists], dtype=pl.UInt8)
    return pl.Series([list(each) for each in distinct], dtype=_LISTS), numbers


def _bits(name: str, items: tuple[str, ...]) -> pl.Expr:
    """A number with a bit for each item, in which an unknown item or one that is there twice cannot hide.

    The place of a category is the bit itself; the categories between are no text that anybody writes. The sum of an
    item with itself, or with an unknown one (0), has fewer bits than the list has entries.
    """
    categories = [f"\0{place}" for place in range((1 << len(items) - 1) + 1)]
    for place, item in enumerate(items):
        categories[1 << place] = item
    bit = pl.element().cast(pl.Enum(categories), strict=False).to_physical()
    # without `fill_null` the sum takes three times as long
    return col(name).list.eval(bit.fill_null(0)).list.sum()


def _yes_no(name: str) -> pl.Expr:
    return col(name).cast(pl.UInt8).fill_null(2)


def _assessed(name: str) -> pl.Expr:
    """A yes or no, unknown where it is self-reported; hardly any row reports anything."""
    if name not in REPORTED:
        return _yes_no(name)
    bit = 1 << REPORTED.index(name)
    return pl.when((col("_reported") & bit) != 0).then(lit(2, pl.UInt8)).otherwise(_yes_no(name))


def _reported() -> pl.Expr:
    bit = lit(2, pl.UInt32).pow(pl.element().cast(pl.Enum(REPORTABLE), strict=False).to_physical().cast(pl.UInt32))
    return col("self_reported").list.eval(bit.fill_null(0)).list.sum()


def decided(rows: pl.LazyFrame) -> pl.LazyFrame:
    """The query."""
    tables = _tables()
    names = rows.collect_schema().names()
    setting, referrer = col("requested_setting"), col("referred_by")
    begun = rows.with_columns(
        _asked=_bits("requested", ITEMS),
        _others=_bits("self_training_alternatives", ALTERNATIVES),
        _home=setting == "home",
        _group=(setting == "group") | (setting == "individual"),
        _referrer=referrer.cast(pl.Enum(REFERRERS), strict=False).to_physical(),
        _reported=_reported(),
    )
    some = (col("_reported") & 15) != 0
    facts = sum((_assessed(name) * lit(3**place, pl.UInt8) for place, name in enumerate(FACTS)), lit(0, pl.UInt8))
    asked = col("_asked").fill_null(0)
    young = (col("birth_date") > TURNED_18).cast(pl.UInt8).fill_null(2)
    only_passive = ((asked & 127) == 0) & (asked != 0)
    not_mentioned = ((asked & 64) != 0) | col("_group").fill_null(False)
    rest = (
        young
        + _yes_no("consent_given") * lit(CONSENT, pl.UInt8)
        + (col("_referrer") // lit(2, pl.UInt8)).fill_null(3) * lit(REFERRER, pl.UInt8)
        + only_passive.cast(pl.UInt8) * lit(ONLY_PASSIVE, pl.UInt8)
        + not_mentioned.cast(pl.UInt8) * lit(NOT_MENTIONED, pl.UInt8)
    )
    state = (
        facts.cast(pl.UInt32)
        + rest.cast(pl.UInt32) * BASE
        + some.fill_null(False).cast(pl.UInt32) * (SELF_REPORTED * BASE)
    )
    passive = (asked // 128).cast(pl.UInt8) + col("_home").fill_null(False).cast(pl.UInt8) * lit(128, pl.UInt8)
    judged = begun.with_columns(_bad=_bad(tables), _passive=passive, _state=state)
    known = judged.with_columns(_state=pl.when(col("_bad")).then(lit(INVALID, pl.UInt32)).otherwise(col("_state")))
    outcome = known.with_columns(_outcome=lit(tables.outcomes).gather(col("_state")))
    granted = col("_outcome") == OUTCOMES.index("granted")
    out = pl.when(granted).then(col("_passive")).otherwise(lit(0, pl.UInt8))
    started = {
        name: pl.when(~col("_bad")).then(col(name).cast(pl.Int32))
        for name in ("received_on", "training_started_on", "decision_received_on", "complaint_received_on")
    }
    none = lit(None, pl.Date)
    return outcome.with_columns(_out=out, **{f"_{name}": each for name, each in started.items()}).select(
        *names,
        outcome=lit(tables.outcome).gather(col("_outcome")),
        partial=pl.when(~col("_bad")).then(col("_out") != 0),
        because=_from(tables.because, tables.because_of),
        missing=_from(tables.missing, tables.missing_of),
        excluded=lit(tables.left_out).gather(col("_out")),
        warnings=_from(tables.warnings, tables.warnings_of),
        problems=pl.struct("_bad", *_READ).map_batches(_problems, return_dtype=_LISTS, is_elementwise=True),
        decided_on=lit(ON),
        version=lit(VERSION),
        due_contact=lit(tables.contact).gather(col("_received_on") - FIRST),
        due_decision=none,
        due_start=(col("_received_on") + 14).cast(pl.Date),
        due_course_end=lit(tables.course_end).gather(col("_training_started_on") - FIRST),
        due_complaint=lit(tables.complaint).gather(col("_decision_received_on") - FIRST),
        due_reassessment=(col("_complaint_received_on") + 28).cast(pl.Date),
    )


def _from(lists: pl.Series, number: pl.Series) -> pl.Expr:
    return lit(lists).gather(lit(number).gather(col("_state")))


def _outside(name: str, last: dict[str, Any]) -> pl.Expr:
    return ~col(name).is_between(FIRST_DAY, last.get(name, LAST_DAY))


def _bad(tables: _Tables) -> pl.Expr:
    """Whether there is anything wrong with a row; an unknown is nothing wrong."""
    born, code = col("birth_date"), col("municipality_code")
    entered, left = col("waiting_list_entered_on"), col("waiting_list_left_on")
    wrong = [
        # `+840` is a number too
        (code.str.len_bytes() != 4) | code.cast(pl.UInt16, strict=False).is_null() & code.is_not_null() | (code < "0"),
        col("_others").bitwise_count_ones() != col("self_training_alternatives").list.len(),
        col("_reported").bitwise_count_ones() != col("self_reported").list.len(),
        col("_asked").bitwise_count_ones() != col("requested").list.len(),
        col("_referrer").is_null() & col("referred_by").is_not_null(),
        ~(col("_home") | col("_group")),
        *(_outside(name, tables.last) for name in ("received_on", *EVENTS)),
        *(col(name) < born for name in ("received_on", *EVENTS)),
        born > ON,
        left.is_not_null() & (entered.is_null() | (entered > left)),
    ]
    return pl.any_horizontal(wrong).fill_null(False)


_READ = (
    "birth_date",
    "municipality_code",
    "self_training_alternatives",
    "received_on",
    "referred_by",
    "requested",
    "requested_setting",
    "self_reported",
    *EVENTS,
)


def _problems(rows: pl.Series) -> pl.Series:
    """The problems of each row: worked out for the few that have any."""
    bad = rows.struct.field("_bad")
    places = bad.arg_true()
    lists = pl.Series([[]], dtype=_LISTS)
    if not len(places):
        return lists.new_from_index(0, len(rows))
    found = pl.DataFrame({"row": rows.gather(places)}).unnest("row").select(problems=_said()).to_series()
    number = np.zeros(len(rows), "u4")
    number[places.to_numpy()] = np.arange(1, len(places) + 1)
    # of a list in two pieces a gather takes twenty times as long
    return pl.concat([lists, found], rechunk=True).gather(pl.Series(number)).alias(rows.name)


@lru_cache(maxsize=1)
def _said() -> pl.Expr:
    tables = _tables()
    born, received = col("birth_date"), col("received_on")
    left, entered = col("waiting_list_left_on"), col("waiting_list_entered_on")

    def outside(name: str, last: object = LAST_DAY) -> pl.Expr:
        return pl.when(~col(name).is_between(FIRST_DAY, last)).then(lit(f"{name}:outside-calendar"))

    def word(name: str, known: tuple[str, ...]) -> pl.Expr:
        return pl.when(~col(name).is_in(known)).then(lit(f"{name}:unknown-value"))

    def words(name: str, known: tuple[str, ...]) -> pl.Expr:
        given = col(name).list.drop_nulls()
        unknown = col(name).list.eval(pl.element().is_in(known).fill_null(False)).list.all()
        return (
            pl.when(given.list.n_unique() != given.list.len())
            .then(lit(f"{name}:duplicate-value"))
            .when(~unknown)
            .then(lit(f"{name}:unknown-value"))
        )

    def impossible(name: str, when: pl.Expr) -> pl.Expr:
        return pl.when(when).then(lit(f"{name}:impossible-date"))

    reported = col("self_reported")
    names = reported.list.drop_nulls()
    twice = pl.when(names.list.n_unique() != names.list.len()).then(lit("self_reported:duplicate-value"))
    strange = names.list.eval(pl.element().is_in(REPORTABLE)).list.all()
    code = ~col("municipality_code").str.contains(r"^[0-9]{4}\z")
    late = left.is_not_null() & (entered.is_null() | (entered > left))
    stages = [
        [
            pl.when(code).then(lit("municipality_code:bad-code")),
            words("self_training_alternatives", ALTERNATIVES),
            outside("received_on"),
            word("referred_by", REFERRERS),
            words("requested", ITEMS),
            word("requested_setting", SETTINGS),
            twice.when(names.list.len() < reported.list.len()).then(lit("self_reported:wrong-type")),
            *map(outside, EVENTS),
        ],
        [
            impossible("birth_date", born > received),
            *(impossible(name, col(name) < born) for name in EVENTS),
            # said once
            impossible("waiting_list_left_on", late & ~(left < born).fill_null(False)),
        ],
        [impossible("birth_date", born > ON), pl.when(~strange).then(lit("self_reported:unknown-fact"))],
        [
            outside(name, tables.last[name])
            for name in ("received_on", "training_started_on", "decision_received_on", "complaint_received_on")
        ],
    ]
    told = [pl.concat_str(each, separator="|", ignore_nulls=True) for each in stages]
    first = pl.coalesce(pl.when(each != "").then(each) for each in told)
    return first.str.split("|")
