"""DuckDB: one statement. A state packed into one number, joined with a table of what each comes to."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from by_hand.rules import (
    ALTERNATIVES,
    BASE,
    CONSENT,
    EVENTS,
    FACTS,
    FIRST_DAY,
    INVALID,
    ITEMS,
    LAST_DAY,
    NOT_MENTIONED,
    ON,
    ONLY_PASSIVE,
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


def side(frame: pl.DataFrame) -> tuple[Callable[[], object], Callable[[], pl.DataFrame]]:
    """A run from a table of DuckDB's own into another, and what came out."""
    base, by_day = _database()
    base.register("given", frame.to_arrow())
    base.execute("CREATE TABLE people AS FROM given")
    base.unregister("given")
    names = frame.columns
    run = f"CREATE OR REPLACE TEMP TABLE decided AS {statement(names, 'people', by_day)}"
    return lambda: base.execute(run), lambda: pl.DataFrame(base.sql("FROM decided").to_arrow_table())


def to_file(source: Path, target: Path) -> None:
    """Parquet to Parquet."""
    base, by_day = _database()
    given = f"'{source}'"
    names = [each[0] for each in base.execute(f"DESCRIBE FROM {given}").fetchall()]
    base.execute(f"COPY ({statement(names, given, by_day)}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")


def _database() -> tuple[duckdb.DuckDBPyConnection, Days]:
    base = duckdb.connect()
    # the tables are what is hashed, never the people: so the rows keep their order
    # nor does each long IN become a join of its own
    base.execute("SET disabled_optimizers = 'join_order,build_side_probe_side,in_clause'")
    for name, words in (("item", ITEMS), ("alternative", ALTERNATIVES), ("referrer", REFERRERS), ("fact", REPORTABLE)):
        base.execute(f"CREATE TYPE {name} AS ENUM ({', '.join(map(_text, words))})")
    found = answers()
    states = pl.DataFrame(
        {
            "state": pl.int_range(len(found), dtype=pl.UInt32, eager=True),
            "outcome": [each.outcome for each in found],
            **{name: [getattr(each, name) for each in found] for name in ("because", "missing", "warnings")},
        },
        schema_overrides=dict.fromkeys(("because", "missing", "warnings"), pl.List(pl.String)),
    )
    by_day = days()
    starts = pl.date_range(FIRST_DAY, LAST_DAY, eager=True)
    tables = {
        "states": states,
        "left_out": pl.DataFrame({"number": pl.int_range(256, dtype=pl.UInt16, eager=True), "excluded": left_out()}),
        "contact": pl.DataFrame({"start": starts, "due_contact": pl.Series(by_day.contact).cast(pl.Date)}),
        "course_end": pl.DataFrame({"start": starts, "due_course_end": pl.Series(by_day.course_end).cast(pl.Date)}),
        "complaint": pl.DataFrame({"start": starts, "due_complaint": pl.Series(by_day.complaint).cast(pl.Date)}),
    }
    for name, table in tables.items():
        base.register("given", table.to_arrow())
        base.execute(f"CREATE TABLE {name} AS FROM given")
        base.unregister("given")
    return base, by_day


def statement(names: list[str], given: str, by_day: Days) -> str:
    """The statement; *given* is a table or a file."""
    facts = " + ".join(
        f"CASE {_reported(name, 2 * 3**place)} WHEN {name} THEN {3**place} WHEN NOT {name} THEN 0 "
        f"ELSE {2 * 3**place} END"
        for place, name in enumerate(FACTS)
    )
    # an unknown item is no item of the type: it has no bit
    bits = "coalesce(list_sum(list_transform(TRY_CAST({} AS {}[]), lambda x: (1 << enum_code(x)::INT))), 0)::INT"
    wrong = [
        "NOT municipality_code GLOB '[0-9][0-9][0-9][0-9]'",
        "bit_count(others) <> len(self_training_alternatives)",
        "bit_count(asked) <> len(requested)",
        "bit_count(reported) <> len(self_reported)",
        "referrer IS NULL AND referred_by IS NOT NULL",
        f"requested_setting NOT IN ({', '.join(map(_text, SETTINGS))})",
        *(_outside(name, by_day) for name in ("received_on", *EVENTS)),
        *(f"{name} < birth_date" for name in ("received_on", *EVENTS)),
        f"birth_date > {_day(ON)}",
        "waiting_list_left_on IS NOT NULL AND coalesce(waiting_list_entered_on > waiting_list_left_on, true)",
    ]
    return f"""
WITH read AS (
    SELECT *,
        {bits.format("requested", "item")} AS asked,
        {bits.format("self_training_alternatives", "alternative")} AS others,
        CASE WHEN self_reported IS NULL THEN 0 ELSE {bits.format("self_reported", "fact")} END AS reported,
        enum_code(TRY_CAST(referred_by AS referrer))::UTINYINT AS referrer
    FROM {given}
), judged AS (
    SELECT *,
        coalesce({" OR ".join(f"({each})" for each in wrong)}, false) AS bad,
        ({facts}) + {BASE} * (
            CASE WHEN birth_date > {_day(TURNED_18)} THEN 1 WHEN birth_date IS NULL THEN 2 ELSE 0 END
            + CASE WHEN consent_given THEN {CONSENT} WHEN NOT consent_given THEN 0 ELSE {2 * CONSENT} END
            + coalesce(referrer // 2, 3) * {REFERRER}
            + CASE WHEN asked <> 0 AND asked & 127 = 0 THEN {ONLY_PASSIVE} ELSE 0 END
            + CASE WHEN asked & 64 <> 0 OR requested_setting IN ('group', 'individual') THEN {NOT_MENTIONED} ELSE 0 END
            + CASE WHEN reported & 15 <> 0 THEN {SELF_REPORTED} ELSE 0 END
        ) AS number
    FROM read
), known AS (
    SELECT *,
        (CASE WHEN bad THEN {INVALID} ELSE number END)::UINTEGER AS state,
        {", ".join(f"CASE WHEN NOT bad THEN {name} END AS from_{name}" for name in STARTS)}
    FROM judged
), answered AS (
    SELECT known.*, states.outcome, states.because, states.missing, states.warnings,
        (CASE WHEN states.outcome = 'granted'
            THEN (asked >> 7) + CASE WHEN requested_setting = 'home' THEN 128 ELSE 0 END
            ELSE 0
        END)::USMALLINT AS out
    FROM known JOIN states USING (state)
)
SELECT {", ".join(names)},
    outcome,
    CASE WHEN NOT bad THEN out <> 0 END AS partial,
    because,
    missing,
    left_out.excluded,
    warnings,
    CASE WHEN bad THEN {_problems(by_day)} ELSE []::VARCHAR[] END AS problems,
    {_day(ON)} AS decided_on,
    {_day(VERSION)} AS version,
    due_contact,
    NULL::DATE AS due_decision,
    from_received_on + 14 AS due_start,
    due_course_end,
    due_complaint,
    from_complaint_received_on + 28 AS due_reassessment
FROM answered
    JOIN left_out ON left_out.number = out
    LEFT JOIN contact ON contact.start = from_received_on
    LEFT JOIN course_end ON course_end.start = from_training_started_on
    LEFT JOIN complaint ON complaint.start = from_decision_received_on"""


