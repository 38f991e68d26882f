"""Spark: SQL expressions step by step. Every step is one that Spark compiles; no lambda is in any of them."""

import os
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl
from pyspark.sql import DataFrame, SparkSession
from pyspark.sql.functions import expr

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
    Days,
    answers,
    days,
    left_out,
)

STARTS = ("received_on", "training_started_on", "decision_received_on", "complaint_received_on")
_BETWEEN = "\\u0001"


def side(frame: pl.DataFrame) -> tuple[Callable[[], object], Callable[[], pl.DataFrame]]:
    """A run from Parquet to nowhere, and what comes out of it: Spark has no other memory than a file."""
    folder = tempfile.TemporaryDirectory()
    source = Path(folder.name) / "people.parquet"
    frame.write_parquet(source)

    def rows() -> DataFrame:
        return decided(session().read.parquet(f"{folder.name}/people.parquet"))

    def read() -> pl.DataFrame:
        target = Path(folder.name) / "decided.parquet"
        rows().coalesce(1).write.mode("overwrite").parquet(str(target))
        return pl.read_parquet(target / "*.parquet")

    return lambda: rows().write.format("noop").mode("overwrite").save(), read


def session(memory: str = "4g") -> SparkSession:
    """Spark on this machine's cores."""
    spark: SparkSession = (
        SparkSession.builder.master(f"local[{os.cpu_count()}]")
        .config("spark.ui.enabled", "false")
        # a longer method the JVM never compiles: what is in pieces is slower to begin with, and ten times as fast
        .config("spark.ui.showConsoleProgress", "false")
        .config("spark.driver.memory", memory)
        .config("spark.sql.parquet.compression.codec", "zstd")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.codegen.hugeMethodLimit", "8000")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("ERROR")
    return spark


def decided(rows: DataFrame) -> DataFrame:
    """The query."""
    found = answers()
    by_day = days()
    names = rows.columns
    because, because_of = _short([each.because for each in found])
    missing, missing_of = _short([each.missing for each in found])
    warnings, warnings_of = _short([each.warnings for each in found])
    of = _numbers([OUTCOMES.index(each.outcome) for each in found])
    facts = " + ".join(
        f"IF({_known(name)}, IF({name}, {3**place}, 0), {2 * 3**place})" for place, name in enumerate(FACTS)
    )
    referrers = " ".join(f"WHEN referred_by = '{each}' THEN {place // 2}" for place, each in enumerate(REFERRERS))
    steps = [
        {
            "_asked": _bits("requested", ITEMS),
            "_others": _bits("self_training_alternatives", ALTERNATIVES),
            "_reported": f"IF(self_reported IS NULL, 0, {_bits('self_reported', REPORTABLE)})",
        },
        {
            "_referrer": f"CASE {referrers} END",
            "_facts": facts,
            "_bad": _bad(by_day),
        },
        {
            "_state": f"""IF(_bad, {INVALID}, _facts + {BASE} * (
                IF(birth_date IS NULL, 2, IF(birth_date > {_day(TURNED_18)}, 1, 0))
                + IF(consent_given IS NULL, {2 * CONSENT}, IF(consent_given, {CONSENT}, 0))
                + coalesce(_referrer, 3) * {REFERRER}
                + IF(_asked <> 0 AND _asked & 127 = 0, {ONLY_PASSIVE}, 0)
                + IF(_asked & 64 <> 0 OR coalesce(requested_setting, '') IN ('group', 'individual'), {NOT_MENTIONED}, 0)
                + IF(_reported & 15 <> 0, {SELF_REPORTED}, 0)))""",
            "_passive": "shiftright(_asked, 7) + IF(coalesce(requested_setting, '') = 'home', 128, 0)",
            **{f"_{name}": f"IF(_bad, NULL, {name})" for name in STARTS},
        },
        {"_outcome": f"get({of}, _state)"},
        {"_out": "IF(_outcome = 0, _passive, 0)"},
    ]
    for step in steps:
        rows = rows.withColumns({name: expr(text) for name, text in step.items()})
    results = {
        "outcome": f"get({_texts(OUTCOMES)}, _outcome)",
        "partial": "IF(_bad, NULL, _out <> 0)",
        "because": f"get({because}, get({because_of}, _state))",
        "missing": f"get({missing}, get({missing_of}, _state))",
        "excluded": f"get({_lists(left_out())}, _out)",
        "warnings": f"get({warnings}, get({warnings_of}, _state))",
        "problems": f"IF(_bad, {_problems(by_day)}, {_none()})",
        "decided_on": _day(ON),
        "version": _day(VERSION),
        "due_contact": _gathered(by_day.contact, "_received_on"),
        "due_decision": "CAST(NULL AS DATE)",
        "due_start": "date_add(_received_on, 14)",
        "due_course_end": "add_months(_training_started_on, 3)",
        "due_complaint": _gathered(by_day.complaint, "_decision_received_on"),
        "due_reassessment": "date_add(_complaint_received_on, 28)",
    }
    return rows.select(*names, *(expr(text).alias(name) for name, text in results.items()))


def _gathered(by_day: Sequence[int], start: str) -> str:
    return f"date_from_unix_date(get({_numbers(by_day)}, unix_date({start}) - {FIRST}))"


def _known(name: str) -> str:
    reported = f" AND _reported & {1 << REPORTED.index(name)} = 0" if name in REPORTED else ""
    return f"{name} IS NOT NULL{reported}"


def _bits(name: str, items: Sequence[str]) -> str:
    """A bit for each item that is there; one that is unknown or there twice leaves fewer bits than entries."""
    return " + ".join(f"IF(array_contains({name}, '{item}'), {1 << place}, 0)" for place, item in enumerate(items))


def _none() -> str:
    return "CAST(array() AS ARRAY<STRING>)"


def _texts(words: Sequence[str]) -> str:
    return f"array({', '.join(map(repr, words))})" if words else _none()


def _lists(lists: Sequence[Sequence[str]]) -> str:
    return f"array({', '.join(map(_texts, lists))})"


def _numbers(numbers: Sequence[int]) -> str:
    """A table of numbers as one literal: of forty thousand by themselves the parser would take its time."""
    return f"CAST(split('{','.join(map(str, numbers))}', ',') AS ARRAY<INT>)"


def _short(lists: list[list[str]]) -> tuple[str, str]:
    distinct = {tuple(each): None for each in lists}
    number = {each: place for place, each in enumerate(distinct)}
    return _lists(list(distinct)), _numbers([number[tuple(each)] for each in lists])


def _day(day: object) -> str:
    return f"DATE'{day}'"


def _outside(name: str, by_day: Days | None) -> str:
    last = LAST_DAY if by_day is None else by_day.last.get(name, LAST_DAY)
    return f"{name} < {_day(FIRST_DAY)} OR {name} > {_day(last)}"


_CODE = "NOT municipality_code RLIKE '^[0-9]{4}$' OR length(municipality_code) <> 4"
_LATE = "waiting_list_left_on IS NOT NULL AND coalesce(waiting_list_entered_on > waiting_list_left_on, true)"


def _in(name: str, known: Sequence[str]) -> str:
    return f"{name} IN ({', '.join(map(repr, known))})"


def _bad(by_day: Days) -> str:
    wrong = [
        _CODE,
        "bit_count(_others) <> size(self_training_alternatives)",
        "bit_count(_asked) <> size(requested)",
        "bit_count(_reported) <> size(self_reported)",
        f"NOT {_in('referred_by', REFERRERS)}",
        f"NOT {_in('requested_setting', SETTINGS)}",
        *(_outside(name, by_day) for name in ("received_on", *EVENTS)),
        *(f"{name} < birth_date" for name in ("received_on", *EVENTS)),
        f"birth_date > {_day(ON)}",
        _LATE,
    ]
    return " OR ".join(f"coalesce({each}, false)" for each in wrong)


def _problems(by_day: Days) -> str:
    """The first of the stages that finds something."""

    def when(condition: str, said: str) -> str:
        return f"IF({condition}, '{said}', NULL)"

    def words(name: str, known: Sequence[str]) -> str:
        given = f"split(concat_ws('{_BETWEEN}', {name}), '{_BETWEEN}')"
        return (
            f"CASE WHEN size(array_distinct({given})) <> size({given}) THEN '{name}:duplicate-value' "
            f"WHEN size(array_except({name}, {_texts(known)})) > 0 THEN '{name}:unknown-value' END"
        )

    names = f"split(concat_ws('{_BETWEEN}', self_reported), '{_BETWEEN}')"
    reported = (
        f"CASE WHEN size(array_distinct({names})) <> size({names}) THEN 'self_reported:duplicate-value' "
        "WHEN self_reported IS NOT NULL AND array_contains(self_reported, '') IS NULL "
        "THEN 'self_reported:wrong-type' END"
    )
    strange = f"size(array_except(self_reported, {_texts(REPORTABLE)})) > 0"
    stages = [
        [
            when(_CODE, "municipality_code:bad-code"),
            words("self_training_alternatives", ALTERNATIVES),
            when(_outside("received_on", None), "received_on:outside-calendar"),
            when(f"NOT {_in('referred_by', REFERRERS)}", "referred_by:unknown-value"),
            words("requested", ITEMS),
            when(f"NOT {_in('requested_setting', SETTINGS)}", "requested_setting:unknown-value"),
            reported,
            *(when(_outside(name, None), f"{name}:outside-calendar") for name in EVENTS),
        ],
        [
            when("birth_date > received_on", "birth_date:impossible-date"),
            *(when(f"{name} < birth_date", f"{name}:impossible-date") for name in EVENTS),
            when(
                f"{_LATE} AND NOT coalesce(waiting_list_left_on < birth_date, false)",
                "waiting_list_left_on:impossible-date",
            ),
        ],
        [
            when(f"birth_date > {_day(ON)}", "birth_date:impossible-date"),
            when(strange, "self_reported:unknown-fact"),
        ],
        [when(_outside(name, by_day), f"{name}:outside-calendar") for name in STARTS],
    ]
    told = [f"nullif(concat_ws('|', {', '.join(each)}), '')" for each in stages]
    return f"split(coalesce({', '.join(told)}), '[|]')"
