"""Hostile input, kind by kind: each is refused in clear lines, quickly, and nothing is run, guessed or blown up.

Whatever is read here goes through `fuzz.tried`, which holds it to what must hold for every input. No test asserts how
quick it is but that one: ten seconds of the processor, for what takes some tenths of one.
"""

import hashlib
import json
import os
import random
import re
import threading
import tracemalloc
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from fuzz import Kind, told_well, tried
from packs import ROOT, make_case, write_pack

from vedligehold import Case, CaseError, PackError, VedligeholdError, load_pack, packs, read_case
from vedligehold.policy.cases import read_cases
from vedligehold.reading.document import MOST_VALUES, read_document
from vedligehold.reading.files import LARGEST_FILE
from vedligehold.reading.library import rules_folder

GOOD = (ROOT / "tests" / "bad" / "pack" / "good.yaml").read_text(encoding="utf-8")
SECONDS = 10.0


@pytest.fixture
def document(tmp_path):
    """Read a text as a YAML file."""

    def read(text: str | bytes) -> Any:
        path = tmp_path / "pack.yaml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_document(path)

    return read


def refused(read: Callable[..., object], *given: object, **named: object) -> VedligeholdError:
    """What *read* raises, which is told as it must be."""
    with pytest.raises(VedligeholdError) as raised:
        read(*given, **named)
    told_well(raised.value)
    return raised.value


def code_of(read: Callable[..., object], *given: object, **named: object) -> str:
    """The code of the one thing that is wrong."""
    error = refused(read, *given, **named)

    assert 1 == len(error.problems)
    return error.problems[0].code


def codes(kind: Kind, text: str | bytes) -> str:
    """The code of the first thing that is wrong with a text, or `read`."""
    return tried(kind, text if isinstance(text, bytes) else text.encode(), SECONDS)


# --- bytes


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16", "utf-32"])
def test_another_encoding_is_refused(encoding):
    """It is never guessed."""
    assert "encoding" == codes("pack", GOOD.encode(encoding))
    assert "encoding" == codes("cases", "format: 1\ncases: [æ]\n".encode(encoding))
    assert "encoding" == codes("case", '{"facts": {"æ": 1}}'.encode(encoding))


@pytest.mark.parametrize("half", [b"\xc3", b"\xe2\x82", b"\xf0\x9f\x92", b"\xed\xa0\x80", b"\xc0\xaf", b"\xff"])
def test_half_a_character_is_refused_at_its_place(half, tmp_path):
    """Cut off, spelled too long, or half of a pair; the byte is counted from one."""
    pack = tmp_path / "pack.yaml"
    pack.write_bytes(b"format: 1\nb: " + half)
    case = tmp_path / "case.json"
    case.write_bytes(b'{"a": "' + half + b'"}')

    assert "byte 14 is not UTF-8" == refused(load_pack, pack).problems[0].message
    assert refused(load_pack, pack).problems[0].place.endswith("pack.yaml:2:1")
    for read, given in ((read_case, case), (Case.model_validate_json, case.read_bytes())):
        assert "byte 8 is not UTF-8" == refused(read, given).problems[0].message


@pytest.mark.parametrize("text", ["\ufeffa: æ\n".encode(), "a: æ\r\n".encode(), b"# first\n---\na: \xc3\xa6\n...\n"])
def test_a_byte_order_mark_other_line_ends_and_a_first_dash_line_do_not_matter(text, document):
    """Windows writes the first two."""
    assert {"a": "æ"} == document(text).data


def test_a_byte_order_mark_before_a_case_is_passed_over(tmp_path):
    """And a second one is not."""
    file = tmp_path / "case.json"
    file.write_text('{"citizen": {"can_self_train": true}}', encoding="utf-8-sig")

    assert make_case(can_self_train=True) == read_case(file)
    assert make_case(can_self_train=True) == Case.model_validate_json(file.read_bytes())
    assert "not-json" == codes("case", b"\xef\xbb\xbf\xef\xbb\xbf{}")
    assert "control-character" == codes("pack", b"\xef\xbb\xbf\xef\xbb\xbfformat: 1\n")


