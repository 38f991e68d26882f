"""The documentation says what is so: its examples run, its packs load, its links lead somewhere.

A page is worked through from top to bottom. A block with a title is a file, and its page then runs in a folder of its
own; a ```diff block changes a file for the next ```console block; every other page runs at the root of the project.

What a reader does with a file is said in a comment right above a block, which the page does not show: `stays` (a change
is not taken back), `at the end of FILE` (the block is written there), `FILE is` (that is what stands in it),
`in FILE each WORD is now WORD`, `FILE is gone`, `in FILE for once »TEXT« is »TEXT«` (a mistake that the block shows the
answer to).
"""

import hashlib
import io
import os
import re
import shlex
import subprocess
import sys
import unicodedata
from collections.abc import Iterator
from inspect import isclass
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest
import yaml
from packs import ROOT, plugin_loaded
from pages import DOCS, FENCE, NEW_MUNICIPALITY, PAGES, Block, blocks_of, write_files
from pydantic import BaseModel

from vedligehold import cli, decide, load_pack, read_case
from vedligehold.condition import All, Any, IsTrue, Not
from vedligehold.facts import ALTERNATIVES, EVENTS, ITEMS, REFERRERS, SETTINGS
from vedligehold.meaning.value import evaluate
from vedligehold.pack import TOPICS
from vedligehold.policy.cases import read_cases
from vedligehold.policy.goals import GROUPS
from vedligehold.policy.mutants import CHANGES
from vedligehold.policy.run import run_case
from vedligehold.reading import case_format
from vedligehold.reading import format as form
from vedligehold.wording import CONSIDERED_BY, DEADLINE_KINDS, OUTCOMES, RESULTS

GLOSSARY = (DOCS / "glossary.md").read_text(encoding="utf-8")

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)


def changed(change: Block, folder: Path) -> tuple[Path, str]:
    """The file in which the lines with `-` (or a blank before them) stand, and its text after the change."""
    lines = change.text.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] in " -")
    new = "".join(line[1:] for line in lines if line[0] in " +")
    found = [path for path in sorted(folder.rglob("*")) if path.is_file() and old in path.read_text(encoding="utf-8")]
    assert len(found) == 1, f"{change.place}: the lines to change stand in {len(found)} files"
    text = found[0].read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{change.place}: the lines to change stand {text.count(old)} times"
    return found[0], text.replace(old, new)


NOTE = re.compile(
    r"(?P<stays>stays)|at the end of (?P<longer>\S+)|(?P<shown>\S+) is|(?P<gone>\S+) is gone"
    r"|in (?P<renamed>\S+) each (?P<old>\S+) is now (?P<new>\S+)"
    r"|in (?P<once>\S+) for once »(?P<right>.+)« is »(?P<wrong>.+)«"
)


def write_as_noted(block: Block, folder: Path) -> tuple[Path, str] | None:
    """Do to a file what the comment above *block* says, or see that in it stands what the block shows.

    What is done for once comes back: the file, and what stood in it.
    """
    said = NOTE.fullmatch(block.note or "stays")
    assert said is not None, f"{block.place}: `{block.note}` means nothing"
    if said["longer"]:
        path = folder / said["longer"]
        path.write_text(path.read_text(encoding="utf-8") + "\n" + block.text, encoding="utf-8")
    if said["shown"]:
        text = (folder / said["shown"]).read_text(encoding="utf-8")
        assert same(block.text, text), f"{block.place}: in the file stands\n\n{text}"
    if said["gone"]:
        (folder / said["gone"]).unlink()
    if said["renamed"]:
        path = folder / said["renamed"]
        text = path.read_text(encoding="utf-8")
        assert said["old"] in text, f"{block.place}: there is no `{said['old']}`"
        path.write_text(text.replace(said["old"], said["new"]), encoding="utf-8")
    if said["once"]:
        path, wrong = folder / said["once"], said["wrong"].replace("\\t", "\t")
        text = path.read_text(encoding="utf-8")
        assert text.count(said["right"]) == 1, f"{block.place}: it stands there {text.count(said['right'])} times"
        path.write_text(text.replace(said["right"], wrong), encoding="utf-8")
        return path, text
    return None


