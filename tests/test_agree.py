"""`decide_many` says of every row what the reference says of it, whichever engine holds the table."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

import narwhals as nw
import pandas as pd
import polars as pl
import population
import pyarrow as pa
import pytest
from agreement import (
    ENGINES,
    NUMBER,
    Answer,
    Engine,
    Holding,
    answer,
    as_arrow,
    differences,
    disagreement,
    expected,
    plain,
)
from packs import DAY, NEED, make_pack
from tables import Table, packs_for_tables, table, two_versions

from vedligehold import CaseError, Pack, load_pack
from vedligehold.decide_many import ColumnWarning, decide_many
from vedligehold.table.answering import plan
from vedligehold.table.digits import can_be_told_apart
from vedligehold.table.row import Rows
from vedligehold.table.sheet import Sheet

pytestmark = pytest.mark.long

pytestmark = pytest.mark.filterwarnings("ignore::vedligehold.decide_many.ColumnWarning")

HERE: tuple[Engine, ...] = tuple(each for each in ENGINES if each != "spark")
LABELS = [f"aid{number}" for number in range(60)]
CODES = [f"right{number}" for number in range(45)]
PARTS: dict[str, Any] = {
    "parameters": {"dearest": {"amount": "27.49"}, "most": {"times": "3"}},
    "facts": {
        "motivated": {"type": "bool", "assessed": "true"},
        "level": {"type": "int", "minimum": "0", "maximum": "4"},
        "visits": {"type": "int"},
        "fee": {"type": "decimal"},
        "left_on": {"type": "date"},
        "weeks": {"type": "int", "unit": "weeks", "span": {"from": "left_on", "to": "decided_on"}},
        "pension": {"type": "choice", "choices": {each: {"da": each, "en": each} for each in ("early", "late")}},
        "aids": {"type": "set", "choices": {each: {"da": each, "en": each} for each in LABELS}},
    },
    "requirements": [
        NEED,
        {"id": "will", "kind": "discretionary", "require": "motivated"},
        {"id": "aided", "kind": "strict", "require": {"aids": {"any_of": ["aid1", "aid55"]}}},
        {"id": "just", "kind": "strict", "require": {"aids": {"only": ["aid1", "aid53", "aid59"]}}},
        {"id": "poor", "kind": "strict", "require": {"fee": {"at_most": "dearest"}}},
        {"id": "few", "kind": "strict", "require": {"visits": {"at_most": "most"}}},
        {"id": "early", "kind": "strict", "require": {"pension": {"is": "early"}}},
    ],
    "deadlines": [{"id": "contact", "from": "referral_received", "within": {"workdays": "5"}, "kind": "target"}],
}


@pytest.fixture(scope="module")
def pack(tmp_path_factory: Any) -> Pack:
    """A pack with more to choose from in a set than is told by one number."""
    return make_pack(tmp_path_factory.mktemp("rules"), **PARTS)


@pytest.fixture(scope="module")
def large(tmp_path_factory: Any) -> Pack:
    """A pack with more requirements and facts than are told by one number."""
    facts = {**PARTS["facts"], **{f"has_{code}": {"type": "bool"} for code in CODES}}
    requirements = [
        *PARTS["requirements"],
        *({"id": code, "kind": "strict", "require": f"has_{code}"} for code in CODES),
    ]
    return make_pack(tmp_path_factory.mktemp("rules"), **{**PARTS, "facts": facts, "requirements": requirements})


@pytest.fixture(params=ENGINES)
def engine(request: Any) -> Engine:
    """Each engine in turn."""
    found: Engine = request.param
    return found


@pytest.fixture
def holding(request: Any, tmp_path: Path) -> Holding:
    """What holds tables; Spark is started where it is wanted."""
    return Holding(tmp_path, lambda: request.getfixturevalue("spark"))


def rows_of(frame: Any) -> list[dict[str, Any]]:
    """The rows of a frame, as whoever goes through them sees them."""
    match frame:
        case pd.DataFrame():
            names = list(map(str, frame.columns))
            cells = [frame.iloc[:, place] for place in range(len(names))]
            return [{name: each.iloc[at] for name, each in zip(names, cells, strict=True)} for at in range(len(frame))]
        case pa.Table():
            rows: list[dict[str, Any]] = frame.to_pylist()
            return rows
        case pl.LazyFrame():
            return frame.collect().rows(named=True)
        case pl.DataFrame():
            return frame.rows(named=True)
        case _:
            arrow = frame.to_arrow_table() if hasattr(frame, "to_arrow_table") else frame.toArrow()
            return rows_of(arrow)


def disagreeing(pack: Pack, frame: Any, on: date | str = DAY) -> dict[str, Any]:
    """By column what is said of a frame, and what the reference says of its rows, where these are not the same."""
    rows = rows_of(frame)
    found = decide_many(pack, frame, on=on)
    names = [
        str(name) for name in (frame.collect_schema().names() if isinstance(frame, pl.LazyFrame) else frame.columns)
    ]
    reference = Rows(pack, frame.column_names if isinstance(frame, pa.Table) else names, on)
    decided = [reference.decided(row) for row in rows]
    wanted: Answer = {name: [row[name] for row in decided] for name in reference.results}
    said = answer(found) if NUMBER in plain(found) else plain(found)
    return {name: (said.get(name), wanted[name]) for name in differences(wanted, said)}


# ----------------------------------------------------------------------------------------------------------------------
# Packs and tables at random


def drawn_tables() -> Iterator[tuple[Pack, int, int]]:
    """Packs of each kind with seeds and rows: the real ones, of each shape, and two versions with a day in each row."""
    packs = packs_for_tables()
    real, pairs = packs[:2], two_versions()
    made = packs[2 : len(packs) - len(pairs)]
    some = [*real, *made[:: len(made) // 9], *pairs[:4]]
    for number, each in enumerate(some):
        wanted = each in pairs or number % 3 == 0
        seed = next(seed for seed in range(100) if isinstance(table(each, seed, 2).on, str) is wanted)
        yield each, seed, 150 if each in real else 90


@pytest.fixture(scope="module")
def drawn() -> list[Table]:
    """Tables for packs of each kind."""
    return [table(*each) for each in drawn_tables()]


@pytest.mark.parametrize("part", range(4))
def test_polars_says_what_the_reference_says(part: int, drawn: list[Table], holding: Holding):
    for each in drawn[part::4]:
        wanted = expected(Rows(each.pack, list(each.columns), each.on), each)
        assert {} == disagreement(each, "polars", holding, wanted), each
        assert {} == disagreement(each, "lazy", holding, wanted), each


@pytest.mark.parametrize("of", ["objects", "pandas", "pyarrow"])
def test_pandas_and_pyarrow_say_what_the_reference_says(of: Engine, drawn: list[Table], holding: Holding):
    for each in drawn[::3]:
        assert {} == disagreement(each, of, holding), each


@pytest.mark.parametrize("number", [0, 1, 4, -1])
def test_duckdb_says_what_the_reference_says(number: int, drawn: list[Table], holding: Holding):
    assert {} == disagreement(drawn[number], "duckdb", holding)


@pytest.mark.parametrize("number", [0, 1, 4, -1])
def test_spark_says_what_the_reference_says(number: int, drawn: list[Table], holding: Holding):
    assert {} == disagreement(drawn[number], "spark", holding)


def by_flag(engine: Engine, frame: Any, each: Table) -> Any:
    """*frame* decided without a look-up by state, as it is where there are too many of them."""
    module = import_module(f"vedligehold.table.on_{'polars' if engine == 'lazy' else engine}")
    called = getattr(module, "called", str)
    schema = nw.from_native(frame).collect_schema()
    made = plan(each.pack, schema, each.on, sheet=Sheet(schema), called=called)
    assert not any(step.states for step in made.steps)
    return module.run(frame, made)


@pytest.mark.parametrize("number", [0, 1, 4, -1])
@pytest.mark.parametrize("engine", ["lazy", "duckdb", "spark"])
def test_answers_put_together_of_flags_are_those_by_state(
    engine: Engine, number: int, drawn: list[Table], holding: Holding
):
    each = drawn[number]
    wanted = expected(Rows(each.pack, list(each.columns), each.on), each)
    said = answer(by_flag(engine, holding.held(engine, as_arrow(each)), each))

    assert {} == differences(wanted, said)


@pytest.mark.parametrize("name", ["rebild", "sundhed-og-traening"])
def test_answers_under_a_real_pack_are_looked_up_by_state(name: str):
    """Its states are few enough; and Narwhals writes what is asked in such a way that it can be told apart."""
    schema = nw.from_native(population.population(1)).collect_schema()
    made = plan(load_pack(name), schema, population.ON)

    assert can_be_told_apart()
    assert any(step.states for step in made.steps)


# ----------------------------------------------------------------------------------------------------------------------
# What comes out

COLUMNS: dict[str, Any] = {
    NUMBER: [0, 1, 2],
    "navn": ["a", None, "b"],
    "cpr": ["0203481234", None, "020348-1234"],
    "needs_maintenance": [True, True, None],
    "motivated": [True, False, True],
    "fee": [1.5, 27.49, 30.0],
    "visits": [1, 3, 5],
}


def test_the_same_kind_of_frame_comes_out(engine: Engine, pack: Pack, holding: Holding):
    """With the caller's columns as they were and where they were, but never a column `cpr`."""
    frame = holding.held(engine, pa.table(COLUMNS))
    found = decide_many(pack, frame, on=DAY)
    through = [name for name in COLUMNS if name != "cpr"]
    before, after = answer(frame), answer(found)

    assert type(frame) is type(found)
    assert [*through, *Rows(pack, list(COLUMNS), DAY).results] == [*after]
    assert {name: before[name] for name in through} == {name: after[name] for name in through}
    assert not isinstance(found, pd.DataFrame) or [*frame.dtypes[through]] == [*found.dtypes[through]]