def test_half_a_character_in_a_text_of_python_is_refused():
    """It cannot be written to any file."""
    for data in ({"facts": {"a": "\ud800"}}, {"facts": {"\udfff": 1}}, {"self_reported": ["a\udc80"]}):
        assert "wrong-type" == code_of(Case.model_validate, data)
    assert "wrong-type" == code_of(read_case, '{"facts": {"a": "\\ud800"}}')


def test_a_part_with_more_keys_than_any_part_has_is_refused_at_its_place():
    """Each by itself, before one of the keys is looked at."""
    keys = dict.fromkeys(f"k{number}" for number in range(51))
    data = {"referral": keys, "events": [{"type": "granted", "on": "2020-01-01"}, keys]}
    error = refused(Case.model_validate, data)

    assert [("referral", "too-many"), ("events[1]", "too-many")] == [(each.place, each.code) for each in error.problems]
    for alone in ({"citizen": keys}, {"findings": {"a": keys}}, keys):
        assert "too-many" == code_of(Case.model_validate, alone)
    assert "unknown-key" in {each.code for each in refused(Case.model_validate, {"referral": {"k": 1}}).problems}


@pytest.mark.parametrize("number", [10**100, -(10**100), 10**5000], ids=["longest", "negative", "unspeakable"])
def test_a_number_that_is_longer_than_any_is_refused_and_not_spelled_out(number):
    """Python itself refuses to spell a number of thousands of digits."""
    with pytest.raises(CaseError) as caught:
        Case.model_validate({"facts": {"a": number}})

    assert ["facts.a: unknown-value: a whole number has at most 100 digits"] == str(caught.value).splitlines()
    assert 10**100 - 1 == Case.model_validate({"facts": {"a": 10**100 - 1}}).facts["a"]


UNSEEN = [*map(chr, (0x7F, 0x85, 0x9B, 0x61C, 0x200E, 0x200F, 0x2028, 0x2029, *range(0x202A, 0x202F)))]
UNSEEN += map(chr, (*range(0x2066, 0x206A), 0xFEFF))
CONTROLS = [chr(number) for number in range(32) if chr(number) not in "\t\n\r"]


@pytest.mark.parametrize("char", [*CONTROLS, *UNSEEN], ids=lambda char: f"U+{ord(char):04X}")
def test_a_control_or_direction_character_is_refused_in_a_pack_and_in_a_case(char, document):
    """In a text, a key, a name or a comment, as itself or as an escape: what one sees would not be what stands."""
    escape = f"\\u{ord(char):04x}"
    for text in (
        f"a: b{char}c\n",
        f"a{char}b: c\n",
        f"a: b # {char}c\n",
        f'a: "b{escape}c"\n',
        f'? "b{escape}"\n: c\n',
    ):
        error = refused(document, text)

        assert ["control-character"] == [problem.code for problem in error.problems]
        assert f"U+{ord(char):04X}" in error.problems[0].message
    finding = {"holds": True, "reason": f"Har {char}gavn.", "by": "visitator", "on": "2020-05-20"}
    findings: list[Any] = [{"benefit": finding}, {f"b{char}": {**finding, "reason": "a"}}]
    facts: list[Any] = [{"a": f"{char}b"}, {f"a{char}": 1}, {"a": [char]}]
    for data in (*({"findings": each} for each in findings), *({"facts": each} for each in facts)):
        assert "control-character" == code_of(read_case, json.dumps(data))
    assert "control-character" == code_of(Case.model_validate, {"self_reported": [f"a{char}"]})


