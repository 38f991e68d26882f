"""The certificate: what it says is what stands in the pack and what came of its tests, and the page stands alone."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from functools import cache
from html import escape, unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
import yaml
from packs import NEED, ROOT, words, write_pack

from vedligehold import NotInForce, PackError, VedligeholdError, __version__, cli, cli_policy, terminal
from vedligehold.certificate_terminal import show_certificate
from vedligehold.policy.certificate import Alike, Certificate, as_data
from vedligehold.policy.certificate_page import TEMPLATE, page
from vedligehold.policy.certify import DIFFERS, certificate, certified, the_standard
from vedligehold.policy.report import examine
from vedligehold.policy.run import PARTS
from vedligehold.policy.suite import Suites
from vedligehold.policy.writing import write
from vedligehold.reading.case_format import ExpectEntry
from vedligehold.source import Words

ON = date(2026, 3, 2)
FILES = {"rebild": "2010-01-01.yaml", "sundhed-og-traening": "2017-05-03.yaml"}
HOSTILE = "<script src='http://example.org/x.js'>alert(1)</script> \"> & {{ 7*7 }} <img src=x onerror=y>"

each_pack = pytest.mark.parametrize("pack", sorted(FILES))
each_language = pytest.mark.parametrize("lang", ["da", "en"])


def without_bar(items: Any, _: str) -> Any:
    return items


@cache
def made_of(pack: str, on: date = ON) -> Certificate:
    """The certificate of one of the library's own packs."""
    return certified(Path(pack), on, None, without_bar)


