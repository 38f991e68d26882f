"""`durable_rules` beside the reference: it agrees, and whatever it does not do as it should is noticed."""

import gc
import locale
import os
import subprocess
import sys
from datetime import date
from itertools import product
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from packs import make_pack
from strategies import FACTS

pytest.importorskip("durable", reason="durable_rules is not installed")

from opinions import compared, packs  # noqa: E402

from vedligehold import Case, EnginesDisagree, VedligeholdError, decide, load_pack, second_opinion  # noqa: E402
from vedligehold import durable_host as hosts  # noqa: E402
from vedligehold.condition import All, AnyOf, Condition, Constant, IsTrue  # noqa: E402
from vedligehold.condition import Any as Either  # noqa: E402
from vedligehold.durable_host import MOST_GROUPS, MOST_KEYS, MOST_RULES, MOST_WAYS, Host, Rule, name_hash  # noqa: E402
from vedligehold.meaning.pattern import ALWAYS, NEVER, Ask, Pattern, every, some  # noqa: E402

ON = date(2020, 6, 1)
DAY = date(2017, 5, 10)
CASE = {"citizen": {"birth_date": "1948-03-02", "needs_maintenance": True}, "referral": {"received_on": "2017-05-02"}}


def said(error: VedligeholdError) -> list[tuple[str, str]]:
    return [(problem.code, problem.message) for problem in error.problems]


# ----------------------------------------------------------------------------------------------------------------------
# The two agree


def test_the_decision_is_the_same():
    """All of it."""
    pack, case = load_pack("sundhed-og-traening"), Case.model_validate(CASE)

    assert decide(pack, case, on=DAY) == decide(pack, case, on=DAY, engine="durable")


def test_random_cases_are_decided_alike_on_eight_threads():
    """The long form is `make agree`."""
    held, _ = packs(4)
    told = compared(held, 1500, threads=8, rows=60)

    assert [] == told.differences
    assert {"granted", "rejected", "redirected", "needs_information", "needs_assessment"} == {*told.outcomes}
    assert sum(told.refused.values()) < told.cases / 50


def test_memory_stays_as_it_is():
    """The engine keeps nothing of a case."""
    held, _ = packs(1)
    rules = second_opinion.rules_of(held[0].at(DAY))
    values = {name: None for name in held[0].at(DAY).facts}
    values |= {"requested": (), "requested_setting": "", "requested_transport": False}
    for _ in range(300):
        rules.said_of(values)
    before = _held()
    for _ in range(1500):
        rules.said_of(values)

    assert _held() - before < 2_000_000


def _held() -> int:
    """How many bytes the process has now."""
    gc.collect()
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")


# ----------------------------------------------------------------------------------------------------------------------
# What the engine is asked, it answers right


def fired(pattern: Pattern, **message: Any) -> bool:
    """Whether a host of that one rule fires."""
    return "it" in Host([Rule("it", pattern, "the test")]).fired(message)


TEXTS = ("æøå", "Ærø", 'say "so"', "it's", "one\ntwo", "back\\slash", "tab\t", "{}[],:", "\x00", "ÆØÅ", "", "\u2028", "🙂")


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_equal_to_itself_alone(text):
    """Whatever stands in it."""
    for other in TEXTS:
        assert (text == other) == fired(Ask("value", "is", text), value=other)
        assert (text != other) == fired(Ask("value", "is not", text), value=other)
        assert (text == other) == fired(Ask("value", "has", text), value=["before", other])


@pytest.mark.parametrize("locale_name", ["C", "da_DK.UTF-8"])
def test_a_language_of_the_system_changes_nothing(locale_name):
    """Where a comma parts the decimals, and å is sorted as aa."""
    code = "import locale\nlocale.setlocale(locale.LC_ALL, '')\nfrom test_durable import in_a_locale\nin_a_locale()"
    place = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[1] / "examples")])
    environment = {**os.environ, "LC_ALL": locale_name, "PYTHONPATH": place}
    try:
        locale.setlocale(locale.LC_ALL, locale_name)
    except locale.Error:
        pytest.skip(f"there is no {locale_name} here")
    finally:
        locale.setlocale(locale.LC_ALL, "C")
    subprocess.run([sys.executable, "-W", "ignore", "-c", code], env=environment, check=True)