def test_the_rows_stay_in_order(pack: Pack, holding: Holding):
    """Where a table has one: not in DuckDB and Spark."""
    for each in ("polars", "lazy", "objects", "pandas", "pyarrow"):
        found = plain(decide_many(pack, holding.held(each, pa.table({NUMBER: [3, 1, 2], "visits": [5, 1, 2]})), on=DAY))
        assert [3, 1, 2] == found[NUMBER]


def test_what_is_found_in_two_ways_stands_where_it_is_found_first(engine: Engine, pack: Pack, holding: Holding):
    """The end of a wait is wrong before birth, and again before its beginning: between them stands the complaint."""
    early, late = date(1999, 1, 1), date(2020, 3, 3)
    columns: dict[str, list[Any]] = {
        NUMBER: [0, 1, 2],
        "birth_date": [date(2000, 1, 1)] * 3,
        "waiting_list_entered_on": [late, None, late],
        "waiting_list_left_on": [date(2020, 1, 1), early, early],
        "complaint_received_on": [early] * 3,
    }
    found = answer(decide_many(pack, holding.held(engine, pa.table(columns)), on=DAY))

    wait, complaint = "waiting_list_left_on:impossible-date", "complaint_received_on:impossible-date"
    assert [[complaint, wait], [wait, complaint], [wait, complaint]] == found["problems"]
    rows = Rows(pack, list(columns), DAY)
    each = ({name: values[place] for name, values in columns.items()} for place in range(3))
    assert found["problems"] == [rows.decided(row)["problems"] for row in each]


