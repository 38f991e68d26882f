"""Fuzzing of whatever reads a file: real packs, files of cases and cases, mutated.

Nothing but `PackError`, `CaseError` and `NotInForce` may come out, within two seconds of the processor; what is read
must be decided, or refused just so. `make fuzz` runs an hour of it (`MINUTES=5` for less) and writes what it finds to
`tests/corpus`, which `test_fuzz.py` tries again, with about a minute of new inputs that are the same every time.
"""

import argparse
import hashlib
import json
import pickle
import resource
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from packs import FULL_PACK
from strategies import Shape, generated

from vedligehold import (
    Case,
    CaseError,
    NotInForce,
    Pack,
    PackError,
    VedligeholdError,
    decide,
    due,
    facts,
    load_pack,
    read_case,
    replay,
)
from vedligehold.errors import MOST_PROBLEMS
from vedligehold.policy.cases import read_cases
from vedligehold.policy.run import run_case
from vedligehold.reading.document import read_document

TESTS = Path(__file__).parent
CORPUS = TESTS / "corpus"
SECONDS = 2.0
MEMORY = 2_000_000_000
Kind: TypeAlias = Literal["pack", "cases", "case"]
ENDINGS: Mapping[Kind, str] = {"pack": ".yaml", "cases": ".yaml", "case": ".json"}
ON = date(2020, 6, 1)


# ----------------------------------------------------------------------------------------------------------------------
# What is done with an input


class Found(AssertionError):
    """Something that must not happen."""


class Slow(Found):
    """It took too long."""