@pytest.mark.parametrize(
    "text", ["Træning på Ærø", "تدريب", "训练", "тренировка", "👩\u200d🚀 ❤\ufe0f", "e\u0301", "क\u094dष"]
)
def test_any_script_may_stand_in_a_pack_and_in_a_case(text, document):
    """With the joiners and selectors that it needs."""
    case = Case.model_validate(
        {"findings": {"benefit": {"holds": True, "reason": text, "by": text, "on": "2020-05-20"}}}
    )

    assert {"a": text} == document(f"a: {text}\n").data
    assert text == case.findings["benefit"].reason


# --- more than anybody writes


def test_a_million_keys_are_refused_before_they_are_read():
    """As many as there is room for."""
    assert "too-large" == codes("pack", "".join(f"k{number}: 1\n" for number in range(1_000_000)))
    assert "too-many" == codes("pack", "".join(f"k{number}: 1\n" for number in range(180_000)))
    assert "too-many" == codes("pack", "{" + "".join(f"{number:x}: , " for number in range(180_000)) + "}")
    keys = "{" + ", ".join(f'"{number:x}": 1' for number in range(80_000)) + "}"
    for text in (keys, f'{{"facts": {keys}}}', f'{{"findings": {keys}}}', f'{{"citizen": {keys}}}'):
        assert "too-many" == codes("case", text)


@pytest.mark.parametrize("open_", ["[", "{", "{a: ", "- ", "? ", "[{", "- - ? "])
def test_a_hundred_thousand_levels_are_refused(open_):
    """Also where they are never closed."""
    closed = "[" * 100_000 + "]" * 100_000

    assert codes("pack", open_ * 100_000) in ("too-deep", "yaml")
    assert "too-deep" == codes("pack", f"format: {closed}\n")
    assert "too-deep" == codes("case", f'{{"facts": {closed}}}')
    assert "too-deep" == codes("case", '{"a":' * 100_000)


@pytest.mark.parametrize("levels", [100, 500, 900, 985, 995])
@pytest.mark.parametrize("where", ["facts", "self_reported", "events", "findings", "citizen"])
def test_a_case_nearly_as_deep_as_python_can_is_refused(levels, where):
    """What is read is never walked through by itself."""
    assert codes("case", f'{{"{where}": {"[" * levels}{"]" * levels}}}') in ("too-deep", "wrong-type")
    assert codes("case", f'{{"{where}": {{"a": {"[" * levels}{"]" * levels}}}}}') != "read"


@pytest.mark.parametrize(
    "text",
    [
        "a: &a [x, x]\nb: &b [*a, *a]\nc: &c [*b, *b]\nd: [*c, *c]\n",
        "a: &a {b: c}\nd: {<<: *a}\n",
        "a: &a 1\nb: [" + "*a, " * 20_000 + "]\n",
    ],
)
def test_an_alias_bomb_is_refused_unread(text, document):
    """No alias is ever followed."""
    error = refused(document, text)

    assert {"yaml-anchor", "yaml-alias"} >= {problem.code for problem in error.problems}


@pytest.mark.parametrize("text", ["a: &a [*a]\n", "&a a: *a\n", "&a [*a, *a]\n", "a: &a {b: *a}\n", "a: &a *a\n"])
def test_an_anchor_that_contains_itself_is_refused(text, document):
    """There is no circle in what is read."""
    assert {problem.code for problem in refused(document, text).problems} <= {"yaml-anchor", "yaml-alias", "yaml"}


def test_a_second_document_is_refused(document):
    """Also an empty one, and in a file of cases."""
    assert "yaml-documents" == code_of(document, "a: b\n---\nc: d\n")
    assert "yaml-documents" == code_of(document, "a: b\n---\n")
    assert "yaml-documents" == codes("pack", "---\n" * 400_000)
    assert "yaml-documents" == codes("cases", "format: 1\n---\nformat: 1\n")
    assert "not-json" == codes("case", '{"citizen": {}}{"citizen": {}}')