def test_the_types_of_what_comes_out(engine: Engine, pack: Pack, holding: Holding):
    """Those of the engine: text, yes or no, lists of text, days."""
    found = decide_many(pack, holding.held(engine, pa.table(COLUMNS)), on=DAY)
    names = ("outcome", "partial", "problems", "decided_on", "due_contact")
    match found:
        case pl.LazyFrame() | pl.DataFrame():
            schema = found.lazy().collect_schema()
            assert [pl.String, pl.Boolean, pl.List(pl.String), pl.Date, pl.Date] == [schema[name] for name in names]
        case pd.DataFrame():
            objects = ["object", "boolean", "object", "datetime64[s]", "datetime64[s]"]
            arrow = ["large_string", "bool", "large_list<item: large_string>", "date32[day]", "date32[day]"]
            wanted = objects if engine == "objects" else [f"{each}[pyarrow]" for each in arrow]
            assert wanted == [str(found.dtypes[name]) for name in names]
        case pa.Table():
            wanted = ["large_string", "bool", "large_list<item: large_string>", "date32[day]", "date32[day]"]
            assert wanted == [str(found.schema.field(name).type) for name in names]
        case _ if engine == "duckdb":
            types = dict(zip(found.columns, map(str, found.types), strict=True))
            assert ["VARCHAR", "BOOLEAN", "VARCHAR[]", "DATE", "DATE"] == [types[name] for name in names]
        case _:
            types = dict(found.dtypes)
            assert ["string", "boolean", "array<string>", "date", "date"] == [types[name] for name in names]