def _reported(name: str, unknown: int) -> str:
    return f"WHEN reported & {1 << REPORTED.index(name)} <> 0 THEN {unknown}" if name in REPORTED else ""


def _text(word: str) -> str:
    return f"'{word}'"


def _day(day: date) -> str:
    return f"DATE '{day}'"


def _outside(name: str, by_day: Days | None) -> str:
    last = LAST_DAY if by_day is None else by_day.last.get(name, LAST_DAY)
    return f"{name} NOT BETWEEN {_day(FIRST_DAY)} AND {_day(last)}"


def _problems(by_day: Days) -> str:
    """The first of the stages that finds something; a CASE works it out for the rows alone that get there."""

    def when(condition: str, said: str) -> str:
        return f"CASE WHEN {condition} THEN '{said}' END"

    def words(name: str, known: tuple[str, ...]) -> str:
        given = f"list_filter({name}, lambda x: x IS NOT NULL)"
        unknown = f"len(list_filter({name}, lambda x: coalesce(x NOT IN ({', '.join(map(_text, known))}), true))) > 0"
        return (
            f"CASE WHEN len(list_distinct({given})) <> len({given}) THEN '{name}:duplicate-value' "
            f"WHEN {unknown} THEN '{name}:unknown-value' END"
        )

    def word(name: str, known: tuple[str, ...]) -> str:
        return when(f"{name} NOT IN ({', '.join(map(_text, known))})", f"{name}:unknown-value")

    late = "waiting_list_left_on IS NOT NULL AND coalesce(waiting_list_entered_on > waiting_list_left_on, true)"
    once = f"({late}) AND NOT coalesce(waiting_list_left_on < birth_date, false)"
    names = "list_filter(self_reported, lambda x: x IS NOT NULL)"
    strange = f"len(list_filter({names}, lambda x: x NOT IN ({', '.join(map(_text, REPORTABLE))}))) > 0"
    reported = (
        f"CASE WHEN len(list_distinct({names})) <> len({names}) THEN 'self_reported:duplicate-value' "
        f"WHEN len({names}) < len(self_reported) THEN 'self_reported:wrong-type' END"
    )
    stages = [
        [
            when("NOT municipality_code GLOB '[0-9][0-9][0-9][0-9]'", "municipality_code:bad-code"),
            words("self_training_alternatives", ALTERNATIVES),
            when(_outside("received_on", None), "received_on:outside-calendar"),
            word("referred_by", REFERRERS),
            words("requested", ITEMS),
            word("requested_setting", SETTINGS),
            reported,
            *(when(_outside(name, None), f"{name}:outside-calendar") for name in EVENTS),
        ],
        [
            when("birth_date > received_on", "birth_date:impossible-date"),
            *(when(f"{name} < birth_date", f"{name}:impossible-date") for name in EVENTS),
            when(once, "waiting_list_left_on:impossible-date"),
        ],
        [
            when(f"birth_date > {_day(ON)}", "birth_date:impossible-date"),
            when(strange, "self_reported:unknown-fact"),
        ],
        [when(_outside(name, by_day), f"{name}:outside-calendar") for name in STARTS],
    ]
    told = [f"list_filter([{', '.join(each)}], lambda x: x IS NOT NULL)" for each in stages]
    return "CASE " + " ".join(f"WHEN len({each}) > 0 THEN {each}" for each in told) + " END"