@pytest.mark.parametrize(
    "tag",
    ["!!python/object/apply:os.system", "!!python/object/new:os.system", "!!python/name:os.system", "!run", "!!int"],
)
def test_a_tag_that_would_run_code_is_refused_and_runs_nothing(tag, document, tmp_path):
    """Nor is any other tag read."""
    trace = tmp_path / "trace"

    assert "yaml-tag" == code_of(document, f"a: {tag} ['touch {trace}']\n")
    assert not trace.exists()


@pytest.mark.parametrize(
    "text",
    [
        "[a, b]: c\n",
        "? {a: b}\n: c\n",
        "~: c\n",
        'a: "\\ud800"\n',
        "%FOO\n---\na: b\n%BAR\n",
        "a: @b\n",
        "a:\tb\n\tc: d\n",
    ],
)
def test_other_yaml_that_a_pack_may_not_use_is_refused(text, document):
    """With a place and a code of its own."""
    error = refused(document, text)

    assert {problem.code for problem in error.problems} <= {"yaml", "wrong-type"}
    assert all(re.search(r"pack\.yaml:\d+:\d+$", problem.place) for problem in error.problems)


# --- values that something would turn into others


@pytest.mark.parametrize(
    "written",
    [
        *("0730", "no", "on", "off", "yes", "y", "true", "1.0", "1e3", "0x1F", "0o17", "0b1", "12:30:00", "2017-05-03"),
        *("2017-05-03 12:30:00", "1_000", ".inf", ".nan", "NaN", "=", "<<", "-0", "+1", "9" * 5_000),
    ],
)
def test_a_scalar_is_the_text_that_was_written(written, document):
    """YAML would turn most of these into something else."""
    assert {"key": written} == document(f"key: {written}\n").data
    assert {written: "value"} == document(f"? {written}\n: value\n").data


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "9" * 5_000, "-" + "9" * 5_000])
def test_no_number_is_read_that_is_none(number):
    """Not as a fact, nor anywhere else."""
    for text in ('{"facts": {"level": %s}}', '{"citizen": {"municipality_code": %s}}', '{"events": [{"on": %s}]}'):
        assert codes("case", text % number) in ("not-json", "wrong-type", "bad-code", "missing-key")


@pytest.mark.parametrize(
    "value",
    [10**5_000, -(10**5_000), float("nan"), float("inf"), 1e300, 840, "84०", True],
    ids=["long", "long and negative", "nan", "inf", "large", "three digits", "Devanagari", "true"],
)
def test_a_number_that_cannot_be_is_a_case_error_in_python_too(value):
    """Nothing is spelled out that Python itself refuses to spell."""
    assert "bad-code" == code_of(Case.model_validate, {"citizen": {"municipality_code": value}})
    for field in ("birth_date", "can_self_train"):
        if value is not True:
            assert code_of(Case.model_validate, {"citizen": {field: value}}).startswith("wrong-")


def test_a_key_that_stands_twice_is_refused(document):
    """In YAML and in JSON, at any depth and among many."""
    assert "duplicate-key" == code_of(document, "a: {b: 1, b: 1}\n")
    assert "duplicate-key" == codes("pack", GOOD + "format: 1\n")
    assert "not-json" == code_of(read_case, '{"events": [{"type": "granted", "type": "granted"}]}')
    text = "{" + ", ".join(f'"{number}": 0' for number in range(80_000)) + ', "79999": 0}'
    assert "the key `79999` stands twice" == refused(read_case, text).problems[0].message


# --- where files lie


@pytest.mark.parametrize("name", ["..", ".", "", "~", "../toy", "toy/../../x", "toy/..", "/etc", "x/y", "\0", "a\0/b"])
def test_an_id_never_leads_out_of_the_folder_of_rules(name, tmp_path, monkeypatch):
    """What holds a slash is a path from where one stands, never from the folder of rules."""
    rules = tmp_path / "a" / "rules"
    write_pack(rules, pack="toy")
    write_pack(tmp_path / "a", pack="x")
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    assert code_of(load_pack, name, rules=rules) in ("unknown-pack", "unreadable")