# ----------------------------------------------------------------------------------------------------------------------
# Tables of every look

_DAYS = [datetime(2017, 1, 2), datetime(2017, 1, 2, 5), None]  # noqa: DTZ001
_BASE: dict[str, Any] = {"needs_maintenance": [True, True, None], "motivated": [True, False, True]}
_TEXT_LISTS = [["aid1", "aid55"], ["aid53", "aid59", "aid1"], ["aid54", "?"]]
ODD: dict[str, dict[str, Any]] = {
    "no_rows": {name: pa.array([], pa.array(values).type) for name, values in COLUMNS.items()},
    "only_others": {"x": [1, 2, 3]},
    "nothing_but_nulls": dict.fromkeys(
        "fee visits aids left_on requested self_reported cpr granted_on finding_will pension referred_by".split(),
        pa.nulls(3),
    ),
    "lists": {**_BASE, "aids": _TEXT_LISTS},
    "long_lists": {
        **_BASE,
        "aids": [["aid1"] * 1001, ["aid59"] * 1000, [f"x{number}" for number in range(1001)]],
        "requested": [["balance"] * 1001, ["massage", None], []],
        "self_reported": [["motivated"] * 1001, ["age"] * 1000, ["?"]],
    },
    "other_lists": {
        **_BASE,
        "aids": [[1], [], None],
        "requested": [[1], [], None],
        "self_reported": pa.array([[1], [None], None]),
    },
    "numbers": {
        **_BASE,
        "fee": pa.array([27.49, 27.5, None], pa.float32()),
        "visits": pa.array([-(2**31), 4, 3], pa.int32()),
        "level": pa.array([-128, 4, 5], pa.int8()),
    },
    "large_numbers": {
        **_BASE,
        "fee": pa.array([-(2**63), 28, None]),
        "visits": pa.array([2**63 - 1, 3, 4]),
        "level": [float("inf"), 1e9, 3.0],
    },
    "decimals": {
        **_BASE,
        "fee": pa.array([Decimal("1.0000000000000001"), Decimal("27.49"), Decimal("99999999.9999999")]).cast(
            pa.decimal128(38, 16)
        ),
        "level": pa.array([Decimal(1)] * 3),
    },
    "numbers_of_one_size": {**_BASE, "fee": [27.49, 27.49, 27.49]},
    "coded_texts": {
        **_BASE,
        "pension": pa.array(["early", None, "?"]).dictionary_encode(),
        "referred_by": pa.array(["hospital", "?", None]).dictionary_encode(),
    },
    "times": {
        **_BASE,
        "left_on": pa.array(_DAYS, pa.timestamp("ms")),
        "received_on": pa.array(_DAYS, pa.timestamp("us")),
        "birth_date": pa.array(_DAYS, pa.timestamp("s")),
    },
    "times_of_a_zone": {**_BASE, "left_on": pa.array(_DAYS, pa.timestamp("us", "UTC"))},
    "no_texts": {
        **_BASE,
        "pension": pa.array([b"early", None, b""]),
        "left_on": pa.array([b"early", None, b""]),
        "referred_by": pa.array([b"early", None, b""]),
    },
    "strange_names": {
        **_BASE,
        **{name: [1, 2, 3] for name in ["a\"b'c", "a`b", "a.b", "a b", "æ", "a\nb", "{x}", "a/b", "%", "*", "^.*$"]},
        "__vedligehold_1": [1, 2, 3],
        "__VEDLIGEHOLD_2": [1, 2, 3],
        " visits": [1, 2, 3],
        "finding_a.b c\"d'": [True, None, None],
    },
}
SOME = ("no_rows", "lists", "other_lists", "large_numbers", "decimals", "times", "strange_names")
"""Those that DuckDB and Spark are shown, which plan each for seconds."""
ON_POLARS = tuple(each for each in HERE if each != "duckdb")