def tried(kind: Kind, raw: bytes, seconds: float = SECONDS) -> str:
    """Read *raw* and decide what it says; whether it was read, or the code of the first thing that is wrong with it.

    Raises:
        Found: it took more than *seconds* of the processor, or what was raised is not told as it must be.
        Exception: whatever else came out.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"2020-01-01{ENDINGS[kind]}")
        path.write_bytes(raw)
        started = time.process_time()
        try:
            DO[kind](path)
            said = "read"
        except (PackError, CaseError, NotInForce) as error:
            told_well(error)
            said = error.problems[0].code
        took = time.process_time() - started
    if took > seconds:
        raise Slow(f"{took:.1f} seconds for {len(raw):,} bytes: {said}")
    return said


def told_well(error: VedligeholdError) -> None:
    """One line a problem, at most fifty, and then how many more."""
    lines = str(error).splitlines()
    own = [line for line in lines if not line.startswith(" ")]
    if not 1 <= len(error.problems) <= MOST_PROBLEMS or len(own) != len(error.problems) + bool(error.more):
        raise Found(f"{len(error.problems)} problems in {len(own)} lines")
    if any(problem.code == "meanings-disagree" for problem in error.problems):
        raise Found("the two meanings disagree")
    if not all(char.isprintable() or char == "\n" for char in str(error)) or len(str(error)) > MOST_PROBLEMS * 6_000:
        raise Found("what is said is too long, or cannot be shown")
    if str(pickle.loads(pickle.dumps(error))) != str(error):
        raise Found("the error is another one after pickling")


def _do_pack(path: Path) -> None:
    pack = load_pack(path)
    facts(pack)
    first = pack.versions[0].valid_from
    for data in cases_to_decide():
        for day in {first, max(first, ON)}:
            try:
                decide(pack, Case.model_validate(data), on=day).model_dump_json()
                due(pack, {"referral_received": ON, "granted": ON}, on=day)
            except (CaseError, NotInForce) as error:
                told_well(error)


def _do_cases(path: Path) -> None:
    for case in read_cases(path).cases[:20]:
        result = run_case(packs_to_decide()[0], case)
        if result.error is not None:
            told_well(result.error)


def _do_case(path: Path) -> None:
    case = read_case(path)
    if Case.model_validate_json(case.model_dump_json()) != case:
        raise Found("the case is another one after its own JSON")
    errors = []
    for pack in packs_to_decide():
        try:
            decision = decide(pack, case, on=max(ON, pack.versions[0].valid_from))
            decision.model_dump_json()
            if replay(pack, decision.receipt).outcome != decision.outcome:
                raise Found("the receipt gives another outcome")
        except (CaseError, NotInForce) as error:
            errors.append(error)
            told_well(error)
    if len(errors) == len(packs_to_decide()):
        raise errors[0]


DO: Mapping[Kind, Callable[[Path], None]] = {"pack": _do_pack, "cases": _do_cases, "case": _do_case}


@cache
def packs_to_decide() -> tuple[Pack, ...]:
    """Those of the library, and one that declares a fact of every type."""
    return (load_pack("rebild"), load_pack("sundhed-og-traening"), load_pack(TESTS / "bad" / "case" / "pack.yaml"))


@cache
def cases_to_decide() -> tuple[Any, ...]:
    """An empty case, and the example cases."""
    examples = sorted((TESTS.parent / "examples").glob("*-case.json"))
    return ({}, *(json.loads(path.read_text(encoding="utf-8")) for path in examples))


# ----------------------------------------------------------------------------------------------------------------------
# What is mutated


FULL_CASE = {
    "citizen": {"birth_date": "1948-03-02", "municipality_code": "0999", "needs_maintenance": True},
    "referral": {"received_on": "2020-05-04", "referred_by": "citizen", "requested": ["balance"]},
    "facts": {"motivated": True, "level": 2, "pension": "early", "aids": ["stick"], "discharged_on": "2020-03-01"},
    "self_reported": ["chronic_condition"],
    "findings": {"benefit": {"holds": True, "reason": "Gavn.", "by": "visitator", "on": "2020-05-20"}},
    "events": [
        {"type": "granted", "on": "2020-05-06"},
        {"type": "waiting_list_entered", "on": "2020-05-07"},
        {"type": "waiting_list_left", "on": "2020-05-12"},
    ],
}


@cache
def bases(kind: Kind) -> tuple[str, ...]:
    """The texts that are mutated: those of the library, the smallest bad ones, and what was found before."""
    rules = TESTS.parent / "rules"
    found = sorted((TESTS / "bad" / kind).glob(f"*{ENDINGS[kind]}"))
    if kind == "case":
        found += sorted((TESTS.parent / "examples").glob("*.json"))
    else:
        is_cases = kind == "cases"
        found += [path for path in sorted(rules.glob("*/*.yaml")) if path.name.endswith(".cases.yaml") is is_cases]
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in found]
    return (*([json.dumps(FULL_CASE)] * 20 if kind == "case" else []), *texts)


@cache
def data_of(kind: Kind) -> tuple[Any, ...]:
    """The same as plain data, of those that can be read, those with the most in them the most often."""
    if kind == "case":
        return tuple(filter(None, map(_json, bases(kind))))
    found: list[Any] = []
    if kind == "pack":
        found = [FULL_PACK] * 20 + [made.data for shape in get_args(Shape) for made in generated(shape)]
    for text in bases(kind):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "a.yaml")
            path.write_text(text, encoding="utf-8")
            try:
                found += [read_document(path).data] * (10 if len(text) > 10_000 else 1)
            except PackError:
                continue
    return tuple(found)


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


@cache
def words(kind: Kind) -> tuple[str, ...]:
    """Every word that stands in a base, each once: what the parts of the format are made of."""
    return tuple(dict.fromkeys(word for text in bases(kind) for word in text.replace('"', " ").split()))[:4_000]


ODD_WORDS = (
    *("&a", "*a", "&a *a", "<<: *a", "!!str", "!a", "!!python/object/apply:os.system", "!<tag:yaml.org,2002:int>"),
    *("---", "...", "%YAML 1.1", "%TAG ! tag:x,2000:", "? ", ": ", "- ", "-", "|", ">", "|+2", ">-", "#", "\t", "\r"),
    *("{", "}", "[", "]", ",", '"', "'", "''", '""', "{}", "[]", "[[]]", "{a: {}}", "null", "~", "true", "no", "on"),
    *("0", "-0", "1", "9999", "10000", "999999999", "1e999", "-1e-999", "NaN", "Infinity", "0x1F", "0730", "1_000"),
    *("1.5", "27.50", "0840", "840", "0001-01-01", "9999-12-31", "1990-01-01", "2100-12-31", "2021-02-29", "02-29"),
    *("0203481234", "020348-1234", "203481234", "\\ud800", "\\u202e", "\\u0000", "\\x07", "\\N", "\\U0010ffff"),
    *("\u202e", "\u2066", "\u200f", "\u0085", "\u2028", "\ufeff", "\ufffe", "\x00", "\x1b", "\x7f", "æøå", "مرحبا"),
    *("👩\u200d🚀", "e\u0301", "\u00a0", "²", "٣", "Ⅷ", "ſ", "İ", "x" * 61, "x" * 1_100, "9" * 4_301, "`", "\\"),
    *("all", "any", "not", "empty", "fact", "is", "at_least", "at_most", "one_of", "any_of", "all_of", "only"),
    *("decided_on", "age", "other_municipality", "birth_date", "requested", "when", "require", "give", "within"),
)
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, 1, -1, 10**8, 10**15, 10**400, 0.1, -0.0, 1e22, 1e300),
    *("", " ", [], {}, [[]], {"": ""}, {"a": {"b": None}}, [None], {"fact": "age"}, {"not": "can_self_train"}),
)


class Input:
    """The bytes of a file; no dataclass, which Hypothesis would print in full."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw

    def __repr__(self) -> str:
        return f"Input({len(self.raw):,} bytes)"