def commands_of(block: Block) -> Iterator[tuple[str, str]]:
    """Each command of a console block, and what the block shows of its output."""
    for part in re.split(r"^\$ ", block.text.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        yield command, shown


class Shell:
    """As much of a shell as the examples use: the command line, pytest, `< file` and `echo $?`."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capsys = capsys
        self.monkeypatch = monkeypatch
        self.code = 0

    def run(self, command: str) -> str:
        words = shlex.split(command, comments=True)
        if words == ["echo", "$?"]:
            return f"{self.code}\n"
        if words[0] == "pytest":
            return self.pytest(words[1:])
        assert words[0] == "vedligehold", f"`{command}` is no command of the documentation"
        if "<" in words:
            given = Path(words.pop()).read_bytes()
            words.remove("<")
            self.monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
        self.code = cli.run(words[1:])
        captured = self.capsys.readouterr()
        return captured.out + captured.err

    def pytest(self, words: list[str]) -> str:
        """pytest in a process of its own, in a window of the usual width."""
        # where CI or BUILD_NUMBER is set, pytest writes the lines of its summary out in full: the page shows a person's
        outside = {
            n: v for n, v in os.environ.items() if not n.startswith("PYTEST_") and n not in {"CI", "BUILD_NUMBER"}
        }
        command = [sys.executable, "-m", "pytest", *plugin_loaded(), *words]
        environment = {**outside, "COLUMNS": "80", "PYTHONUTF8": "1"}
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", env=environment)
        self.code = done.returncode
        return done.stdout + done.stderr


def trimmed(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.rstrip().splitlines()) + "\n"


def same(shown: str, got: str) -> bool:
    """Whether *got* is what is shown, where a line `...` stands for any lines."""
    lines = ["(?:.*\n)*?" if line == "..." else re.escape(line) + "\n" for line in trimmed(shown).splitlines()]
    return re.fullmatch("".join(lines), trimmed(got)) is not None


@each_page
def test_the_commands_on_a_page_answer_what_it_shows(page, capsys, monkeypatch, tmp_path):
    blocks = blocks_of(page)
    own_folder = any(block.title is not None for block in blocks)
    monkeypatch.chdir(tmp_path if own_folder else ROOT)
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    write_files(blocks, tmp_path)
    shell = Shell(capsys, monkeypatch)
    mended: list[tuple[Path, str]] = []
    for block in blocks:
        mistaken = write_as_noted(block, tmp_path)
        mended += [] if mistaken is None else [mistaken]
        if block.language == "diff":
            path, text = changed(block, tmp_path)
            if block.note != "stays":
                mended.append((path, path.read_text(encoding="utf-8")))
            path.write_text(text, encoding="utf-8")
        if block.language == "console" and block.text.startswith(("$ vedligehold", "$ pytest")):
            for command, shown in commands_of(block):
                got = shell.run(command)
                assert same(shown, got), f"{block.place}: `{command}` answers\n\n{got}"
            while mended:
                path, text = mended.pop()
                path.write_text(text, encoding="utf-8")
    assert not mended, "a change without a command after it"


WHOLE_PACKS = [
    block
    for page in PAGES
    for block in blocks_of(page)
    if block.language == "yaml" and block.text.startswith("format: 1\npack:") and "\nsource:" in block.text
]


@pytest.mark.parametrize("block", WHOLE_PACKS, ids=lambda block: block.place)
def test_a_whole_pack_on_a_page_can_be_loaded(block, tmp_path):
    path = tmp_path / "pack.yaml"
    path.write_text(block.text, encoding="utf-8")

    assert load_pack(path).id == yaml.safe_load(block.text)["pack"]


@pytest.fixture
def example_town(tmp_path, monkeypatch):
    """The files of the municipality that the documentation makes up."""
    write_files(blocks_of(NEW_MUNICIPALITY), tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_made_up_municipality_is_answered_as_its_cases_expect(example_town):
    pack = load_pack("eksempelby", rules="rules")
    results = [run_case(pack, case) for case in read_cases(Path("rules/eksempelby/2024-01-01.cases.yaml")).cases]

    assert len(results) > 10
    assert [] == [(result.case.name, result.mismatches, result.error) for result in results if not result.passed]


def test_one_case_of_the_made_up_municipality_is_decided(example_town):
    version = load_pack("eksempelby", rules="rules").versions[0]
    decision = decide(
        load_pack("eksempelby", rules="rules"), read_case("case.json"), on=version.valid_from.replace(month=3)
    )

    assert "needs_information" == decision.outcome
    assert ("alone",) == decision.because


def test_the_hash_in_the_made_up_pack_is_that_of_its_source(example_town):
    source = load_pack("eksempelby", rules="rules").versions[0].source

    assert hashlib.sha256(Path("sources/eksempelby-2024.txt").read_bytes()).hexdigest() == source.sha256


def test_the_steps_of_the_how_to_are_parts_of_the_whole_pack():
    blocks = [block for block in blocks_of(NEW_MUNICIPALITY) if block.language == "yaml"]
    whole = "\n".join(block.text for block in blocks if block.title is not None)

    assert [] == [block.place for block in blocks if block.title is None and block.text not in whole]


@pytest.mark.parametrize(("heading", "join"), [("`all`", All), ("`any`", Any)])
def test_a_truth_table_is_what_the_evaluator_says(heading, join):
    page = (DOCS / "meaning.md").read_text(encoding="utf-8")
    table = page.split(f"| {heading} |")[1].split("\n\n")[0]
    values = {"holds": True, "fails": False, "unknown": None}
    names = ["unknown", "holds", "fails"]
    head, _, *rows = [[cell.strip(" *") for cell in line.strip("|").split("|")] for line in table.splitlines()]
    for first, *said in rows:
        for second, expected in zip(head, said, strict=True):
            got = evaluate(join((IsTrue("a"), IsTrue("b"))), {"a": values[first], "b": values[second]})

            assert expected == names[got.truth]


def test_not_turns_round_what_is_known():
    assert [0, 2, 1] == [evaluate(Not(IsTrue("a")), {"a": value}).truth for value in (None, True, False)]


def test_the_page_for_beginners_shows_the_same_in_both_languages():
    """What is typed and what is answered is Danish on both; the words around it are not."""
    danish, english = (blocks_of(DOCS / f"{name}.md") for name in ("proev-jeres-standard", "test-your-standard"))

    assert len(danish) > 20
    assert [(each.language, each.title, each.text, each.note) for each in danish] == [
        (each.language, each.title, each.text, each.note) for each in english
    ]


# --- completeness ---


@pytest.mark.parametrize("name", ["proev-jeres-standard", "test-your-standard"])
def test_the_page_for_beginners_explains_every_group_and_every_change(name):
    """In the Danish words that they are shown in."""
    text = (DOCS / f"{name}.md").read_text(encoding="utf-8")
    shown = [words.da for words in (*GROUPS.values(), *CHANGES.values())]

    assert [] == [words for words in shown if f"\n| {words} |" not in text]


def format_models() -> list[type[BaseModel]]:
    """Every entry of a pack, of the national layer and of a file of cases."""
    found = [each for part in (form, case_format) for each in vars(part).values() if isclass(each)]
    own = {form.__name__, case_format.__name__}
    return [each for each in found if issubclass(each, BaseModel) and each.__module__ in own]


def literals(annotation: object) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from (each for each in get_args(annotation) if isinstance(each, str))
    for each in get_args(annotation):
        yield from literals(each)


def test_every_key_and_every_fixed_word_of_the_format_is_explained():
    text = (DOCS / "pack-format.md").read_text(encoding="utf-8")
    words = set()
    for model in format_models():
        for name, info in model.model_fields.items():
            words |= {info.alias or name, *literals(info.annotation)}

    assert [] == sorted(word for word in words if not re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text))


LABELS = (
    OUTCOMES,
    RESULTS,
    DEADLINE_KINDS,
    CONSIDERED_BY,
    REFERRERS,
    SETTINGS,
    ITEMS,
    ALTERNATIVES,
    EVENTS,
)


def test_the_glossary_has_every_code_with_the_words_that_the_library_says():
    rows = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \|", GLOSSARY, re.MULTILINE)
    explained = {(code, da.strip().lower(), en.strip().lower()) for code, da, en in rows}
    said = {(code, words.da.lower(), words.en.lower()) for labels in LABELS for code, words in labels.items()}

    assert set() == said - explained


@pytest.mark.parametrize("code", ["scope", "strict", "procedural", "discretionary", *TOPICS])
def test_the_glossary_has_every_kind_and_every_topic(code):
    assert f"| `{code}` |" in GLOSSARY


# --- the pages themselves ---


def nav() -> list[str]:
    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    return [path for entry in site["nav"] for path in entry.values()]


def test_the_figures_of_the_readme_are_those_that_were_measured():
    """`make bench` writes the page; the three ratios that the README quotes are rows of it."""
    said = re.findall(r"takes (\d\.\d\d) times", (ROOT / "README.md").read_text(encoding="utf-8"))
    rows = [
        "`rebild`: decide; read outcome, partial, because, missing, results",
        "`rebild`: from a plain dict",
        "add workdays to a date",
    ]
    page = (DOCS / "performance.md").read_text(encoding="utf-8").splitlines()
    measured = [next(line for line in page if line.startswith(f"| {row} |")) for row in rows]

    assert [re.search(r"\*\*([\d.]+)\*\*", line)[1] for line in measured] == said  # type: ignore[index]


def test_the_figures_of_the_second_engine_are_those_that_were_measured():
    """Why it is no engine of record has the medians that the page of figures has."""
    said, measured = (
        [line.strip("| ").split(" | ") for line in (DOCS / name).read_text(encoding="utf-8").splitlines()]
        for name in ("why.md", "performance.md")
    )
    for number in ("8", "40", "100"):
        (figures,) = [line for line in measured if line[0] == number]
        assert [figures[place] for place in (0, 1, 5, 7)] in said


def test_every_page_is_in_the_navigation_once():
    assert sorted(page.name for page in DOCS.glob("*.md")) == sorted(nav())


def prose(page: Path) -> str:
    """A page without its fenced blocks and its code."""
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", page.read_text(encoding="utf-8")))


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as the toc extension makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    plain = [re.sub(r"[`*]", "", heading) for heading in headings]
    ascii_only = [unicodedata.normalize("NFKD", each).encode("ascii", "ignore").decode() for each in plain]
    return {re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", each).strip().lower()) for each in ascii_only}


def broken_links(page: Path) -> Iterator[str]:
    for link in re.findall(r"\]\(([^)\s]+)\)", prose(page)):
        if re.match("https?:", link):
            continue
        target, _, anchor = link.partition("#")
        path = (page.parent / target).resolve() if target else page
        inside = path.is_relative_to(DOCS) or page.parent == ROOT
        if not path.exists() or not inside or (anchor and anchor not in anchors(path)):
            yield link


@each_page
def test_every_link_leads_somewhere(page):
    assert [] == list(broken_links(page))


@each_page
def test_a_page_names_no_place_on_anybodys_machine(page):
    text = page.read_text(encoding="utf-8")

    assert [] == re.findall(r"(?<![\w.])/(?:work|root|home|tmp|Users|private)\b|index-url", text)


@each_page
def test_every_fence_that_opens_closes(page):
    fences = re.findall(r"^ *```.*$", page.read_text(encoding="utf-8"), re.MULTILINE)

    assert 0 == len(fences) % 2