@pytest.mark.parametrize("look", ODD)
@pytest.mark.parametrize("of", ON_POLARS)
def test_a_table_of_any_look_is_decided(look: str, of: Engine, pack: Pack, holding: Holding):
    assert {} == disagreeing(pack, holding.held(of, pa.table(ODD[look])))


@pytest.mark.parametrize("look", SOME)
@pytest.mark.parametrize("of", ["duckdb", "spark"])
def test_duckdb_and_spark_decide_a_table_of_any_look(look: str, of: Engine, pack: Pack, holding: Holding):
    cells = {name: pa.array(values) for name, values in ODD[look].items()}
    cells[NUMBER] = pa.array(range(len(cells["needs_maintenance"])))

    assert {} == disagreeing(pack, holding.held(of, pa.table(cells)))


def test_more_codes_than_one_number_tells(engine: Engine, large: Pack, holding: Holding):
    rights = {f"has_{code}": [True, place % 3 == 0, None] for place, code in enumerate(CODES)}

    assert {} == disagreeing(large, holding.held(engine, pa.table({**_BASE, **rights, NUMBER: [0, 1, 2]})))


def test_a_column_of_the_day_has_any_name(engine: Engine, pack: Pack, holding: Holding):
    columns = pa.table({**_BASE, "on \"the' `day`.": ["2017-05-10", "?", None], NUMBER: [0, 1, 2]})

    assert {} == disagreeing(pack, holding.held(engine, columns), "on \"the' `day`.")


def test_a_table_without_columns_is_decided(pack: Pack):
    for frame in (pl.DataFrame(), pa.table({}), pd.DataFrame(), pd.DataFrame(index=range(3))):
        assert {} == disagreeing(pack, frame)


def test_columns_of_one_name_are_refused(pack: Pack):
    for frame in (pd.DataFrame([[1, 2]], columns=["a", "a"]), pa.table([[1], [2]], names=["a", "a"])):
        with pytest.raises(CaseError, match="column-twice"):
            decide_many(pack, frame, on=DAY)


def test_polars_has_types_of_its_own(pack: Pack):
    fixed = {"requested": pl.Array(pl.String, 1), "aids": pl.Array(pl.Enum(["aid1", "x"]), 1)}
    closed = {"pension": pl.Enum(["early", "x"]), "requested": pl.List(pl.Categorical)}
    lists: Any = [["aid1"], None, ["x"]]

    assert {} == disagreeing(pack, pl.DataFrame({"requested": lists, "aids": lists}, schema=fixed))
    texts = {"pension": ["early", None, "x"], "requested": [["balance"], None, ["x"]]}
    assert {} == disagreeing(pack, pl.DataFrame(texts, schema=closed))
    assert {} == disagreeing(pack, pl.DataFrame({"pension": pl.Series([object()] * 2, dtype=pl.Object)}))


