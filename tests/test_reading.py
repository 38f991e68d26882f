"""Reading: values as written, YAML that cannot harm, no CPR number repeated, which packs and versions there are."""

import json
import os
import pickle
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from packs import FULL_PACK, NEED, ROOT, make_pack, paths_of, with_value, write_pack

from vedligehold import (
    Case,
    NotInForce,
    PackError,
    VedligeholdError,
    decide,
    load_pack,
    packs,
)
from vedligehold.decide import replay
from vedligehold.errors import quoted
from vedligehold.reading.document import read_document
from vedligehold.reading.library import rules_folder, version_files

GOOD = (ROOT / "tests" / "bad" / "pack" / "good.yaml").read_text(encoding="utf-8")


@pytest.fixture
def document(tmp_path):
    """Read a text as a YAML file."""

    def read(text: str | bytes) -> Any:
        path = tmp_path / "pack.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_document(path)

    return read


@pytest.fixture
def problems(document):
    """What is wrong with a text as YAML."""

    def of(text: str | bytes) -> tuple[Any, ...]:
        with pytest.raises(PackError) as raised:
            document(text)
        return raised.value.problems

    return of


# --- what was written is what is read


@pytest.mark.parametrize(
    ("written", "read"), [("", None), ("~", None), ("null", None), ('"null"', "null"), ("Null", "Null")]
)
def test_only_a_plain_null_is_nothing(written, read, document):
    """In quotes it is the word."""
    assert {"key": read} == document(f"key: {written}\n").data


def test_no_and_on_may_be_keys(document):
    """`on` is a key of a course rule, and a boolean in YAML 1.1."""
    assert {"on": ["no_show"], "no": "0730"} == document("on: [no_show]\nno: 0730\n").data


def test_every_value_and_key_knows_its_line_and_column(document):
    """Counted from one, also inside lists."""
    read = document("a: b\nlist:\n  - one\n  - {key: two}\n")

    assert (1, 4) == read.marks["a",]
    assert (3, 5) == read.marks["list", 0]
    assert (4, 11) == read.marks["list", 1, "key"]
    assert (4, 6) == read.keys["list", 1, "key"]


def test_the_hash_of_a_file_is_that_of_its_bytes(document):
    """A receipt names the pack by it: another comment is another file."""
    assert document("a: b\n").digest == document("a: b\n").digest
    assert document("a: b\n").digest != document("a: b # c\n").digest


# --- what is shown of a file


def test_a_deep_condition_that_may_stand_is_read(tmp_path):
    """What is refused for its depth is more than anybody writes."""
    condition: Any = "needs_maintenance"
    for _ in range(40):
        condition = {"not": condition}

    assert "toy" == make_pack(tmp_path, requirements=[{**NEED, "require": condition}]).id