@st.composite
def inputs(draw: st.DrawFn, kind: Kind) -> Input:
    """A text of *kind* that is mutated a few times: as data, or as text, and now and then as bytes."""
    times = draw(st.sampled_from((1, 1, 1, 2, 4)))
    if draw(st.integers(0, 4)):
        data = draw(st.sampled_from(data_of(kind)))
        for _ in range(times):
            data = _other_data(draw, data, kind)
        # JSON is YAML, and has a place for everything
        text = json.dumps(data, ensure_ascii=draw(st.booleans()), indent=draw(st.sampled_from([None, 0, 1])))
        times = draw(st.sampled_from((0, 0, 0, 1)))
    else:
        text = draw(st.sampled_from(bases(kind)))
    for _ in range(times):
        text = _other_text(draw, text, kind)
    raw = text.encode("utf-8", errors="surrogatepass")
    return Input(_other_bytes(draw, raw) if draw(st.integers(0, 19)) == 0 else raw)


def _scalars(kind: Kind) -> st.SearchStrategy[Any]:
    return st.one_of(
        st.sampled_from(words(kind)),
        st.sampled_from(ODD_WORDS),
        st.sampled_from(ODD_VALUES),
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.dates().map(date.isoformat),
        st.integers(-20_000, 20_000).map(str),
    )


def _places(data: Any) -> Iterator[tuple[Any, Any]]:
    """Every list and mapping inside *data* with each of its indexes and keys."""
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inside:
        yield data, key
        yield from _places(value)


def _other_data(draw: st.DrawFn, data: Any, kind: Kind) -> Any:
    data = json.loads(json.dumps(data))
    places = list(islice(_places(data), 20_000))
    if not places or len(places) == 20_000:
        return draw(_scalars(kind))
    inside, key = places[draw(st.integers(0, len(places) - 1))]
    donor, other = places[draw(st.integers(0, len(places) - 1))]
    alike = [place for place in places if place[1] == key and type(place[0][key]) is type(inside[key])]
    match draw(st.integers(0, 12)):
        case 9 | 10 | 11 | 12:  # what goes there, only not here
            donor, other = alike[draw(st.integers(0, len(alike) - 1))]
            inside[key] = json.loads(json.dumps(donor[other]))
        case 0:
            del inside[key]
        case 1 | 2 | 3:
            inside[key] = draw(_scalars(kind))
        case 4:
            inside[key] = json.loads(json.dumps(donor[other]))
        case 5 if isinstance(inside, dict):
            inside[str(draw(_scalars(kind)))] = inside.pop(key)
        case 6 if isinstance(inside, list):
            inside.insert(key, json.loads(json.dumps(donor[other])))
        case 7:
            inside[key] = {draw(st.sampled_from(("all", "any", "not", "fact", "da", "is"))): inside[key]}
        case _:
            is_small = len(json.dumps(inside[key])) < 200
            inside[key] = [inside[key]] * draw(st.sampled_from((1, 2, 3, 400, 1_001) if is_small else (1, 2)))
    return data