@pytest.mark.parametrize("name", ["../x", "x/y", "..", "/x", "x\\y", "X"])
def test_the_id_in_a_pack_is_no_path(name, tmp_path):
    """It is a word of small letters."""
    path = tmp_path / "2015-01-01.yaml"
    path.write_text(GOOD.replace("pack: good", f"pack: {json.dumps(name)}"), encoding="utf-8")

    assert "bad-id" == code_of(load_pack, path)


@pytest.mark.parametrize(
    "path", ["x" * 300 + ".yaml", "a/" * 3_000 + "b.yaml", "x\0.yaml", "\udcff/a.yaml", "/dev/null/a"]
)
def test_a_path_that_no_file_can_have_is_refused(path, tmp_path, monkeypatch):
    """By whatever reads one."""
    monkeypatch.chdir(tmp_path)
    for read in (load_pack, read_case, *((read_cases, read_document) if isinstance(path, str) else ())):
        assert "unreadable" == code_of(read, Path(path))
    assert "unreadable" == code_of(packs, path)
    assert "unreadable" == code_of(load_pack, "toy", rules=path)


def test_a_link_out_of_the_folder_of_rules_is_refused(tmp_path):
    """To a pack, to a version or to a national layer: nothing from elsewhere is read, nor shown in a message."""
    secret = write_pack(tmp_path / "elsewhere", pack="toy")
    for number, link in enumerate(("toy", "toy/2015-01-01.yaml", "denmark.yaml")):
        rules = tmp_path / str(number)
        write_pack(rules, pack="other")
        target = rules / link
        target.parent.mkdir(exist_ok=True)
        target.symlink_to(secret.parent if link == "toy" else secret)
        error = refused(packs, rules)

        assert ["outside-folder"] == [problem.code for problem in error.problems]
        assert [()] == [problem.excerpt for problem in error.problems]
        assert "outside-folder" == code_of(load_pack, "toy" if number < 2 else "other", rules=rules)


def test_a_link_that_stays_in_the_folder_of_rules_is_followed(tmp_path):
    """A volume is mounted so; and the folder itself may be a link."""
    kept = write_pack(tmp_path / "rules" / "..data", pack="toy")
    (tmp_path / "rules" / "toy").mkdir()
    (tmp_path / "rules" / "toy" / kept.name).symlink_to(kept)
    (tmp_path / "link").symlink_to(tmp_path / "rules")

    assert "toy" == load_pack("toy", rules=tmp_path / "link").id
    assert "toy" == load_pack(tmp_path / "link" / "toy" / kept.name).id


def test_a_link_that_leads_nowhere_or_round_in_a_circle_is_refused(tmp_path):
    """As a file that cannot be read."""
    path = write_pack(tmp_path, pack="toy")
    (path.parent / "2016-01-01.yaml").symlink_to(path.parent / "2016-01-01.yaml")
    (path.parent / "2017-01-01.yaml").symlink_to(path.parent / "gone.yaml")

    assert ["unreadable", "unreadable"] == [problem.code for problem in refused(packs, tmp_path).problems]


def test_a_pipe_and_a_folder_are_no_packs(tmp_path):
    """To read the first would last for ever."""
    folder = write_pack(tmp_path, pack="toy").parent
    os.mkfifo(folder / "2016-01-01.yaml")
    (folder / "2017-01-01.yaml").mkdir()

    assert ["unreadable", "unreadable"] == [problem.code for problem in refused(packs, tmp_path).problems]


def test_the_hash_of_a_pack_that_changes_meanwhile_is_that_of_what_was_read(tmp_path):
    """Both come of one reading of the bytes."""
    path = write_pack(tmp_path, title={"da": "A", "en": "A"})
    texts = [path.read_bytes(), path.read_bytes().replace(b'"A"', b'"B"')]
    title_of = {"sha256:" + hashlib.sha256(text).hexdigest(): title for text, title in zip(texts, "AB", strict=True)}
    done = threading.Event()

    def change() -> None:
        number = 0
        while not done.is_set():
            number += 1
            other = tmp_path / "other"
            other.write_bytes(texts[number % 2])
            other.replace(path)

    writer = threading.Thread(target=change)
    writer.start()
    try:
        seen = [load_pack(path).versions[0] for _ in range(100)]
    finally:
        done.set()
        writer.join()

    assert [] == [version.digest for version in seen if title_of[version.digest] != version.title.da]