def test_a_long_line_is_shown_around_the_mistake(tmp_path):
    """The caret stands under it, also far to the right."""
    text = GOOD.replace("{da: Du har ikke", "{ad: x, da: " + "Langt. " * 60 + "Du har ikke")
    text = text.replace("en: You do not need training.}", "en: You do not need training., fr: Non}")
    (tmp_path / "pack.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError) as raised:
        load_pack(tmp_path / "pack.yaml")
    line, caret = raised.value.problems[-1].excerpt

    assert "fr: Non" == line[caret.index("^") :].removesuffix("}")
    assert len(line) < 140


def test_a_long_path_is_shown_whole(tmp_path):
    """An editor opens it."""
    path = tmp_path.joinpath(*["a-folder-with-a-long-name"] * 5, "pack.yaml")
    path.parent.mkdir(parents=True)
    path.write_text("a: [\n", encoding="utf-8")
    with pytest.raises(PackError) as raised:
        read_document(path)

    assert raised.value.problems[0].place.endswith(f"{'/a-folder-with-a-long-name' * 5}/pack.yaml:2:1")


# --- whatever stands anywhere


def error_of(read: Callable[..., object], *given: Any) -> VedligeholdError | None:
    """What *read* raises on purpose; anything else goes through."""
    try:
        read(*given)
    except VedligeholdError as error:
        return error
    return None


ODD: list[Any] = [None, "", "x", [], {}, [[]], {"a": {"b": None}}]


@pytest.fixture
def load(tmp_path):
    """Load a pack given as data."""

    def read(data: Any) -> Any:
        path = tmp_path / "pack.yaml"
        path.write_text(json.dumps(data, ensure_ascii=False, indent=0), encoding="utf-8")
        return load_pack(path)

    return read


@pytest.mark.parametrize("path", list(paths_of(FULL_PACK)), ids=lambda path: ".".join(map(str, path)))
def test_whatever_stands_in_a_pack_is_read_or_refused(path, load):
    """One wrong thing anywhere never ends in anything but a `PackError` in words of the format."""
    for odd in ODD:
        assert "nput should" not in str(error_of(load, with_value(FULL_PACK, path, odd)))


def test_the_full_pack_is_good(load):
    """What the tests around this one start from."""
    assert "toy" == load(FULL_PACK).id


# --- a CPR number is never repeated: tests/test_private.py, and


@pytest.mark.parametrize("spelled", ["0203481234", "020348-1234", "020348 1234", "020348–1234", "020348 - 1234"])
def test_no_half_of_a_cpr_number_is_left_where_a_line_is_cut(spelled, problems):
    """The line that is shown starts and ends somewhere."""
    for away in range(120):
        before = problems(f"x{spelled}" + "y" * away + ": &a b\n")
        after = problems("&a b" + "y" * away + f"{spelled}: c\n")
        told = f"{PackError(before)}{PackError(after)}{quoted('y' * away + spelled)}"

        assert "0203" not in told
        assert "1234" not in told


def test_the_hash_of_a_finding_is_taken_for_no_cpr_number():
    """In every fifth of them ten digits stand in a row; the receipt must still be good for a replay."""
    pack = load_pack(ROOT / "tests" / "bad" / "case" / "pack.yaml")
    for number in range(30):
        finding = {"holds": True, "reason": f"Grund {number}.", "by": "visitator", "on": "2020-05-20"}
        decision = decide(pack, Case.model_validate({"findings": {"benefit": finding}}), on=date(2020, 6, 1))

        assert decision.outcome == replay(pack, decision.receipt).outcome


def test_an_error_is_the_same_after_pickling(problems):
    """Workers send it home."""
    error = PackError(problems("a: &b c\n"))

    assert error.problems == pickle.loads(pickle.dumps(error)).problems


# --- which packs there are


def test_every_pack_of_the_library_is_named_after_its_folder():
    """By id, and each with a version."""
    ids = [pack.id for pack in packs()]

    assert sorted(ids) == ids
    assert {folder.name for folder in rules_folder().iterdir() if folder.is_dir()} == set(ids)


def test_a_pack_is_loaded_by_id_by_folder_and_by_file(tmp_path):
    """A file is that version alone; a folder is all of them."""
    write_pack(tmp_path, valid_from="2015-01-01", valid_to="2016-12-31")
    file = write_pack(tmp_path, valid_from="2017-01-01")
    days = [date(2015, 1, 1), date(2017, 1, 1)]

    assert days == [each.valid_from for each in load_pack("toy", rules=tmp_path).versions]
    assert days == [each.valid_from for each in load_pack(tmp_path / "toy").versions]
    assert days == [each.valid_from for each in load_pack(str(tmp_path / "toy")).versions]
    assert days[1:] == [each.valid_from for each in load_pack(file).versions]


def test_other_folders_and_files_are_no_packs(tmp_path):
    """Cases lie beside their version, and a folder without a version is something else."""
    write_pack(tmp_path)
    (tmp_path / "toy" / "2015-01-01.cases.yaml").write_text("format: 1\n", encoding="utf-8")
    (tmp_path / "toy" / "README.md").write_text("x", encoding="utf-8")
    (tmp_path / "notes").mkdir()

    assert ["toy"] == [pack.id for pack in packs(tmp_path)]
    assert ["2015-01-01.yaml"] == [file.name for file in version_files(tmp_path / "toy")]


def test_what_is_wrong_with_several_packs_is_told_together(tmp_path):
    """And what is wrong with the national layer is told once."""
    for name in ("one", "two"):
        path = write_pack(tmp_path, pack=name)
        path.write_text(path.read_text(encoding="utf-8").replace('"strict"', '"stict"'), encoding="utf-8")
    with pytest.raises(PackError) as raised:
        packs(tmp_path)
    (tmp_path / "denmark.yaml").write_text("format: 2\n", encoding="utf-8")
    with pytest.raises(PackError) as of_the_nation:
        packs(tmp_path)

    assert ["unknown-value", "unknown-value"] == [problem.code for problem in raised.value.problems]
    assert 1 == sum("the format is `1`" in problem.message for problem in of_the_nation.value.problems)


def test_a_folder_of_rules_may_have_its_own_national_layer(tmp_path):
    """Without one, Denmark's is that of the library; a changed file is read again."""
    write_pack(tmp_path)
    denmark = (rules_folder() / "denmark.yaml").read_bytes()

    assert load_pack("rebild").nation.digest == load_pack("toy", rules=tmp_path).nation.digest
    seen = []
    for number in range(2):
        (tmp_path / "denmark.yaml").write_bytes(denmark + b"# mine\n" * (number + 1))
        seen.append(load_pack("toy", rules=tmp_path).nation.digest)
    assert 2 == len(set(seen))
    assert load_pack("rebild").nation.digest not in seen


# --- versions


@pytest.fixture
def versions(tmp_path):
    """A pack with a gap: in force 2015-2016, 2018 without an end, and 2020."""
    for first, last in (("2015-01-01", "2016-12-31"), ("2018-01-01", None), ("2020-01-01", None)):
        write_pack(tmp_path, valid_from=first, **({"valid_to": last} if last else {}))
    return load_pack("toy", rules=tmp_path)


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2015, 1, 1), date(2015, 1, 1)),
        (date(2016, 12, 31), date(2015, 1, 1)),
        (date(2018, 1, 1), date(2018, 1, 1)),
        (date(2019, 12, 31), date(2018, 1, 1)),
        (date(2020, 1, 1), date(2020, 1, 1)),
        (date(2099, 1, 1), date(2020, 1, 1)),
    ],
)
def test_the_version_is_the_one_in_force_on_the_day(day, version, versions):
    """From its first day to its last; without an end, to the day before the next."""
    assert version == versions.at(day).version.valid_from