def _other_text(draw: st.DrawFn, text: str, kind: Kind) -> str:
    lines = text.split("\n")
    line = draw(st.integers(0, len(lines) - 1))
    here = draw(st.integers(0, len(text)))
    match draw(st.integers(0, 9)):
        case 0:
            del lines[line]
        case 1:
            lines.insert(line, lines[draw(st.integers(0, len(lines) - 1))])
        case 2:
            other = draw(st.integers(0, len(lines) - 1))
            lines[line], lines[other] = lines[other], lines[line]
        case 3:
            lines[line] = " " * draw(st.integers(0, 8)) + lines[line].lstrip()
        case 4 | 5:
            parts = lines[line].split(" ")
            parts[draw(st.integers(0, len(parts) - 1))] = str(draw(_scalars(kind)))
            lines[line] = " ".join(parts)
        case 6:
            return text[:here] + str(draw(_scalars(kind))) + text[here:]
        case 7:
            return text[:here] + text[draw(st.integers(here, min(len(text), here + 40))) :]
        case 8:
            return text[:here] + text[here : here + draw(st.integers(1, 12))] * 200 + text[here:]
        case _:
            lines[line] = draw(st.sampled_from(ODD_WORDS)) + lines[line]
    return "\n".join(lines)


def _other_bytes(draw: st.DrawFn, raw: bytes) -> bytes:
    here = draw(st.integers(0, len(raw)))
    match draw(st.integers(0, 3)):
        case 0:
            return raw[:here]
        case 1:
            return raw[:here] + draw(st.binary(max_size=4)) + raw[here:]
        case 2:
            return draw(st.sampled_from((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\x00"))) + raw
        case _:
            return raw.decode("utf-8", errors="replace").encode(draw(st.sampled_from(("utf-16", "latin-1"))), "replace")


# ----------------------------------------------------------------------------------------------------------------------
# An hour of it


def _round(kind: Kind, number: int, counts: Counter[str]) -> list[bytes]:
    """A few hundred inputs; those that take too long, and the smallest that must not be for another reason."""
    found: list[bytes] = []
    last: list[bytes] = []

    @seed(number)
    @settings(
        max_examples=300,
        database=None,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(inputs(kind))
    def run(tried_input: Input) -> None:
        last[:] = [tried_input.raw]
        try:
            said = tried(kind, tried_input.raw)
        except Slow as error:  # to look for the smallest would last for hours
            said = "slow"
            print(f"{kind}, round {number}: {error}", flush=True)
            found.append(tried_input.raw)
        counts[f"{kind}: {said}"] += 1

    try:
        run()
    except Exception as error:  # noqa: BLE001 - whatever comes out is what is looked for
        print(f"{kind}, round {number}: {type(error).__name__}: {error}"[:2_000], flush=True)
        found.append(last[0])
    return found


def main() -> int:
    """Fuzz for as long as is said; 1 if something was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=1)
    given_ = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    until = time.monotonic() + 60 * given_.minutes
    for kind in ENDINGS:
        data_of(kind)  # Hypothesis cannot make packs while it is running a test
    counts: Counter[str] = Counter()
    found = 0
    number = given_.seed
    while time.monotonic() < until:
        for kind in ENDINGS:
            for raw in _round(kind, number, counts):
                found += 1
                path = CORPUS / kind / f"{hashlib.sha256(raw).hexdigest()[:12]}{ENDINGS[kind]}"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(raw)
                print(f"  kept as {path.relative_to(TESTS.parent)}", flush=True)
        number += 1
    for what, times in sorted(counts.items(), key=lambda each: -each[1]):
        print(f"{times:9,}  {what}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1_000
    print(f"{counts.total():,} inputs, {found} found, seeds {given_.seed} to {number - 1}, at most {peak:,} MB")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