def test_a_national_layer_that_changes_is_read_again_whatever_its_date_says(tmp_path):
    """It is told by its bytes, not by its size and time."""
    write_pack(tmp_path)
    denmark = (rules_folder() / "denmark.yaml").read_bytes()
    digests = []
    for mark in (b"# a\n", b"# b\n", b"# a\n"):
        (tmp_path / "denmark.yaml").write_bytes(denmark + mark)
        os.utime(tmp_path / "denmark.yaml", (1_000_000_000, 1_000_000_000))
        digests.append(load_pack("toy", rules=tmp_path).nation.digest)

    assert digests[0] == digests[2] != digests[1]


NAMES = [
    "Rødovre æøå",
    "مدينة",
    "城市",
    "👩\u200d🚀",
    "a\u202eb",
    "a\nb",
    " ",
    "-rf",
    "a'b\"c",
    "%s{}",
    "$(x)",
    "\udcff\udcfe",
]


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_a_folder_and_a_file_may_have_a_name_in_any_script(name, tmp_path):
    """Also of bytes that are no text; what is wrong in it is told in one line all the same."""
    good, bad = (write_pack(tmp_path / name / kind) for kind in ("good", "bad"))
    bad.write_text("a: [\n", encoding="utf-8")
    case = tmp_path / f"{name}.json"
    case.write_text("{", encoding="utf-8")
    version = good.with_name(f"{name}.yaml")
    version.write_bytes(good.read_bytes())

    assert "toy" == load_pack("toy", rules=tmp_path / name / "good").id if name == "" else True
    assert "toy" == load_pack(version).id
    assert "yaml" == code_of(load_pack, bad)
    assert "yaml" == code_of(packs, tmp_path / name / "bad")
    assert "not-json" == code_of(read_case, case)
    assert "wrong-name" == code_of(load_pack, good.parent)


# --- fifty problems, and how many more


def test_of_many_problems_fifty_are_told_first_to_last_and_the_rest_are_a_number(tmp_path):
    """The number is the right one."""
    facts = ", ".join(f"x{number}" for number in range(2_000))
    many = {
        "keys": GOOD + "".join(f"key{number}: 1\n" for number in range(2_000)),
        "statements": GOOD + "".join(f"    T{number}: {{at: a, gist: {{da: a, en: a}}}}\n" for number in range(2_000)),
        "facts": GOOD.replace("needs_maintenance", f"{{any: [{facts}]}}"),
    }
    path = tmp_path / "pack.yaml"
    for text in many.values():
        path.write_text(text, encoding="utf-8")
        error = refused(load_pack, path)
        places = [tuple(map(int, problem.place.split(":")[-2:])) for problem in error.problems]

        assert (50, 1_950) == (len(error.problems), error.more)
        assert sorted(places) == places
        assert str(error).endswith("\nand 1950 more")
    error = refused(Case.model_validate, {"events": [{}] * 1_000})
    assert (50, 1_950, "events[0].type") == (len(error.problems), error.more, error.problems[0].place)


def test_the_problems_of_several_packs_are_counted_together(tmp_path):
    """Fifty of all, and the rest of all."""
    for name in ("one", "two"):
        path = write_pack(tmp_path, pack=name)
        lines = "".join(f'"key{number}": 1,\n' for number in range(60))
        path.write_text(path.read_text(encoding="utf-8").replace("{", "{" + lines, 1), encoding="utf-8")
    error = refused(packs, tmp_path)

    assert (50, 70) == (len(error.problems), error.more)