@pytest.mark.parametrize("day", [date(2014, 12, 31), date(2017, 1, 1), date(2017, 12, 31)])
def test_on_other_days_none_is_in_force(day, versions, tmp_path):
    """Asked for at loading, when narrowing, or when deciding."""
    for ask in (
        lambda: load_pack("toy", rules=tmp_path, on=day),
        lambda: versions.narrow(day),
        lambda: decide(versions, Case(), on=day),
    ):
        with pytest.raises(NotInForce):
            ask()


def test_a_narrowed_pack_still_has_all_its_versions(versions):
    """It is checked to be in force on the day, and counts from there."""
    narrowed = versions.narrow(date(2015, 6, 1))

    assert versions.versions == narrowed.versions
    assert date(2015, 6, 1) == narrowed.narrowed_to


def test_a_pack_is_the_same_after_pickling(versions):
    """And can be sent to a worker."""
    again = pickle.loads(pickle.dumps(versions))

    assert versions.versions == again.versions
    assert versions.at(date(2015, 6, 1)).version.digest == again.at(date(2015, 6, 1)).version.digest


@pytest.mark.parametrize(("end", "overlaps"), [("2015-12-31", False), ("2016-01-01", True), ("2017-06-30", True)])
def test_two_versions_are_never_in_force_on_one_day(end, overlaps, tmp_path):
    """The day before is the last that the first may have."""
    write_pack(tmp_path, valid_from="2015-01-01", valid_to=end)
    write_pack(tmp_path, valid_from="2016-01-01")
    error = error_of(load_pack, tmp_path / "toy")

    assert (["version-overlap"] if overlaps else []) == [problem.code for problem in (error.problems if error else ())]


def test_a_place_is_told_from_where_one_stands(tmp_path, monkeypatch):
    """So that a terminal can open it; somewhere else it is the whole path."""
    (tmp_path / "pack.yaml").write_text("a: [\n", encoding="utf-8")
    places = []
    for folder in (tmp_path, ROOT):
        monkeypatch.chdir(folder)
        with pytest.raises(PackError) as raised:
            load_pack(tmp_path / "pack.yaml")
        places.append(raised.value.problems[0].place)

    assert ["pack.yaml:2:1", f"{tmp_path}{os.sep}pack.yaml:2:1"] == places


def test_a_version_names_its_file(versions):
    """`check` and a receipt's reader go back to it."""
    assert ["2015-01-01.yaml", "2018-01-01.yaml", "2020-01-01.yaml"] == [
        Path(each.file).name for each in versions.versions
    ]