def in_a_locale() -> None:
    """What must be so in any of them."""
    assert fired(Ask("value", "is", "æøå"), value="æøå")
    assert fired(Ask("value", "at least", 17), value=17)
    held, _ = packs(1)
    assert not compared(held, 200, threads=2, rows=40).differences


@pytest.mark.parametrize("number", [0, 1, -1, 2**31, -(2**31), 2**32 + 1, 2**53 - 1, 1 - 2**53, 10**15 - 1])
def test_whole_numbers_are_compared(number):
    signs = {"is": 0 == 0, "at least": True, "at most": True, "is not": False, "above": False, "below": False}
    for sign, same in signs.items():
        ask = Ask("value", sign, number)  # type: ignore[arg-type]
        assert same == fired(ask, value=number), sign
        assert (sign in ("is not", "at least", "above")) == fired(ask, value=number + 1), sign
        assert (sign in ("is not", "at most", "below")) == fired(ask, value=number - 1), sign


def test_what_is_absent_matches_nothing():
    for sign in ("is", "is not", "at least", "at most", "above", "below", "has"):
        assert not fired(Ask("value", sign, 1), other=1)  # type: ignore[arg-type]


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


def test_names_of_one_hash_are_refused():
    """The engine would take the one for the other."""
    one, other = "value_costarring", "value_liquid"
    pairs = _of_one_hash()
    one, other = next(pairs)
    rules = [Rule("one", Ask(one, "is", 1), "`a`"), Rule("other", Ask(other, "is", 1), "`b`")]
    with pytest.raises(VedligeholdError) as error:
        Host(rules)

    assert name_hash(one) == name_hash(other)
    assert [("engine-limit", f"`{one}` and `{other}` are one name to `durable_rules`")] == said(error.value)


def _of_one_hash():
    seen: dict[int, str] = {}
    for number in range(10**6):
        name = f"value_fact_{number}"
        other = seen.setdefault(name_hash(name), name)
        if other != name:
            yield other, name


def _one(number: int) -> Ask:
    return Ask("a", "above", number)


