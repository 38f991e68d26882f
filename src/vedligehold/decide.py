"""The verbs on one case: decide it, count its deadlines, decide it again from a receipt."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal, TypeAlias, get_args

from vedligehold.calendar import read_date
from vedligehold.case import RECEIVED, Case
from vedligehold.deadline import Deadline, count
from vedligehold.decision import Decision, decision_of
from vedligehold.errors import CaseError, Problem, VedligeholdError, nearest, quoted
from vedligehold.facts import EVENTS, Fact
from vedligehold.pack import Pack, check_day, check_pack

Engine: TypeAlias = Literal["own", "durable"]


def decide(pack: Pack, case: Case, *, on: date, engine: Engine = "own") -> Decision:
    """Decide *case* under the version of *pack* and the national layer in force on *on*.

    *engine* `durable` lets `durable_rules` decide it as well: the two must agree, or there is no decision.

    >>> from vedligehold import Case, load_pack
    >>> decide(load_pack("rebild"), Case(), on=date(2010, 5, 3)).outcome
    <Outcome.NEEDS_INFORMATION: 'needs_information'>

    Raises:
        NotInForce: no version of the pack is in force on *on*.
        CaseError: the case says something that the pack does not know, or that cannot be.
        EnginesDisagree: `durable_rules` does not say what the project's own evaluator says.
        VedligeholdError: `durable_rules` is not installed, cannot safely hold the pack or the case, or failed.
    """
    if not (type(pack) is Pack and type(case) is Case and type(on) is date and engine == "own"):
        check_pack(pack)
        _checked_engine(engine)
        check_day(on)
        _checked_case(case)
        if engine == "durable":
            from vedligehold.second_opinion import decided_twice

            return decided_twice(pack.at(on), case, on)
    return decision_of(pack.at(on), case, on)


def due(pack: Pack, events: Mapping[str, date], *, on: date | None = None) -> list[Deadline]:
    """Every deadline of *pack* and of the law, counted from *events*: `{event type: day}`.

    The version is that of *on*; left out, of the day to which the pack was narrowed, else of the referral, else of the
    earliest event.

    >>> from vedligehold import load_pack
    >>> deadlines = due(load_pack("rebild"), {"referral_received": date(2010, 4, 28)})
    >>> {each.id: each.due_on for each in deadlines}["decision"]
    datetime.date(2010, 5, 14)

    Raises:
        NotInForce: no version of the pack is in force on that day.
        CaseError: an event is unknown, its day is no date, or there is no day to count on.
    """
    check_pack(pack)
    if not isinstance(events, Mapping):
        raise CaseError(
            [Problem("events", "wrong-type", f"events are a mapping, not {quoted(events)}", "`{type: day}`")]
        )
    for name, day in events.items():
        if name not in EVENTS:
            message = f"{quoted(name)} is no event"
            raise CaseError([Problem("events", "unknown-event", message, nearest(name, EVENTS))])
        check_day(day, f"events.{name}")
    counted_on = day_to_count_on(pack, events, on)
    case = Case.model_validate({"events": [{"type": name, "on": day} for name, day in events.items()]})
    days = case.days()
    return [count(rule, days) for rule in pack.at(counted_on).deadlines]


def day_to_count_on(pack: Pack, events: Mapping[str, date], on: date | None) -> date:
    """The day whose rules `due` counts by: *on*, else the day *pack* was narrowed to, else that of an event.

    Raises:
        CaseError: there is no such day.
    """
    choices = (on, pack.narrowed_to, events.get(RECEIVED), min(events.values(), default=None))
    day = next((choice for choice in choices if choice is not None), None)
    if day is None:
        raise CaseError([Problem("events", "missing-key", "there is no event to count from", "give `on`, or an event")])
    check_day(day)
    return day


def replay(pack: Pack, receipt: Mapping[str, Any]) -> Decision:
    """The decision that *receipt* stands for, worked out again.

    Raises:
        PackError: the pack, the national layer or a calendar is not the one that the decision was made under.
        CaseError: it is no receipt.
    """
    from vedligehold.receipt import case_of, check_same

    _checked_receipt(receipt)
    on = read_date(str(receipt.get("decided_on")))
    if on is None:
        raise CaseError([Problem("receipt.decided_on", "wrong-date", "the receipt has no date of decision")])
    check_same(pack.at(on), receipt)
    return decide(pack, case_of(receipt), on=on)


def facts(pack: Pack, *, on: date | None = None) -> list[Fact]:
    """The data dictionary of *pack*: the standard facts in the order of a case, then the pack's own.

    >>> from vedligehold import load_pack
    >>> [fact.name for fact in facts(load_pack("rebild"))][:2]
    ['birth_date', 'municipality_code']
    """
    check_pack(pack)
    day = next(choice for choice in (on, pack.narrowed_to, pack.versions[-1].valid_from) if choice is not None)
    check_day(day)
    return list(pack.at(day).facts.values())


def _checked_engine(engine: object) -> None:
    if engine not in get_args(Engine):
        hint = nearest(engine, get_args(Engine)) or "there are `own` and `durable`"
        raise VedligeholdError([Problem("engine", "unknown-engine", f"{quoted(engine)} is no engine", hint)])


def _checked_receipt(receipt: object) -> None:
    if not isinstance(receipt, Mapping):
        raise CaseError([Problem("receipt", "wrong-type", f"a receipt is a mapping, not {quoted(receipt)}")])


def _checked_case(case: object) -> None:
    if not isinstance(case, Case):
        hint = "use `Case.model_validate(...)` or `read_case(...)`"
        raise CaseError([Problem("", "wrong-type", f"a `Case` is decided, not {quoted(case)}", hint)])