# --- the worst that there is room for

WORDS = "text: {da: a, en: a}, cite: S1"


def _facts(number: int, condition: str) -> str:
    declared = "type: date, label: {da: a, en: a}, question: {da: a, en: a}"
    return (
        GOOD.replace("needs_maintenance", condition)
        + "facts:\n"
        + "".join(f"  f{place}: {{{declared}}}\n" for place in range(number))
    )


def _requirements(number: int, condition: str) -> str:
    one = "  - {{id: r{}, kind: strict, title: {{da: a, en: a}}, require: {}, reason: {{da: a, en: a}}, cite: S1}}\n"
    return GOOD.replace("source:", "".join(one.format(place, condition) for place in range(number)) + "source:")


def _many(text: str, number: int) -> str:
    return ", ".join(text.replace("#", str(place)) for place in range(number))


def _shuffled(letters: str, number: int) -> str:
    chance = random.Random(1)
    return ", ".join("".join(chance.sample(letters, len(letters))) for _ in range(number))


ALL_BOOLS = "reduced_physical_function, reduced_mental_function, special_social_problems, chronic_condition, "
ALL_BOOLS += "needs_maintenance, needs_therapist_support, can_self_train, receives_free_physiotherapy, "
ALL_BOOLS += "free_physiotherapy_same_purpose, covered_by_elder_care_act, consent_given, special_circumstances"
CHAIN = ", ".join(f"{{f{place + 1}: {{is: {{fact: f{place}}}}}}}" for place in reversed(range(1_000)))
LAST = MOST_VALUES - 100
WORST: Mapping[str, tuple[Kind, Callable[[], str]]] = {
    "one word of two megabytes": ("pack", lambda: "a: " + "x" * (LARGEST_FILE - 10)),
    "lines": ("pack", lambda: "\n" * LARGEST_FILE),
    "lines of a text": ("pack", lambda: "a: |\n" + " x\n" * 600_000),
    "escapes": ("pack", lambda: 'a: "' + "\\x41" * 490_000 + '"'),
    "direction characters": ("pack", lambda: "a: " + "\u202e" * 600_000),
    "anchors": ("pack", lambda: f"{GOOD}a: [{'&a b,' * LAST}]\n"),
    "aliases": ("pack", lambda: f"{GOOD}a: [{'*a,' * LAST}]\n"),
    "tags": ("pack", lambda: f"{GOOD}a: [{'!a b,' * LAST}]\n"),
    "a key twice": ("pack", lambda: GOOD + "a: 1\n" * (LAST // 2)),
    "keys that are nearly right": ("pack", lambda: GOOD + _many("requirement#: 1", LAST // 2).replace(", ", "\n")),
    "statements of nothing": ("pack", lambda: GOOD + _many("    T#: {}", LAST // 2).replace(", ", "\n")),
    "facts of nothing": ("pack", lambda: f"{GOOD}facts: {{{_many('f#: {}', LAST // 2)}}}"),
    "facts that are not declared": ("pack", lambda: _facts(800, f"{{any: [{_many('f#x', 15_000)}]}}")),
    "names that are nearly those of 800 facts": (
        "pack",
        lambda: _facts(800, f"{{any: [{_many('rather_long_name_of_a_fakt_#', 15_000)}]}}").replace(
            "  f", "  rather_long_name_of_a_fact_"
        ),
    ),
    "facts compared in a chain": ("pack", lambda: _facts(1_001, f"{{any: [{CHAIN}]}}")),
    "a fact as often as it can stand": ("pack", lambda: _facts(1, f"{{any: [{_many('can_self_train', LAST)}]}}")),
    "codes": ("pack", lambda: _facts(1, "{municipality_code: {one_of: [" + _many("#", 9_999) + "]}}")),
    "conditions that are hard to prove": (
        "pack",
        lambda: _requirements(900, f"{{any: [{{all: [{ALL_BOOLS}]}}, {{not: can_self_train}}]}}"),
    ),
    "one id for all": ("pack", lambda: re.sub(r"id: r\d+", "id: need", _requirements(1_200, "needs_maintenance"))),
    "an id of a megabyte": (
        "pack",
        lambda: GOOD.replace("id: need", f"id: {'n' * 900_000}").replace("cite: S1", f"cite: [{_many('x#', 28_000)}]"),
    ),
    "things that are given": (
        "pack",
        lambda: f"{GOOD}entitlement: {{setting: [{{id: x, give: [{_shuffled('daily_activities', LAST)}], {WORDS}}}]}}",
    ),
    "things that are left out": (
        "pack",
        lambda: f"{GOOD}leave_out: [{{id: x, items: [{_many('balance#', LAST)}], {WORDS.replace('text', 'reason')}}}]",
    ),
    "closing days": ("pack", lambda: f"{GOOD}calendar: {{closed: [{_many('12-#', LAST)}]}}"),
    "cases of nothing": ("cases", lambda: f"format: 1\ncases: [{_many('{}', LAST)}]"),
    "cases with one name": (
        "cases",
        lambda: f"format: 1\ncases: [{_many('{name: a, on: 2020-06-01, expect: {outcome: rejected}}', 2_700)}]",
    ),
    "events of nothing": ("case", lambda: '{"events": [' + ",".join(["{}"] * 300_000) + "]}"),
    "events with keys": (
        "case",
        lambda: json.dumps({"events": [dict.fromkeys(map(str, range(50)), 1)] * 1_000}, separators=(",", ":")),
    ),
    "names that are nearly right": (
        "case",
        lambda: json.dumps({"facts": {f"receives_free_physioterapy{place}": 1 for place in range(1_000)}}),
    ),
    "names of nothing": (
        "case",
        lambda: json.dumps({"self_reported": [f"needs_maintenanse{place}" for place in range(1_000)]}),
    ),
    "lists in a fact": ("case", lambda: '{"facts": {"a": [' + ",".join(["[]"] * 300_000) + "]}}"),
    "choices in a fact": ("case", lambda: '{"facts": {"a": [' + ",".join(['"x"'] * 240_000) + "]}}"),
    "a key of a megabyte": ("case", lambda: '{"facts": {"' + "x" * 990_000 + '": 1}}'),
}


@pytest.mark.parametrize("name", WORST)
def test_the_worst_that_there_is_room_for_is_refused_or_read_quickly(name):
    """Some tenths of a second each; it was up to forty seconds."""
    kind, text = WORST[name]

    assert codes(kind, text())


@pytest.mark.parametrize("name", ["a key twice", "statements of nothing", "events of nothing", "events with keys"])
def test_the_worst_that_there_is_room_for_takes_little_memory(name, tmp_path):
    """As much as a file of its size and some."""
    kind, text = WORST[name]
    path = tmp_path / "file"
    path.write_text(text(), encoding="utf-8")
    read: Callable[[Path], object] = load_pack if kind == "pack" else read_case
    tracemalloc.start()
    try:
        with pytest.raises((PackError, CaseError)):
            read(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 200_000_000


def test_as_much_as_may_stand_is_read():
    """The limits are far above what anybody writes, and they are where they are said to be."""
    event = {"type": "granted", "on": "2020-06-01"}
    padding = f"# {'x' * (LARGEST_FILE - len(GOOD.encode()) - 2)}"

    assert 1_000 == len(Case.model_validate({"events": [event] * 1_000}).events)
    assert "too-many" == code_of(Case.model_validate, {"events": [event] * 1_001})
    assert "read" == codes("pack", GOOD + padding)
    assert "too-large" == codes("pack", GOOD + padding + "x")
    assert "read" == codes("case", "{" + " " * 999_998 + "}")
    assert "too-large" == codes("case", "{" + " " * 999_999 + "}")
    assert "too-large" == code_of(read_case, "{" + " " * 999_999 + "}")