_HOURS = [datetime(2010, 1, 1), datetime(2010, 1, 1, 5), date(2010, 1, 1)]  # noqa: DTZ001
MIXED: dict[str, dict[str, Any]] = {
    "kinds": {"visits": [1, "x", 2.5], "left_on": ["2010-01-01", *_HOURS[1:]], "pension": ["early", b"x", True]},
    "decimals": {
        "fee": [Decimal("27.490"), Decimal("1.0000000000000001"), 27.49],
        "level": [Decimal("Infinity"), 3, None],
    },
    "large": {"visits": [2**70, 1, 2], "fee": [-(2**70), 10**15, 3], "level": [2**63, 1, None]},
    "broken_text": {"pension": ["\ud800", "early", None], "requested": [["\ud800"], ["balance"], None]},
    "lists": {"requested": [["balance"], "balance", [1]], "aids": [("aid1",), {"aid1"}, [["aid1"]]]},
    "mappings": {"pension": [{"a": 1}, "early", None], "fee": [{"a": 1}, 1, None]},
    "times": {"left_on": _HOURS, "received_on": [pd.Timestamp("2010-01-01 00:00:00.000000001"), None, pd.NaT]},
    "zones": {
        "left_on": [pd.Timestamp("2010-01-01", tz="Asia/Tokyo"), pd.Timestamp("2009-12-31 15:00", tz="UTC"), None]
    },
}


@pytest.mark.parametrize("kind", MIXED)
def test_a_column_of_objects_may_hold_anything(kind: str, pack: Pack):
    """A row that is none of the others' kind is decided by the reference, wherever it stands."""
    columns = {name: pd.Series(values, dtype=object) for name, values in {**_BASE, **MIXED[kind]}.items()}
    frame = pd.DataFrame(columns)

    assert {} == disagreeing(pack, frame)
    assert {} == disagreeing(pack, frame.set_axis(pd.Index([7, 7, 7])))


def test_pandas_has_types_of_its_own(pack: Pack):
    columns = {
        "pension": pd.Series(["early", None, "?"], dtype="category"),
        "motivated": pd.Series([True, False, None], dtype="boolean"),
        "visits": pd.Series([3, 4, None], dtype="Int8"),
        "fee": pd.Series([27.5, None, 28], dtype="float16"),
        "left_on": pd.period_range("2010-01-01", periods=3),
        "received_on": pd.to_timedelta([1, 2, None]),
        "level": pd.arrays.SparseArray([1, 2, 3]),
    }
    frame = pd.DataFrame(columns)

    assert {} == disagreeing(pack, frame)
    assert [*frame.dtypes] == [*decide_many(pack, frame, on=DAY).dtypes[[*columns]]]


def test_the_index_and_the_names_of_pandas_stay(pack: Pack):
    """An index that says a row twice, and a column whose name is no text."""
    frame = pd.DataFrame({"visits": pd.Series([1, "x", 2.5], dtype=object), 0: [1, 2, 3]}).set_axis([7, 7, 9])
    found = decide_many(pack, frame, on=DAY)

    assert ([7, 7, 9], ["visits", 0]) == ([*found.index], [*found.columns][:2])
    assert ["needs_information", "invalid", "invalid"] == [*found["outcome"]]


def test_a_warning_tells_of_a_column_that_is_not_read(pack: Pack):
    with pytest.warns(ColumnWarning, match="did you mean `needs_maintenance`"):
        decide_many(pack, pl.DataFrame({"needs_maintainance": [True]}), on=DAY)
