"""`durable_rules` beside the reference: it agrees, and whatever it does not do as it should is noticed.

All of it as it is said in Denmark as well, where a comma parts the decimals and å is sorted as aa.
"""

import contextlib
import gc
import locale
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from packs import DAY, ROOT, make_pack, words
from processes import environment, made_locale

pytest.importorskip("durable", reason="durable_rules is installed for the first Python alone")

from opinions import compared, packs

from vedligehold import (
    Case,
    CaseError,
    EnginesDisagree,
    NotInForce,
    Pack,
    VedligeholdError,
    decide,
    load_pack,
    second_opinion,
)
from vedligehold.cli import run
from vedligehold.condition import IsTrue
from vedligehold.durable_host import (
    MOST_FAILURES,
    MOST_FOLLOWERS,
    MOST_GROUPS,
    MOST_KEYS,
    MOST_RULES,
    MOST_WAYS,
    Host,
    Rule,
    name_hash,
)
from vedligehold.meaning import pattern as patterns
from vedligehold.meaning.matching import ALWAYS, Ask, Operator, Pattern, every, some
from vedligehold.policy.cases import case_files, read_cases
from vedligehold.policy.run import run_case
from vedligehold.reading.library import rules_folder

CASE = {"citizen": {"birth_date": "1948-03-02", "needs_maintenance": True}, "referral": {"received_on": "2017-05-02"}}
NEEDED = IsTrue("needs_maintenance")
REAL = ("rebild", "sundhed-og-traening")