LIMITS = [
    (some(*map(_one, range(MOST_WAYS))), None),
    (some(*map(_one, range(MOST_WAYS + 1))), "41 alternatives that can match at once of `x` are more than the 40"),
    (every(some(_one(1), _one(2), _one(3)), *(some(_one(3 * n), _one(n)) for n in range(4, 8))), "48 alternatives"),
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


def test_as_many_keys_and_rules_as_are_held_are_held():
    """Each of them fires where it should."""
    rules = [Rule(f"{place}", Ask(f"key_{place}", "is", 1), "") for place in range(MOST_KEYS)]
    host = Host(rules)
    message: dict[str, Any] = {f"key_{place}": place % 2 for place in range(MOST_KEYS)}
    assert {f"{place}" for place in range(1, MOST_KEYS, 2)} == host.fired(message)
    with pytest.raises(VedligeholdError) as error:
        Host([*rules, Rule("more", Ask("more", "is", 1), "")])
    assert "241 keys of a message are more than the 240 that `durable_rules` can safely hold" == said(error.value)[0][1]

    many = [Rule(f"{place}", Ask("value", "at least", place), "") for place in range(MOST_RULES)]
    assert {"0", "1", "2"} == Host(many).fired({"value": 2})
    with pytest.raises(VedligeholdError) as error:
        Host([*many, Rule("more", ALWAYS, "")])
    assert "4,096 rules are more than the 4,095 that `durable_rules` can safely hold" == said(error.value)[0][1]


def test_a_pack_that_is_too_large_is_refused(tmp_path):
    """By its rule."""
    parts = [{"all": [f"fact_{place}", f"other_{place}"]} for place in range(MOST_GROUPS)]
    facts = {f"{name}_{place}": {"type": "bool", "label": {"da": "x", "en": "x"}} for name in ("fact", "other") for place in range(MOST_GROUPS)}
    pack = make_pack(tmp_path, facts=facts, require={"any": parts})
    with pytest.raises(VedligeholdError) as error:
        decide(pack, Case(), on=ON, engine="durable")

    assert {"engine-limit"} == {code for code, _ in said(error.value)}


# ----------------------------------------------------------------------------------------------------------------------
# Planted faults are noticed


@pytest.fixture
def planted(monkeypatch):
    """Lets the rules of one name do something else; rules are built anew in this test, and after it."""
    monkeypatch.setattr(second_opinion, "_built", {})

    def plant(name: str, does: Any) -> None:
        records = Host._records

        def other(self: Host, named: str) -> Any:
            right = records(self, named)
            return (lambda c: does(right, c)) if named == name else right

        monkeypatch.setattr(Host, "_records", other)

    return plant


def _place(condition: Condition) -> str:
    """The name of the rule that a condition holds."""
    rules = second_opinion.rules_of(load_pack("sundhed-og-traening").at(DAY))
    return f"{rules._places[condition]} holds"


NEEDED = IsTrue("needs_maintenance")


def _decided() -> Any:
    return decide(load_pack("sundhed-og-traening"), Case.model_validate(CASE), on=DAY, engine="durable")


def test_a_rule_that_does_not_fire_is_noticed(planted, monkeypatch):
    name = _place(NEEDED)
    monkeypatch.setattr(second_opinion, "_built", {})
    planted(name, lambda right, c: None)
    with pytest.raises(EnginesDisagree) as error:
        _decided()

    assert {"engines-disagree"} == {code for code, _ in said(error.value)}
    assert any("`durable_rules` says `unknown`, and the reference `holds`" in message for _, message in said(error.value))


def test_a_rule_that_fires_for_nothing_is_noticed(planted, monkeypatch):
    """One of another condition, whose pattern does not match."""
    pair = second_opinion.pair
    monkeypatch.setattr(second_opinion, "pair", lambda one, facts: pair(one, facts)[::-1] if one == NEEDED else pair(one, facts))
    with pytest.raises(EnginesDisagree):
        _decided()


def test_a_rule_that_fires_twice_is_noticed(planted, monkeypatch):
    name = _place(NEEDED)
    monkeypatch.setattr(second_opinion, "_built", {})
    planted(name, lambda right, c: (right(c), right(c)))
    with pytest.raises(VedligeholdError) as error:
        _decided()

    assert [("engine-failed", f"`durable_rules` failed: `{name}` fired 2 times, and at most 1 are possible")] == said(error.value)


def _raises(right: Any, c: Any) -> None:
    raise ValueError("0203481739 is no number")


def test_an_exception_in_what_a_rule_does_is_noticed(planted, monkeypatch):
    """The engine only writes it down; and the next case is decided by a new host."""
    name = _place(NEEDED)
    monkeypatch.setattr(second_opinion, "_built", {})
    faulty = [True]
    planted(name, lambda right, c: _raises(right, c) if faulty.pop() else right(c))
    faulty[:] = [False, True]
    with pytest.raises(VedligeholdError) as error:
        _decided()
    faulty[:] = [False] * 10

    assert [("engine-failed", "`durable_rules` failed: an exception in what a rule does")] == said(error.value)
    assert _decided() == decide(load_pack("sundhed-og-traening"), Case.model_validate(CASE), on=DAY)


def test_an_engine_that_does_not_run_is_noticed(planted):
    planted("ran", lambda right, c: None)
    with pytest.raises(VedligeholdError) as error:
        _decided()

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


def test_a_process_that_was_forked_builds_its_own():
    """The lock and the engine of the other may be in the middle of something."""
    rules = second_opinion.rules_of(load_pack("sundhed-og-traening").at(DAY))
    with rules._host._lock:
        child = os.fork()
        if child == 0:
            os._exit(0 if _decided().outcome == "needs_information" else 1)
    assert 0 == os.waitpid(child, 0)[1]