@cache
def raw(file: str) -> Any:
    """A file of the rules as YAML has it, read by nothing of the library."""
    return yaml.load((ROOT / "rules" / file).read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def raw_of(pack: str) -> Any:
    return raw(f"{pack}/{FILES[pack]}")


def entries(data: Any) -> Iterator[Mapping[str, Any]]:
    """Every mapping in *data*, at any depth, in the order of the file."""
    inside: Any = data.values() if isinstance(data, dict) else data if isinstance(data, list) else ()
    if isinstance(data, dict):
        yield data
    for each in inside:
        yield from entries(each)


# --- a pack and its cases, made here ---

ASKS = {"id": "will", "kind": "discretionary", "require": "chronic_condition"}


def case(name: str, answer: Mapping[str, Any], on: str = "2016-05-10", **citizen: bool | None) -> dict[str, Any]:
    known = {"needs_maintenance": True, "chronic_condition": True, **citizen}
    return {"name": name, "on": on, "citizen": known, "expect": answer}


GRANTED = case("granted", {"outcome": "granted", "requirements": {"need": "holds"}})
REFUSED = case("refused", {"outcome": "rejected", "because": ["need"]}, needs_maintenance=False)
ASKED = case("asked", {"outcome": "needs_information", "because": ["need"]}, needs_maintenance=None)
FIRST_DAYS = [
    {"name": "before", "on": "2014-12-31", "expect": {"in_force": False}},
    case("first", {"outcome": "granted"}, "2015-01-01"),
]
FULL = [GRANTED, REFUSED, ASKED, *FIRST_DAYS]
"""The cases of a standard of one requirement, of which nothing is lacking."""


def write_cases(file: Path, *cases: Any) -> None:
    file.with_name(f"{file.stem}.cases.yaml").write_text(
        json.dumps({"format": "1", "cases": list(cases)}, ensure_ascii=False), encoding="utf-8"
    )


def toy(rules: Path, *cases: Any, on: date = ON, **parts: Any) -> Certificate:
    """The certificate of a small standard with *cases*."""
    write_cases(write_pack(rules, **parts), *cases)
    return certified(Path("toy"), on, rules, without_bar)


# --- what it says, held against the file itself ---


@each_pack
def test_it_says_which_standard_it_is_about(pack):
    made, data = made_of(pack), raw_of(pack)
    whose = data["municipality"]

    assert (pack, __version__, ON) == (made.pack, made.library, made.on)
    assert Words(**data["title"]) == made.title
    assert Words(**data["legal_basis"]) == made.legal_basis
    assert (data["valid_from"], data["review_by"]) == (made.valid_from.isoformat(), str(made.review_by))
    assert made.municipality.name == whose["name"]
    assert made.municipality.code == (None if whose["code"] == "null" else whose["code"])
    assert made.municipality.why == whose.get("why")


@each_pack
def test_its_fingerprints_are_those_of_the_files(pack):
    made = made_of(pack)
    for file, digest in ((made.file, made.digest), (made.nation.file, made.nation.digest)):
        assert "sha256:" + hashlib.sha256((ROOT / "rules" / file).read_bytes()).hexdigest() == digest
    assert raw_of(pack)["source"]["sha256"] == made.source.sha256


@each_pack
def test_it_says_where_the_standard_comes_from(pack):
    source, given = made_of(pack).source, raw_of(pack)["source"]

    assert Words(**given["title"]) == source.title
    assert (given["publisher"], given["completeness"]) == (source.publisher, source.completeness)
    assert given.get("approved_on", "None") == str(source.approved_on)


@each_pack
def test_every_statement_is_counted_by_the_way_it_is_accounted_for(pack):
    statements, given = made_of(pack).statements, raw_of(pack)["source"]["statements"]
    ways = Counter(way for each in given.values() for way in statements.ways if way in each)

    assert len(given) == statements.number == sum(statements.ways.values())
    assert ways == Counter(statements.ways)


@each_pack
def test_every_interpretation_of_the_file_is_there_with_what_it_rests_on(pack):
    made, data = made_of(pack), raw_of(pack)
    given = {Words(**each["interpretation"]) for each in entries(data) if "interpretation" in each}
    cites = {each["id"]: each["cite"] for each in entries(data) if "id" in each and "cite" in each}

    assert given == {each.text for each in made.interpretations}
    assert len(made.interpretations) == sum("interpretation" in each for each in entries(data))
    for each in made.interpretations:
        cited = each.id if each.what == "statement" else cites[each.id]
        assert ([cited] if isinstance(cited, str) else cited) == list(each.statements)


def test_an_interpretation_is_found_wherever_a_pack_may_have_one(tmp_path):
    told = {"interpretation": words("read so")}
    made = toy(
        tmp_path,
        GRANTED,
        parameters={"least": {"years": "18", "cite": "S1", **told}},
        requirements=[{**NEED, **told}, {"id": "old", "kind": "scope", "require": {"age": {"at_least": "least"}}}],
        leave_out=[{"id": "heat", "items": ["heat_packs"], **told}],
        entitlement={"setting": [{"id": "group", "give": "group", **told}]},
        notices=[{"id": "hospital", "when": {"referred_by": {"is": "hospital"}}, **told}],
        deadlines=[{"id": "soon", "from": "granted", "within": {"weeks": "1"}, "kind": "target", **told}],
        course=[{"id": "no-show", "on": ["no_show"], "then": "document", **told}],
    )
    found = {each.what: each for each in made.interpretations}

    assert set("requirement row exclusion notice deadline course parameter".split()) == set(found)
    assert {("S1",)} == {each.statements for each in found.values()}
    assert "uden varmepakninger" == found["exclusion"].title.da
    assert "på hold eller individuelt" == found["row"].title.da
    assert [each.text.da for each in made.interpretations if said_on(page(made, "da"), each.title.da)]


@each_pack
def test_the_requirements_that_a_person_decides_are_there_with_why(pack):
    given = [each for each in raw_of(pack)["requirements"] if each["kind"] == "discretionary"]
    found = made_of(pack).discretionary

    assert given
    assert [(each["id"], Words(**each["interpretation"])) for each in given] == [(each.id, each.why) for each in found]


@each_pack
def test_slips_and_silence_of_the_source_are_there(pack):
    made, source = made_of(pack), raw_of(pack)["source"]
    slips = [
        (name, each["at"], Words(**each["source_issue"]))
        for name, each in source["statements"].items()
        if "source_issue" in each
    ]

    assert slips
    assert slips == [(each.id, each.at, each.text) for each in made.slips]
    assert [(each["id"], Words(each["da"], each["en"])) for each in source["not_stated"]] == [
        (each.id, each.text) for each in made.not_stated
    ]


@pytest.mark.parametrize("on", [date(2010, 5, 3), date(2013, 1, 1), date(2023, 12, 31), date(2024, 1, 1), ON])
def test_the_law_that_was_not_checked_is_that_of_the_day(on):
    day = on.isoformat()
    given = [
        name
        for name, each in raw("denmark.yaml")["source"]["statements"].items()
        if each["confidence"] == "unverified"
        and each.get("in_force_from", day) <= day <= each.get("in_force_until", day)
    ]

    assert given
    assert given == [each.id for each in made_of("rebild", on).unverified]


@each_pack
def test_the_figures_are_those_of_the_tests(pack):
    made = made_of(pack)
    suite = the_standard(Path(pack), ON, None)
    report = examine(Suites((suite,), nation=False), mutants=True, progress=without_bar)
    cases = raw(f"{pack}/{FILES[pack].replace('.yaml', '.cases.yaml')}")["cases"]

    assert (len(cases), len(cases), 0) == (made.cases.run, made.cases.passed, made.cases.to_confirm)
    assert [(each.percent, len(each.goals)) for each in report.covered] == [
        (made.coverage.percent, made.coverage.goals)
    ]
    assert len(report.judgements or ()) == made.mutation.mutants
    assert made.mutation.mutants == made.mutation.noticed + len(made.mutation.survived) + len(made.mutation.equivalent)
    assert (made.passes, made.cases.failed) == (True, ())


# --- a standard that does not pass ---


def test_a_standard_of_which_nothing_is_lacking_passes(tmp_path):
    made = toy(tmp_path, *FULL)

    assert (made.passes, made.coverage.not_seen, made.mutation.survived) == (True, (), ())
    assert made.verdict.en.startswith("The standard passes: every case gets the answer that it should (5)")


def test_a_case_that_is_answered_otherwise_is_named_with_what_is_otherwise(tmp_path):
    wrong = case("wrong", {"outcome": "granted", "because": ["need"]}, needs_maintenance=False)
    made = toy(tmp_path, *FULL, {**wrong, "expect": {**wrong["expect"], "warnings": ["late"]}})

    assert ["wrong"] == [each.name for each in made.cases.failed]
    assert "ventede bevilling, fik afslag; anderledes end ventet: bemærkningerne til medarbejderen" == (
        made.cases.failed[0].words.da
    )
    assert (6, 5) == (made.cases.run, made.cases.passed)
    assert "Standarden består ikke: 1 sag får et andet svar." == made.verdict.da


def test_a_case_that_cannot_be_decided_is_named_too(tmp_path):
    made = toy(tmp_path, *FULL, {**GRANTED, "name": "odd", "citizen": {"chronic": "x"}})

    assert [("odd", "the case cannot be decided")] == [(each.name, each.words.en) for each in made.cases.failed]


def test_an_outcome_that_is_expected_not_to_be_is_no_surprise(tmp_path):
    made = toy(tmp_path, *FULL, {**GRANTED, "name": "none", "expect": {"outcome": None}})

    assert ["ventede intet udfald, fik bevilling"] == [each.words.da for each in made.cases.failed]


def test_every_part_of_an_answer_has_its_words():
    """Whatever a case can expect can also come out otherwise."""
    assert {*PARTS, "requirements", "deadlines"} == set(DIFFERS)
    assert set(ExpectEntry.model_fields) == set(DIFFERS)


def test_what_is_not_seen_and_not_noticed_is_said_in_words(tmp_path):
    made = toy(tmp_path, GRANTED)

    assert not made.passes
    assert made.coverage.seen + len(made.coverage.not_seen) == made.coverage.goals
    assert 100 > made.coverage.percent > 0
    assert made.mutation.survived
    assert re.fullmatch(
        r"The standard does not pass: \d+ places in the rules not seen, \d+ wrong rules not noticed\.", made.verdict.en
    )
    for each in (*made.coverage.not_seen, *made.mutation.survived):
        assert said_on(page(made, "da"), each.da)


def test_a_case_that_nobody_confirmed_counts_for_nothing_and_is_told_of(tmp_path):
    waiting = {key: value for key, value in GRANTED.items() if key != "expect"}
    made = toy(tmp_path, *FULL, {**waiting, "name": "new", "to_confirm": {"outcome": "rejected", "because": ["need"]}})

    assert (made.passes, made.cases.run, made.cases.to_confirm) == (True, 5, 1)
    assert said_on(page(made, "da"), "1 sag venter på, at nogen bekræfter svaret, og tæller ikke med.")


def test_a_discretionary_requirement_without_a_reason_is_there_all_the_same(tmp_path, capsys):
    made = toy(tmp_path, GRANTED, requirements=[NEED, ASKS])
    show_certificate(made, "en", written=None)

    assert [("will", None)] == [(each.id, each.why) for each in made.discretionary]
    assert said_on(page(made, "en"), "will title (en) S1")
    assert re.search(r"•  will title \(en\) +S1", capsys.readouterr().out)


# --- which version, and which day ---


@pytest.mark.parametrize(("passed", "days"), [(0, []), (1, [1]), (400, [400])])
def test_a_review_is_late_from_the_day_after(passed, days, tmp_path):
    made = toy(tmp_path, GRANTED, review_by="2020-06-01", on=date(2020, 6, 1) + timedelta(days=passed))

    assert days == [each.days for each in made.stale]
    assert [] == [each for each in made.stale if f"{each.days} dag" not in each.words.da]


def test_a_last_day_that_has_passed_is_told(tmp_path):
    """The command refuses such a day; whoever has the report may ask all the same."""
    write_cases(write_pack(tmp_path, valid_to="2018-12-31", review_by="2017-12-31"), GRANTED)
    suite = the_standard(Path("toy"), date(2018, 1, 1), tmp_path)
    report = examine(Suites((suite,), nation=False), mutants=True, progress=without_bar)
    made = certificate(report, suite, date(2019, 1, 1))

    assert [("review_by", 366), ("valid_to", 1)] == [(each.what, each.days) for each in made.stale]
    assert "The standard applied until Monday 31 December 2018, 1 day ago." == made.stale[1].words.en
    assert said_on(page(made, "da"), "fra torsdag den 1. januar 2015 til og med mandag den 31. december 2018")


@pytest.fixture
def two_versions(tmp_path):
    """A standard whose second version asks more, with cases of its own."""
    write_cases(write_pack(tmp_path, valid_to="2017-12-31"), *FULL, case("last", {"outcome": "granted"}, "2017-12-31"))
    later = case("later", {"outcome": "rejected", "because": ["need"]}, "2018-01-01", needs_maintenance=False)
    write_cases(write_pack(tmp_path, valid_from="2018-01-01", requirements=[NEED, ASKS]), later)
    return tmp_path


def test_the_version_is_the_one_in_force_on_the_day(two_versions):
    first, second = (
        certified(Path("toy"), day, two_versions, without_bar) for day in (date(2017, 12, 31), date(2018, 1, 1))
    )

    assert (date(2015, 1, 1), date(2018, 1, 1)) == (first.valid_from, second.valid_from)
    assert ("toy/2015-01-01.yaml", "toy/2018-01-01.yaml") == (first.file, second.file)
    assert ((), ("will",)) == tuple(tuple(each.id for each in made.discretionary) for made in (first, second))


def test_only_the_cases_of_the_version_are_counted(two_versions):
    """And those of a day without a version, which tell where it begins."""
    first, second = (
        certified(Path("toy"), day, two_versions, without_bar) for day in (date(2017, 12, 31), date(2018, 1, 1))
    )

    assert (6, 2) == (first.cases.run, second.cases.run)


@pytest.mark.parametrize("named", ["toy", "toy/2018-01-01.yaml", "toy/2018-01-01.cases.yaml"])
def test_a_version_is_named_by_any_of_its_names(named, two_versions, monkeypatch):
    monkeypatch.chdir(two_versions)

    assert date(2018, 1, 1) == certified(Path(named), ON, two_versions, without_bar).valid_from


def test_a_version_that_is_not_in_force_cannot_be_certified(two_versions):
    for named, day, says in (
        ("toy", date(2014, 12, 31), "first in force from 2015-01-01"),
        ("toy/2015-01-01.yaml", ON, "another version of `toy` is in force, from 2018-01-01"),
    ):
        with pytest.raises(NotInForce, match=says):
            certified(two_versions / named, day, two_versions, without_bar)


def test_several_packs_cannot_be_certified_at_once():
    with pytest.raises(PackError, match="name one of `rebild`, `sundhed-og-traening`"):
        certified(ROOT / "rules", ON, None, without_bar)


def test_without_a_case_there_is_no_certificate(tmp_path):
    write_pack(tmp_path)
    with pytest.raises(PackError, match="no-cases"):
        certified(Path("toy"), ON, tmp_path, without_bar)


# --- the page ---


class Reader(HTMLParser):
    """Reads a page: its tags, that each is closed, and the text of it."""

    void = frozenset({"meta", "br", "hr", "img", "input", "link"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(text)
        self.close()
        assert [] == self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert tag == self.open.pop()

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("style", "script"):
            self.texts.append(data)


def said_on(text: str, said: str) -> bool:
    """Whether *said* stands on a page, however its lines are broken."""
    return squeezed(said) in squeezed("".join(Reader(text).texts))


def squeezed(text: str) -> str:
    return " ".join(text.split())


def everything_said(made: Certificate, lang: str) -> Iterator[str]:
    """Every text of a certificate that belongs on the page."""
    above = {each.why for each in made.discretionary}
    texts: list[Words] = [
        made.title,
        made.verdict,
        made.legal_basis,
        made.source.title,
        *(each.words for each in made.stale),
    ]
    texts += [each.text for each in made.interpretations if each.text not in above]
    texts += [each.title for each in made.interpretations] + [each.title for each in made.discretionary]
    texts += [each.why for each in made.discretionary if each.why is not None]
    texts += [each.text for each in (*made.slips, *made.unverified)] + [each.text for each in made.not_stated]
    yield from (each.said(lang) for each in texts)
    yield from (each.at for each in (*made.slips, *made.unverified))
    yield from (made.file, made.digest, made.nation.file, made.nation.digest, made.source.sha256 or "", __version__)
    yield from (
        f"{made.statements.number} ",
        f"{made.coverage.percent:g}",
        " ".join(made.interpretations[0].statements),
    )
    yield from (made.source.publisher or "", made.municipality.code or made.municipality.why or "")


@each_pack
@each_language
def test_everything_stands_on_the_page(pack, lang):
    text = squeezed("".join(Reader(page(made_of(pack), lang)).texts))

    assert [] == [each for each in everything_said(made_of(pack), lang) if squeezed(each) not in text]


@each_pack
@each_language
def test_everything_stands_in_the_terminal(pack, lang, capsys, monkeypatch):
    monkeypatch.setattr(terminal, "_WIDTH", 5000)
    assert 0 == cli.run(["certify", pack, "--on", ON.isoformat(), "--lang", lang])
    text = squeezed(capsys.readouterr().out)

    assert [] == [each for each in everything_said(made_of(pack), lang) if squeezed(each) not in text]


@each_language
def test_the_page_speaks_one_language(lang):
    read = Reader(page(made_of("rebild"), lang))
    other = {"da": "The standard passes", "en": "Standarden består"}[lang]

    assert ("html", {"lang": lang}) == read.tags[0]
    assert not said_on(page(made_of("rebild"), lang), other)


def fetched(text: str) -> list[str]:
    """Whatever a browser would fetch, run, or be sent to."""
    found = [tag for tag, _ in Reader(text).tags if tag in ("script", "link", "img", "iframe", "object", "base", "a")]
    for _, attributes in Reader(text).tags:
        found += [name for name in attributes if name in ("src", "href", "srcset", "style") or name.startswith("on")]
    style = "".join(re.findall(r"<style>(.*?)</style>", text, re.DOTALL))
    return found + re.findall(r"url\(|@import|https?:|expression\(", style)


@each_pack
@each_language
def test_the_page_fetches_nothing(pack, lang):
    text = page(made_of(pack), lang)

    assert [] == fetched(text)
    assert [] == re.findall(r"\bsrc\s*=|<link|url\(", text)
    assert "default-src 'none'" in unescape(text)


def test_the_watch_for_what_is_fetched_sees_it():
    for spelled in (
        "<p style='x'></p>",
        "<img src=x>",
        "<style>a{b:url(x)}</style>",
        "<a href=x></a>",
        "<p onclick=x></p>",
    ):
        assert fetched(spelled)


def test_whatever_a_pack_says_is_text_on_the_page(tmp_path):
    """In every wording, the name of a case, the municipality, the publisher and the place of a statement."""
    said = {"da": HOSTILE, "en": HOSTILE}
    statement = {
        "at": HOSTILE, "gist": said, "encoded_by": ["need", "will"], "interpretation": said, "source_issue": said,
    }  # fmt: skip
    source = {
        "title": said, "publisher": HOSTILE, "statements": {"S1": statement}, "completeness": "leaflet",
        "not_stated": [{"id": "silent", **said}],
    }  # fmt: skip
    made = toy(
        tmp_path,
        {**REFUSED, "name": HOSTILE, "expect": {"outcome": "granted"}},
        title=said,
        legal_basis=said,
        municipality={"name": HOSTILE, "code": None, "why": HOSTILE},
        requirements=[{**NEED, "title": said, "interpretation": said}, {**ASKS, "title": said}],
        source=source,
    )
    for lang in ("da", "en"):
        text = page(made, lang)

        assert [] == fetched(text)
        assert "<script" not in text
        assert escape(HOSTILE, quote=False).split(" ")[0] in text.replace("&#39;", "'")
        assert text.count("alert(1)") > 10


@each_language
def test_the_page_is_built_of_headings_tables_with_captions_and_lists(lang):
    tags = Counter(tag for tag, _ in Reader(page(made_of("rebild"), lang)).tags)
    scopes = {attributes.get("scope") for tag, attributes in Reader(page(made_of("rebild"), lang)).tags if tag == "th"}

    assert (1, 1, 1) == (tags["h1"], tags["main"], tags["title"])
    assert (2, 2) == (tags["table"], tags["caption"])
    assert tags["h2"] == tags["section"] == 5
    assert {"row", "col"} == scopes


def test_a_list_with_nothing_in_it_says_so(tmp_path):
    made = toy(tmp_path, *FULL)

    assert ((), (), (), ()) == (made.discretionary, made.interpretations, made.slips, made.not_stated)
    assert 4 == "".join(Reader(page(made, "en")).texts).count("None.")


@pytest.mark.parametrize("failing", [False, True])
def test_nothing_is_told_by_colour_alone(failing, tmp_path):
    """Beside every colour stands a sign and a word."""
    made = toy(tmp_path, *([GRANTED] if failing else FULL))
    text = "".join(Reader(page(made, "en")).texts)

    assert ("✗ Not passed" in text, "✓ Passed" in text) == (failing, not failing)
    assert (2 + 1 if failing else 0) == text.count("✗")


def test_a_change_without_effect_stands_with_its_reason():
    made = made_of("rebild")
    alike = Alike(Words("ændret", "changed"), Words("derfor", "that is why"))
    more = replace(made, mutation=replace(made.mutation, mutants=made.mutation.mutants + 1, equivalent=(alike,)))

    assert more.passes
    assert said_on(page(more, "en"), "changed: that is why")
    assert said_on(page(more, "en"), f"{made.mutation.noticed} mistakes were put into the rules on trial")
    assert not said_on(page(made, "en"), "Changes without effect")


def test_the_page_has_room_for_a_date_a_name_and_a_signature():
    for label in ("Forelagt udvalget den", "Navn og hverv", "Underskrift"):
        assert said_on(page(made_of("rebild"), "da"), label)


def test_the_page_is_made_for_a4_and_nothing_in_it_is_very_small():
    style = TEMPLATE.read_text(encoding="utf-8")
    lists = re.search(r"\.lists \{ columns: 2; column-gap: 6mm; font-size: ([\d.]+)pt", style)

    assert "size: A4 portrait" in style
    assert lists is not None
    assert float(lists[1]) >= 7.5


# --- JSON ---


@each_pack
def test_the_data_survive_json(pack):
    data = as_data(made_of(pack))

    assert data == json.loads(json.dumps(data, ensure_ascii=False, allow_nan=False))
    assert (True, made_of(pack).verdict.da) == (data["passes"], data["verdict"]["da"])


def test_every_key_of_the_data_is_explained(tmp_path):
    """And every fixed word; the page explains no key that there is not."""
    text = (ROOT / "docs" / "certificate.md").read_text(encoding="utf-8").split("## As JSON")[1]
    explained = set(re.findall(r"`([a-z_0-9]+)`", text)) - {"null", "sha256", "standard", "leaflet"}
    broken = toy(tmp_path, {**REFUSED, "expect": {"outcome": "granted"}})
    equivalent = replace(broken.mutation, equivalent=(Alike(Words("a", "a"), Words("b", "b")),))
    keys: set[str] = set()
    for made in (made_of("rebild"), replace(broken, mutation=equivalent)):
        keys |= {key for each in entries(as_data(made)) for key in each}
    kinds = set("requirement row exclusion notice deadline course parameter statement".split())

    assert keys - {"da", "en", "sha256"} == explained - kinds
    assert kinds < explained


# --- the command ---


@pytest.fixture
def vedligehold(capsys, monkeypatch, tmp_path):
    """Run a command line in a folder of its own: its exit code, what it printed, and what it said on stderr."""
    monkeypatch.chdir(tmp_path)

    def call(*line: str) -> tuple[int, str, str]:
        code = cli.run(["certify", *line])
        out, err = capsys.readouterr()
        return code, out, err

    return call


def test_the_command_reads_the_day_off_the_wall_when_it_is_given_none(vedligehold, monkeypatch):
    monkeypatch.setattr(cli_policy, "day_on_the_wall", lambda: date(2010, 5, 3))
    code, out, err = vedligehold("rebild", "--json")

    assert (0, "") == (code, err)
    assert "2010-05-03" == json.loads(out)["on"]


def test_the_command_prints_the_data_of_the_library(vedligehold):
    _, out, _ = vedligehold("rebild", "--on", ON.isoformat(), "--json")

    assert as_data(made_of("rebild")) == json.loads(out)


@each_language
def test_the_command_writes_the_page_and_says_where(lang, vedligehold):
    code, out, err = vedligehold("rebild", "--on", ON.isoformat(), "--html", "page.html", "--lang", lang)

    assert (0, "") == (code, err)
    assert out.splitlines()[-1].endswith(" page.html")
    assert made_of("rebild").verdict.said(lang).split()[:3] == out.split()[1:4]
    assert page(made_of("rebild"), lang) == Path("page.html").read_text(encoding="utf-8")
    assert ["page.html"] == [each.name for each in Path().iterdir()]


def test_the_page_and_the_data_can_be_asked_for_at_once(vedligehold):
    _, out, _ = vedligehold("rebild", "--on", ON.isoformat(), "--html", "page.html", "--json")

    assert json.loads(out)["passes"]
    assert Path("page.html").is_file()


@pytest.mark.parametrize("how", [[], ["--json"], ["--html", "page.html"]])
def test_a_standard_that_does_not_pass_exits_with_one_and_is_shown(how, vedligehold):
    write_cases(write_pack(Path()), GRANTED)
    code, out, err = vedligehold("toy", "--rules", ".", "--on", "2016-05-10", *how)

    assert (1, "") == (code, err)
    assert "Standarden består ikke" in out
    assert "page.html" not in how or said_on(Path("page.html").read_text(encoding="utf-8"), "Ikke bestået")


@pytest.mark.parametrize("target", ["none/page.html", "folder", "", ".", "/"])
def test_a_page_that_cannot_be_written_is_a_line_on_stderr(target, vedligehold):
    Path("folder").mkdir()
    code, out, err = vedligehold("rebild", "--on", ON.isoformat(), "--html", target)

    assert (2, "") == (code, out)
    assert 1 == err.count("\n")
    assert "unwritable: the file cannot be written: " in err
    assert ["folder"] == [str(each) for each in Path().rglob("*")]


def test_a_zero_byte_in_a_path_is_no_traceback():
    with pytest.raises(VedligeholdError, match="unwritable: the file cannot be written: this is no path of a file"):
        write(Path("page\0.html"), "text")


def test_what_stood_in_the_file_is_replaced_whole(vedligehold):
    Path("page.html").write_text("x" * 100_000, encoding="utf-8")
    vedligehold("rebild", "--on", ON.isoformat(), "--html", "page.html")

    assert page(made_of("rebild"), "da") == Path("page.html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (["rebild", "--on", "2009-12-31"], "not-in-force: "),
        (["rebild", "--on", "3/5-2010"], "`3/5-2010` is no date"),
        (["rebuild"], "rebuild: unreadable: there is no such file or folder"),
        ([str(ROOT / "rules")], "this is a folder of several packs"),
        ([str(ROOT / "README.md")], "this is no pack and no file of cases"),
        ([], "Missing argument"),
        (["broken", "--rules", "."], "unknown-fact"),
        (["broken", "--rules", ".", "--html", "page.html"], "unknown-fact"),
    ],
)
def test_what_cannot_be_certified_exits_with_two(line, says, vedligehold):
    write_pack(Path(), pack="broken", requirements=[{**NEED, "require": "needs_maintenence"}])
    code, out, err = vedligehold(*line)

    assert (2, "") == (code, out)
    assert says in err
    assert "Traceback" not in err
    assert not Path("page.html").exists()