@pytest.fixture(scope="module")
def locales(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where Danish is found."""
    return made_locale("da_DK.UTF-8", tmp_path_factory.mktemp("locales"))


@pytest.fixture(autouse=True, params=["C", "da_DK.UTF-8"])
def _spoken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, locales: dict[str, str]) -> Iterator[None]:
    before = locale.setlocale(locale.LC_ALL)
    for name, value in locales.items():
        monkeypatch.setenv(name, value)
    try:
        locale.setlocale(locale.LC_ALL, request.param)
    except locale.Error:
        pytest.skip(f"there is no {request.param} here, and it cannot be made")
    yield
    locale.setlocale(locale.LC_ALL, before)


@pytest.fixture
def anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules are built anew in this test, and after it."""
    monkeypatch.setattr(second_opinion, "_BUILT", second_opinion._Built())


def said(error: VedligeholdError) -> list[tuple[str, str]]:
    """The code and the message of each problem."""
    return [(problem.code, problem.message) for problem in error.problems]


def decided(pack: Pack | None = None) -> Any:
    """A case of one of the real packs, by both engines."""
    return decide(pack or load_pack("sundhed-og-traening"), Case.model_validate(CASE), on=DAY, engine="durable")


# ----------------------------------------------------------------------------------------------------------------------
# The two agree


def test_it_is_said_in_danish(request):
    """Else half of this file would say nothing."""
    comma = "da_DK" in request.node.name

    assert f"0{',' if comma else '.'}5" == locale.str(0.5)


def test_the_decision_is_the_same():
    pack, case = load_pack("sundhed-og-traening"), Case.model_validate(CASE)

    assert decide(pack, case, on=DAY) == decided()


@pytest.mark.parametrize("name", REAL)
def test_every_case_of_a_real_pack_is_decided_alike(name):
    """By its own case files; and where no version is in force, both say so."""
    pack, number = load_pack(name), 0
    for file in case_files(rules_folder() / name):
        for case in read_cases(file).cases:
            found = run_case(pack, case)
            assert found.made is not None
            if found.decision is None:
                with pytest.raises(NotInForce):
                    decide(pack, found.made, on=case.on, engine="durable")
            else:
                assert found.decision == decide(pack, found.made, on=case.on, engine="durable")
                number += 1

    assert number > 30


def test_random_cases_are_decided_alike_on_eight_threads():
    """The long form is `make agree`."""
    held, _ = packs(4)
    told = compared(held, 1500, threads=8, rows=60)

    assert [] == told.differences
    assert {"granted", "rejected", "redirected", "needs_information", "needs_assessment"} == {*told.outcomes}
    assert sum(told.refused.values()) < told.cases / 50


def test_the_command_decides_twice(capsys):
    """It prints what it prints of the one."""
    line = [
        "decide",
        str(ROOT / "examples" / "sundhed-case.json"),
        "--pack",
        "sundhed-og-traening",
        "--on",
        "2017-05-10",
    ]
    codes, printed = [], []
    for engine in ("own", "durable"):
        codes.append(run([*line, "--engine", engine]))
        printed.append(capsys.readouterr())

    assert codes[0] == codes[1]
    assert printed[0] == printed[1]
    assert "" != printed[0].out


def test_the_engine_is_told_no_number_and_no_name(monkeypatch):
    """Just the facts that rules ask about: the age, and not of whom."""
    told: list[Any] = []
    asked = Host.fired

    def fired_and_told(self: Host, message: Any) -> frozenset[str]:
        told.append(message)
        return asked(self, message)

    monkeypatch.setattr(Host, "fired", fired_and_told)
    case = Case.model_validate({**CASE, "citizen": {"cpr": "020348-1234", "needs_maintenance": True}})
    decide(load_pack("sundhed-og-traening"), case, on=DAY, engine="durable")

    ((key, age),) = [(key, value) for key, value in told[0].items() if key == "value_age"]
    assert ("value_age", 69) == (key, age)
    assert "020348" not in repr(told)
    assert "1948" not in repr(told)


def test_what_the_engine_raises_is_not_kept_beside_what_is_said(monkeypatch):
    """It repeats the message."""
    host = Host([Rule("it", Ask("value", "is", 1), "the test")])
    with pytest.raises(VedligeholdError) as error:
        host.fired({"value": "a" * 20_000_000})

    assert ["engine-failed"] == [code for code, _ in said(error.value)]
    assert (None, None) == (error.value.__cause__, error.value.__context__)
    assert {"it"} == host.fired({"value": 1})


def test_memory_stays_as_it_is():
    """The engine keeps nothing of a case."""
    policy = load_pack("sundhed-og-traening").at(DAY)
    rules = second_opinion.rules_of(policy)
    values: dict[str, Any] = dict.fromkeys(policy.facts) | {"requested": (), "requested_setting": ""}
    for _ in range(300):
        rules.said_of(values)
    before = _held()
    for _ in range(1500):
        rules.said_of(values)

    assert _held() - before < 2_000_000


def test_rules_go_with_their_policy(anew):
    """Nothing else holds them."""
    decided(load_pack(ROOT / "rules" / "sundhed-og-traening"))
    gc.collect()

    assert 0 == len(second_opinion._BUILT.rules)


def test_rules_that_nobody_needs_any_more_are_freed():
    """As where a notebook loads its pack again and again."""
    policy = load_pack("sundhed-og-traening").at(DAY)
    values: dict[str, Any] = dict.fromkeys(policy.facts) | {"requested": (), "requested_setting": ""}

    def build(times: int) -> int:
        for _ in range(times):
            second_opinion.Rules(policy).said_of(values)
        return _held()

    before = build(60)
    assert build(60) - before < 15_000_000  # twice that if they were not


def _held() -> int:
    """How many bytes the process has now."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


# ----------------------------------------------------------------------------------------------------------------------
# What the engine is asked, it answers right


def fired(pattern: Pattern, **message: Any) -> bool:
    """Whether a host of that one rule fires."""
    return "it" in Host([Rule("it", pattern, "the test")]).fired(message)


TEXTS = 'æøå|Ærø|say "so"|it\'s|one\ntwo|back\\slash|tab\t|{}[],:|\x00|ÆØÅ||\u2028|🙂|aa|å'.split("|")


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_equal_to_itself_alone(text):
    """Whatever stands in it."""
    for other in TEXTS:
        assert (text == other) == fired(Ask("value", "is", text), value=other)
        assert (text != other) == fired(Ask("value", "is not", text), value=other)
        assert (text == other) == fired(Ask("value", "has", text), value=["before", other])


@pytest.mark.parametrize("text", [text for text in TEXTS if text])
def test_a_choice_that_is_no_choice_is_refused_before_the_engine(text, tmp_path):
    """In the same words by both."""
    choice = {"type": "choice", "choices": {"a": words("a"), "b": words("b")}}
    need = {"id": "need", "kind": "strict", "require": {"kind": {"is": "a"}}}
    pack = make_pack(tmp_path, facts={"kind": choice}, requirements=[need])
    errors = []
    for engine in ("own", "durable"):
        with pytest.raises(CaseError) as error:
            decide(pack, Case.model_validate({"facts": {"kind": text}}), on=DAY, engine=engine)
        errors.append(said(error.value))

    assert errors[0] == errors[1]


NUMBERS = (0, 1, -1, 2**31, -(2**31), 2**32 + 1, 2**53 - 1, 1 - 2**53, 10**15 - 1)
SIGNS: dict[Operator, tuple[bool, bool, bool]] = {
    "is": (False, True, False),
    "is not": (True, False, True),
    "at least": (False, True, True),
    "at most": (True, True, False),
    "above": (False, False, True),
    "below": (True, False, False),
}
"""What each says of a number that is one less, the same, and one more."""


@pytest.mark.parametrize("number", NUMBERS)
def test_whole_numbers_are_compared(number):
    for sign, right in SIGNS.items():
        ask = Ask("value", sign, number)
        assert right == tuple(fired(ask, value=number + more) for more in (-1, 0, 1)), sign


@pytest.mark.parametrize("sign", [*SIGNS, "has"])
def test_what_is_absent_matches_nothing(sign):
    assert not fired(Ask("value", sign, 1), other=1)


@pytest.mark.parametrize("order", range(6))
def test_every_and_some_in_every_order(order):
    """The engine's own `all` and `any` grant wrongly in some orders; inside of one pattern they do not."""
    a, b, c, d = (Ask(name, "is", 1) for name in "abcd")
    parts: list[Pattern] = [a, some(b, every(c, d)), some(c, d)]
    turned = parts[order % 3 :] + parts[: order % 3]
    pattern = every(*(turned if order < 3 else turned[::-1]))
    host = Host([Rule("it", pattern, "the test")])
    for values in product((0, 1), repeat=4):
        one, two, three, four = map(bool, values)
        right = one and (two or (three and four)) and (three or four)
        assert right == ("it" in host.fired(dict(zip("abcd", values, strict=True)))), values


# ----------------------------------------------------------------------------------------------------------------------
# What would leave the safe usage is refused, with the number


def test_names_of_one_hash_are_refused(tmp_path):
    """The engine would take the one for the other."""
    one, other = next(_of_one_hash())
    facts = {name.removeprefix("value_"): {"type": "bool"} for name in (one, other)}
    need = {"id": "need", "kind": "strict", "require": {"all": list(facts)}}
    pack = make_pack(tmp_path, facts=facts, requirements=[need])
    with pytest.raises(VedligeholdError) as error:
        decide(pack, Case(), on=DAY, engine="durable")

    assert one != other
    assert name_hash(one) == name_hash(other)
    assert [("engine-limit", f"`{one}` and `{other}` are one name to `durable_rules`")] == said(error.value)


def _of_one_hash() -> Iterator[tuple[str, str]]:
    seen: dict[int, str] = {}
    for number in range(10**6):
        name = f"value_fact_{number}"
        other = seen.setdefault(name_hash(name), name)
        if other != name:
            yield other, name


def test_the_engine_takes_names_of_one_hash_for_one_another():
    """Which is why they are refused."""
    one, other = next(_of_one_hash())
    host = Host([Rule("it", Ask(one, "is", 1), "the test")])
    host._keys[other] = None  # else it would not be told

    assert {"it"} == host.fired({other: 1})


def test_a_text_as_long_as_the_engine_counts_is_refused():
    """It would be as long as no text at all: the engine counts to 2^16."""
    policy = load_pack("rebild").at(date(2010, 5, 3))
    values: dict[str, Any] = dict.fromkeys(policy.facts) | {"requested": (), "requested_setting": "a" * 2**16}
    with pytest.raises(VedligeholdError) as error:
        second_opinion.rules_of(policy).said_of(values)

    message = "the case has a text of more than 200 bytes, which `durable_rules` does not compare safely"
    assert [("engine-limit", message)] == said(error.value)
    assert fired(Ask("value", "is", "a"), value="a" + "b" * 2**16)


def _one(number: int) -> Ask:
    return Ask("a", "above", number)


def values_of(numbers: Iterable[int]) -> Pattern:
    """That b is one of them."""
    return some(*(Ask("b", "is", number) for number in numbers))


LIMITS: list[tuple[Pattern, str | None]] = [
    (some(*map(_one, range(MOST_WAYS))), None),
    (some(*map(_one, range(MOST_WAYS + 1))), "41 alternatives that can match at once of `x` are more than the 40"),
    (every(some(_one(1), _one(2), _one(3)), *(some(_one(3 * n), _one(n)) for n in range(4, 8))), "48 alternatives"),
    (some(*(Ask("a", "is", 1001 - n) for n in range(MOST_FOLLOWERS))), None),
    (some(*(Ask("a", "is", 1001 - n) for n in range(MOST_FOLLOWERS + 1))), "501 alternatives at one place of `x`"),
    (some(*(every(_one(5), values_of(range(10 * n, 10 * n + 10))) for n in range(3))), None),
    (some(*(every(_one(5), values_of(range(n, n + 260))) for n in (0, 260))), "520 alternatives at one place of `x`"),
    (some(*(every(_one(n), Ask("b", "is", n)) for n in range(MOST_GROUPS - 2))), None),
    (some(*(every(_one(n), Ask("b", "is", n)) for n in range(MOST_GROUPS - 1))), "16 groups of `all` and `any` of `x`"),
]


@pytest.mark.parametrize(("pattern", "refused"), LIMITS)
def test_a_pattern_that_is_too_large_is_refused(pattern: Pattern, refused: str | None):
    """And one that is just as large as it may be, answers."""
    if refused is None:
        assert fired(pattern, a=1000, b=3)
        assert not fired(pattern, a=-1, b=-1)
        return
    with pytest.raises(VedligeholdError) as error:
        Host([Rule("it", pattern, "`x`")])
    ((code, message),) = said(error.value)

    assert "engine-limit" == code
    assert message.startswith(refused)


def _refused(rules: list[Rule]) -> str:
    with pytest.raises(VedligeholdError) as error:
        Host(rules)
    ((code, message),) = said(error.value)
    assert "engine-limit" == code
    return message


def test_as_many_keys_as_are_held_are_held():
    """Each rule fires where it should."""
    rules = [Rule(f"{place}", Ask(f"key_{place}", "is", 1), "") for place in range(MOST_KEYS)]
    message: dict[str, Any] = {f"key_{place}": place % 2 for place in range(MOST_KEYS)}
    more = [*rules, Rule("more", Ask("more", "is", 1), "")]

    assert {f"{place}" for place in range(1, MOST_KEYS, 2)} == Host(rules).fired(message)
    assert "241 keys of a message are more than the 240 that `durable_rules` can safely hold" == _refused(more)


def test_of_a_set_just_what_rules_ask_about_is_told(tmp_path):
    """There may be four keys of it, of which few rules ask for more than two."""
    choices = {"type": "set", "choices": {"a": words("a"), "b": words("b")}}
    names = [f"items_{number}" for number in range(70)]
    needs = [{"id": f"need-{name[6:]}", "kind": "strict", "require": {name: {"any_of": ["a"]}}} for name in names]
    pack = make_pack(tmp_path, facts=dict.fromkeys(names, choices), requirements=needs)
    case = Case.model_validate({"facts": {name: ["a"] for name in names}})

    assert "granted" == decide(pack, case, on=DAY, engine="durable").outcome


def test_as_many_rules_as_are_held_are_held():
    """Each rule fires where it should."""
    rules = [Rule(f"{place}", Ask("value", "at least", place), "") for place in range(MOST_RULES)]
    host = Host(rules)

    for most in (2, MOST_RULES - 1):
        assert {f"{place}" for place in range(most + 1)} == host.fired({"value": most})
    message = "4,096 rules are more than the 4,095 that `durable_rules` can safely hold"
    assert message == _refused([*rules, Rule("more", ALWAYS, "")])


def test_as_many_places_as_are_held_are_held():
    """Of each rule there are few, of all of them many."""
    rules = [Rule(f"{n}", every(values_of(range(400)), Ask("a", "is", n)), "") for n in range(49)]

    assert {"7"} == Host(rules).fired({"a": 7, "b": 399})
    more = Rule("more", values_of(range(400)), "")
    assert "20,205 places are more than the 20,000 that `durable_rules` can safely hold" == _refused([*rules, more])


def test_what_is_refused_is_refused_at_once_the_next_time(tmp_path, monkeypatch):
    """A batch does not pay for it with every case."""
    names = [f"item_{place}" for place in range(41)]
    facts = {"items": {"type": "set", "choices": {name: words(name) for name in names}}}
    need = {"id": "need", "kind": "strict", "require": {"items": {"any_of": names}}}
    pack = make_pack(tmp_path, facts=facts, requirements=[need])
    errors = []
    for _ in range(2):
        with pytest.raises(VedligeholdError) as error:
            decide(pack, Case(), on=DAY, engine="durable")
        errors.append(said(error.value))
        monkeypatch.setattr(second_opinion, "Rules", None)

    assert errors[0] == errors[1]
    assert ["engine-limit"] == [code for code, _ in errors[0]]


def test_a_choice_with_a_long_name_is_refused(tmp_path):
    """Before a case makes it."""
    name = "a" * 201
    choice = {"type": "choice", "choices": {name: words("a"), "b": words("b")}}
    need = {"id": "need", "kind": "strict", "require": {"kind": {"is": "b"}}}
    pack = make_pack(tmp_path, facts={"kind": choice}, requirements=[need])
    with pytest.raises(VedligeholdError) as error:
        decide(pack, Case(), on=DAY, engine="durable")

    message = "`kind` has a text of more than 200 bytes, which `durable_rules` does not compare safely"
    assert [("engine-limit", message)] == said(error.value)


def test_a_pack_that_is_too_large_is_refused(tmp_path):
    """By its rule, and with the number."""
    parts = [{"all": [f"one_{place}", f"other_{place}"]} for place in range(MOST_GROUPS)]
    facts = {name: {"type": "bool"} for part in parts for name in part["all"]}
    need = {"id": "need", "kind": "strict", "require": {"any": parts}}
    pack = make_pack(tmp_path, facts=facts, requirements=[need])
    with pytest.raises(VedligeholdError) as error:
        decide(pack, Case(), on=DAY, engine="durable")

    assert "engine-limit" == error.value.problems[0].code
    assert "17 groups of `all` and `any` of `need` are more than the 15" in error.value.problems[0].message


# ----------------------------------------------------------------------------------------------------------------------
# Planted faults are noticed

Does = Callable[[Callable[[Any], None], Any], object]


@pytest.fixture
def planted(anew, monkeypatch):
    """Lets the rule of one name do something else than it does."""

    def plant(name: str, does: Does) -> None:
        records = Host._records

        def other(self: Host, named: str) -> Callable[[Any], object]:
            right = records(self, named)
            return (lambda c: does(right, c)) if named == name else right

        monkeypatch.setattr(Host, "_records", other)

    return plant


@pytest.fixture
def holds() -> str:
    """The name of the rule that the maintenance of a skill is needed."""
    rules = second_opinion.rules_of(load_pack("sundhed-og-traening").at(DAY))
    return f"{rules._places[NEEDED]} holds"


def test_a_rule_that_does_not_fire_is_noticed(planted, holds):
    planted(holds, lambda *_: None)
    with pytest.raises(EnginesDisagree) as error:
        decided()

    messages = [message for _, message in said(error.value)]
    of_the_condition = '`maintenance-need`, "need to maintain function"'
    assert {"engines-disagree"} == {code for code, _ in said(error.value)}
    assert f"{of_the_condition}: `durable_rules` says `unknown`, and the reference `holds`" == messages[0]
    assert "`maintenance-need`: `durable_rules` says `unknown`, and the reference `holds`" in messages


def test_a_rule_that_fires_where_it_should_not_is_noticed(anew, monkeypatch):
    """Its pattern is that of the opposite."""
    pair = patterns.pair
    turned = {NEEDED: (1, 0)}
    monkeypatch.setattr(
        second_opinion, "pair", lambda what, facts: [pair(what, facts)[place] for place in turned.get(what, (0, 1))]
    )
    with pytest.raises(EnginesDisagree) as error:
        decided()

    assert any("`durable_rules` says `fails`, and the reference `holds`" in message for _, message in said(error.value))


def test_rules_that_say_yes_and_no_are_noticed(anew, monkeypatch):
    pair = patterns.pair
    monkeypatch.setattr(
        second_opinion, "pair", lambda what, facts: (ALWAYS, ALWAYS) if what == NEEDED else pair(what, facts)
    )
    with pytest.raises(EnginesDisagree) as error:
        decided()

    assert "`durable_rules` says `holds` and `fails` of one condition, and the reference never both" in str(error.value)


def test_a_rule_that_fires_twice_is_noticed(planted, holds):
    planted(holds, lambda right, c: (right(c), right(c)))
    with pytest.raises(VedligeholdError) as error:
        decided()

    message = f"`durable_rules` failed: `{holds}` fired 2 times, and at most 1 are possible"
    assert [("engine-failed", message)] == said(error.value)


def test_an_exception_in_what_a_rule_does_is_noticed(planted, holds):
    """The engine only writes it down; and the next case is decided by a new host."""
    faults = [ValueError("0203481739 is no number")]

    def fails_once(right: Callable[[Any], None], c: Any) -> None:
        for fault in faults[:]:
            faults.clear()
            raise fault
        right(c)

    planted(holds, fails_once)
    with pytest.raises(VedligeholdError) as error:
        decided()

    assert [("engine-failed", "`durable_rules` failed: it raised `ValueError`")] == said(error.value)
    assert (None, None) == (error.value.__cause__, error.value.__context__)
    assert decided() == decide(load_pack("sundhed-og-traening"), Case.model_validate(CASE), on=DAY)


def test_an_engine_that_fails_again_and_again_is_not_asked_again(planted, holds):
    """What it leaves in memory is bounded."""
    planted(holds, lambda *_: next(iter(())))
    messages, pack = [], load_pack("sundhed-og-traening")
    for _ in range(MOST_FAILURES + 1):
        with pytest.raises(VedligeholdError) as error:
            decided(pack)
        messages += [message for _, message in said(error.value)]

    assert ["`durable_rules` failed: it raised `StopIteration`"] * MOST_FAILURES == messages[:-1]
    assert "`durable_rules` failed: it has 10 times, and is not asked again" == messages[-1]


def test_whoever_ends_the_program_ends_it(planted, holds, capfd):
    """The engine would write Ctrl-C into its state, and go on."""
    planted(holds, lambda *_: signal.raise_signal(signal.SIGINT))
    with pytest.raises(KeyboardInterrupt):
        decided()

    assert "" == capfd.readouterr().err


def test_an_engine_that_does_not_come_to_the_end_is_noticed(planted, holds):
    """As where the clock jumps: it gives up a rule that has taken ten seconds, and all that would follow."""
    planted(holds, lambda _, c: setattr(c, "_start_time", 0))
    with pytest.raises(VedligeholdError) as error:
        decided()

    assert [("engine-failed", "`durable_rules` failed: it did not come to the end of the rules")] == said(error.value)


def test_an_engine_that_does_not_run_is_noticed(planted):
    planted("ran", lambda *_: None)
    with pytest.raises(VedligeholdError) as error:
        decided()

    assert [("engine-failed", "`durable_rules` failed: the rule that always fires did not")] == said(error.value)


def test_a_text_where_a_number_belongs_does_not_go_in():
    """The engine says that "9" is at least 18."""
    policy = load_pack("sundhed-og-traening").at(DAY)
    values: dict[str, Any] = dict.fromkeys(policy.facts) | {"requested": (), "requested_setting": "", "age": "9"}
    with pytest.raises(VedligeholdError) as error:
        second_opinion.rules_of(policy).said_of(values)

    ((code, message),) = said(error.value)
    assert ("engine-limit", True) == (code, message.startswith("the case has `str` as the value of `age` (int)"))
    assert fired(Ask("value", "at least", 18), value="9")


# ----------------------------------------------------------------------------------------------------------------------
# One host a process and pack


def test_rules_are_built_once(anew):
    """However many cases there are, and however many threads ask; and again for another pack."""
    policies = [load_pack(name).at(day) for name, day in zip(REAL, (date(2010, 5, 3), DAY), strict=True)]

    first, other = ([second_opinion.rules_of(policy) for _ in range(3)] for policy in policies)
    assert 1 == len({id(each) for each in first})
    assert first[0] is not other[0]


def test_a_process_that_was_forked_builds_its_own():
    """The lock and the engine of the other may be in the middle of something."""
    rules = second_opinion.rules_of(load_pack("sundhed-og-traening").at(DAY))
    with rules._host._lock:
        child = os.fork()
        if child == 0:
            code = 1
            with contextlib.suppress(BaseException):
                code = 0 if decided().outcome == "needs_information" else 1
            os._exit(code)
    assert 0 == os.waitpid(child, 0)[1]


def test_a_process_that_decided_twice_ends_in_silence():
    """And it has no thread of the engine's."""
    code = "import threading, test_durable as t; t.decided(); print(threading.active_count())"
    folders = [Path(second_opinion.__file__).parents[1], ROOT / "tests", ROOT / "examples"]
    place = {"PYTHONPATH": os.pathsep.join(map(str, folders))}
    done = subprocess.run([sys.executable, "-c", code], env=environment(place), capture_output=True, text=True)

    assert ("1\n", "", 0) == (done.stdout, done.stderr, done.returncode)
