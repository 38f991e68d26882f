"""Wrong rules: every way in which one thing of a standard or of the law could have been written otherwise.

A mutant is the whole version or national layer with that one change. Beside it stands which cases can notice it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any, Literal, TypeAlias

from vedligehold.condition import Condition, Parameter
from vedligehold.facts import ITEM_LABELS, STANDARD_FACTS, Fact, Named
from vedligehold.pack import (
    ALWAYS,
    CourseRule,
    DeadlineRule,
    InForce,
    Kind,
    LeaveOut,
    Nation,
    Notice,
    Requirement,
    Row,
    Version,
)
from vedligehold.policy import wrong_conditions, wrong_deadlines
from vedligehold.policy.heard import Pair, conditions_of, says_otherwise
from vedligehold.policy.look import Aim, Look
from vedligehold.policy.variants import leaf_places, replaced
from vedligehold.source import Words

Change: TypeAlias = Literal[wrong_conditions.Change, wrong_deadlines.Change, "kind", "lost", "in_force", "route"]
CHANGES: Mapping[Change, Words] = {
    "threshold": Words("grænse ét trin forkert", "threshold one step off"),
    "operator": Words("anden sammenligning", "another operator"),
    "value": Words("værdi glemt", "value forgotten"),
    "dropped": Words("led glemt", "part dropped"),
    "negated": Words("led vendt om", "part negated"),
    "kind": Words("anden slags krav", "another kind"),
    "amount": Words("frist én forkert", "deadline one off"),
    "unit": Words("anden enhed", "another unit"),
    "calendar": Words("anden kalender", "another calendar"),
    "moves": Words("slutdag flytter forkert", "end moves wrongly"),
    "start": Words("anden start", "another start event"),
    "pause": Words("pause på ventelisten forkert", "pause on the waiting list wrong"),
    "lost": Words("helt glemt", "lost"),
    "in_force": Words("dato én dag forkert", "date one day off"),
    "route": Words("anden hjælp glemt", "other help lost"),
}
"""What can be wrong with a rule, in the order in which it is shown."""

_KINDS: Mapping[Kind, Words] = {
    Kind.SCOPE: Words("en afgrænsning (scope)", "scope"),
    Kind.STRICT: Words("en betingelse (strict)", "strict"),
    Kind.PROCEDURAL: Words("sagsgang (procedural)", "procedural"),
    Kind.DISCRETIONARY: Words("et skøn (discretionary)", "discretionary"),
}

Whole: TypeAlias = Version | Nation
Noticed: TypeAlias = Callable[[Look], bool]


@dataclass(frozen=True, slots=True)
class Mutant:
    """One wrong rule: the `id` tells what of which thing was changed, and `changed` is the whole that it stands in.

    `noticed`: whether a case could be answered otherwise; `aim`: where to look for one that is. `pairs` are the rules
    with another condition, before and after; a wrong deadline is the last of the deadlines of `aim`.
    """

    id: str
    about: str
    change: Change
    words: Words
    changed: Whole
    noticed: Noticed
    aim: Aim
    pairs: tuple[Pair, ...] = ()


def version_mutants(version: Version, nation: Nation) -> Iterator[Mutant]:
    """Every wrong rule that one change makes of *version*, which lies on *nation*; always in the same order."""
    made = _Maker(version, nation, {fact.name: fact for fact in (*STANDARD_FACTS, *version.facts)})
    for name, named in version.parameters:
        yield from _parameter(version, name, named)
    for requirement in version.requirements:
        yield from made.requirement(requirement)
    for exclusion in version.leave_out:
        yield from made.exclusion(exclusion)
    for row in version.rows:
        yield from made.row(row)
    for notice in version.notices:
        yield from made.notice(notice)
    for rule in version.deadlines:
        yield from made.deadline(rule)
    for course in version.course:
        yield from made.course(course)
    for key in ("valid_from", "valid_to", "review_by"):
        day: date | None = getattr(version, key)
        for moved in () if day is None else _beside(day):
            words = Words(f"{key} er {moved}, ikke {day}", f"{key} is {moved}, not {day}")
            yield _dated(f"{key}/{moved}", key, words, _with(version, **{key: moved}), moved)


def nation_mutants(nation: Nation) -> Iterator[Mutant]:
    """Every wrong rule that one change makes of the national layer, always in the same order."""
    made = _Maker(nation, nation, {fact.name: fact for fact in STANDARD_FACTS})
    for requirement in nation.requirements:
        yield from _while(requirement.in_force, made.requirement(requirement))
        yield from made.in_force("requirements", requirement, requirement.id, requirement.title)
    for notice in nation.notices:
        yield from _while(notice.in_force, made.notice(notice))
        yield from made.in_force("notices", notice, notice.id, Words(notice.id, notice.id))
    for rule in nation.deadlines:
        yield from _while(rule.in_force, made.deadline(rule))
        yield from made.in_force("deadlines", rule, rule.id, rule.title)
    for name in nation.standing_routes:
        changed = replace(nation, standing_routes=wrong_deadlines.others(nation.standing_routes, name))
        words = Words(f"et afslag nævner ikke »{name}«", f"a refusal does not name “{name}”")
        yield Mutant(f"standing_routes/{name}", name, "route", words, changed, partial(_names_route, name), Aim())
    for route in nation.routes:
        yield from made.in_force("routes", route, route.id, route.title)
    for number, complaint in enumerate(nation.complaint, 1):
        yield from made.in_force("complaint", complaint, f"complaint/{number}", complaint.to)
    for number, transport in enumerate(nation.transport, 1):
        yield from made.in_force("transport", transport, f"transport/{number}", transport.text)


def _while(times: InForce, mutants: Iterable[Mutant]) -> Iterator[Mutant]:
    """What is wrong with an entry can be noticed while the entry is in force."""
    for mutant in mutants:
        yield mutant if mutant.aim.in_force != ALWAYS else replace(mutant, aim=replace(mutant.aim, in_force=times))


def _with(whole: Any, **new: Any) -> Any:
    return replace(whole, **new)


def _beside(day: date) -> tuple[date, date]:
    return (day - timedelta(days=1), day + timedelta(days=1))


def _dated(name: str, about: str, words: Words, changed: Whole, moved: date, conditions: Any = ()) -> Mutant:
    """A date moved by one day can be noticed on the days around it."""
    days = (moved - timedelta(days=1), moved, moved + timedelta(days=1))
    return Mutant(name, about, "in_force", words, changed, lambda look: look.on in days, Aim(conditions, days=days))


def _names_route(route: str, look: Look) -> bool:
    return route in look.routes


def _parameter(version: Version, name: str, named: Named) -> Iterator[Mutant]:
    """A figure that the pack names once, one step off in every condition that reads it."""
    for what, words, value in wrong_conditions.wrong_values(named.value, None):
        sections = {
            section: tuple(_with_parameter(each, name, value) for each in getattr(version, section))
            for section in ("requirements", "rows", "leave_out", "notices")
        }
        both = [zip(getattr(version, section), new, strict=True) for section, new in sections.items()]
        pairs = [(old, new) for each in both for old, new in each if old != new]
        told = Words(f"»{name}«: {words.da}", f"“{name}”: {words.en}")
        change: Change = "value" if isinstance(value, tuple) else "threshold"
        if pairs:
            yield _said_otherwise(f"{name}/{what}", name, change, told, _with(version, **sections), pairs)


def _with_parameter(entry: Any, name: str, value: Any) -> Any:
    """A rule with another value of a parameter in its conditions."""
    swapped = {key: _swapped(getattr(entry, key, None), name, value) for key in ("when", "require")}
    return _with(entry, **{key: condition for key, condition in swapped.items() if condition is not None})


def _swapped(condition: Condition | None, name: str, value: Any) -> Condition | None:
    for place, leaf in () if condition is None else leaf_places(condition):
        operand = getattr(leaf, "operand", None)
        if condition is not None and isinstance(operand, Parameter) and operand.name == name:
            condition = replaced(condition, place, wrong_conditions.with_operand(leaf, Parameter(name, value)))
    return condition


def _said_otherwise(
    name: str,
    about: str,
    change: Change,
    words: Words,
    changed: Whole,
    pairs: Iterable[Pair],
    *,
    items: tuple[str, ...] = (),
    findings: tuple[str, ...] = (),
) -> Mutant:
    """A rule with another condition or kind: noticed where it says something else, or somebody has found something."""
    pairs = tuple(pairs)
    conditions = tuple(dict.fromkeys(each for pair in pairs for rule in pair for each in conditions_of(rule)))

    def noticed(look: Look) -> bool:
        return says_otherwise(pairs, look.values) or any(each in look.case.findings for each in findings)

    aim = Aim(conditions, lambda values, _: says_otherwise(pairs, values), items, findings=findings)
    return Mutant(name, about, change, words, changed, noticed, aim, pairs)


class _Maker:
    """Makes the mutants of the entries of one file."""

    def __init__(self, whole: Whole, nation: Nation, facts: Mapping[str, Fact]) -> None:
        self.whole = whole
        self.routes = {route.id: route.in_force for route in nation.routes}
        self.facts = facts

    def _with(self, section: str, old: Any, *new: Any) -> Any:
        """The whole with *new* in place of *old*; nothing in its place: without it."""
        entries: tuple[Any, ...] = getattr(self.whole, section)
        place = next(number for number, each in enumerate(entries) if each is old)
        return _with(self.whole, **{section: (*entries[:place], *new, *entries[place + 1 :])})

    def _lost(self, section: str, old: Any, title: Words, noticed: Noticed, aim: Aim) -> Mutant:
        words = Words(f"»{title.da}« er helt glemt", f"“{title.en}” is lost")
        return Mutant(f"{old.id}/lost", old.id, "lost", words, self._with(section, old), noticed, aim)

    def _condition(self, section: str, old: Any, key: str, title: Words) -> Iterator[Mutant]:
        """The mutants of one condition of an entry, and of an entry that applies to all."""
        condition: Condition | None = getattr(old, key)
        if condition is None:
            return
        for name, change, words, other in wrong_conditions.wrong_conditions(condition, self.facts):
            told = Words(f"»{title.da}«: {words.da}", f"“{title.en}”: {words.en}")
            yield self._otherwise(f"{key}/{name}", change, told, section, old, _with(old, **{key: other}))
        if key == "when" and not isinstance(old, Notice):
            told = Words(f"»{title.da}« gælder for alle", f"“{title.en}” applies to all")
            yield self._otherwise("when/dropped", "dropped", told, section, old, _with(old, when=None))

    def _otherwise(
        self, name: str, change: Change, words: Words, section: str, old: Any, new: Any, findings: tuple[str, ...] = ()
    ) -> Mutant:
        changed, items = self._with(section, old, new), _items(old)
        return _said_otherwise(
            f"{old.id}/{name}", old.id, change, words, changed, [(old, new)], items=items, findings=findings
        )

    def requirement(self, each: Requirement) -> Iterator[Mutant]:
        """A requirement's conditions, kind and routes; and without it."""
        section, title = "requirements", each.title
        yield from self._condition(section, each, "when", title)
        yield from self._condition(section, each, "require", title)
        for kind in Kind:
            if kind is not each.kind:
                other, right = _KINDS[kind], _KINDS[each.kind]
                words = Words(
                    f"»{title.da}« er {other.da}, ikke {right.da}", f"“{title.en}” is {other.en}, not {right.en}"
                )
                found = (each.id,) if Kind.DISCRETIONARY in (kind, each.kind) else ()
                yield self._otherwise(f"kind/{kind}", "kind", words, section, each, replace(each, kind=kind), found)
        yield from self._routes(section, each, title, each.conditions)
        yield self._lost(section, each, title, lambda _: True, Aim(each.conditions))

    def _routes(self, section: str, each: Any, title: Words, conditions: tuple[Condition, ...]) -> Iterator[Mutant]:
        for route in each.routes:
            words = Words(f"»{title.da}« fører ikke til »{route}«", f"“{title.en}” does not lead to “{route}”")
            changed = self._with(section, each, replace(each, routes=wrong_deadlines.others(each.routes, route)))
            noticed, aim = partial(_names_route, route), Aim(conditions, in_force=self.routes.get(route, ALWAYS))
            yield Mutant(f"{each.id}/route/{route}", each.id, "route", words, changed, noticed, aim)

    def exclusion(self, each: LeaveOut) -> Iterator[Mutant]:
        """An exclusion's condition and items; and without it."""
        title = Words(each.id, each.id)
        yield from self._condition("leave_out", each, "when", title)
        for item in each.items if len(each.items) > 1 else ():
            changed = self._with("leave_out", each, replace(each, items=wrong_deadlines.others(each.items, item)))
            yield self._item(each, title, item, changed)
        noticed = partial(_asks_for, each.items)
        yield self._lost("leave_out", each, title, noticed, Aim(conditions_of(each), items=each.items))

    def _item(self, each: Row | LeaveOut, title: Words, item: str, changed: Whole) -> Mutant:
        label = ITEM_LABELS[item]
        words = Words(f"»{title.da}«: {label.da} er glemt", f"“{title.en}”: {label.en} is forgotten")
        aim = Aim(conditions_of(each), items=(item,))
        return Mutant(f"{each.id}/item/{item}", each.id, "value", words, changed, partial(_asks_for, (item,)), aim)

    def row(self, each: Row) -> Iterator[Mutant]:
        """A row's condition, and each item that it gives; and without it."""
        title = each.text
        yield from self._condition("rows", each, "when", title)
        if isinstance(each.give, tuple):
            for item in (item for item in _items(each) if item in each.give and len(each.give) > 1):
                left = tuple(given for given in each.give if given != item)
                yield self._item(each, title, item, self._with("rows", each, replace(each, give=left)))
        yield self._lost("rows", each, title, lambda _: True, Aim(conditions_of(each), items=_items(each)))

    def notice(self, each: Notice) -> Iterator[Mutant]:
        """A notice's condition and routes; and without it."""
        title = Words(each.id, each.id)
        yield from self._condition("notices", each, "when", title)
        yield from self._routes("notices", each, title, (each.when,))
        yield self._lost("notices", each, title, partial(_warns, each.id), Aim((each.when,)))

    def deadline(self, each: DeadlineRule) -> Iterator[Mutant]:
        """A deadline's count, unit, start, end, calendar and pause; and without it."""
        for name, change, words, rule in wrong_deadlines.wrong_deadlines(each):
            told = Words(f"»{each.title.da}« {words.da}", f"“{each.title.en}” {words.en}")
            changed = self._with("deadlines", each, rule)
            noticed: Noticed = partial(_checks, each.id)
            aim = Aim(deadlines=(each, rule), starts=partial(wrong_deadlines.other_dates, each, rule))
            yield Mutant(f"{each.id}/{name}", each.id, change, told, changed, noticed, aim)
        yield self._lost("deadlines", each, each.title, partial(_checks, each.id), Aim(deadlines=(each,)))

    def course(self, each: CourseRule) -> Iterator[Mutant]:
        """What the course says of sessions on closed days; the rest of it is not run yet."""
        if each.workdays_only and each.events:
            yield self._lost("course", each, each.title, partial(_warns, each.id), Aim(event=each.events[0]))

    def in_force(self, section: str, each: Any, name: str, title: Words) -> Iterator[Mutant]:
        """The first and last day of something, one day off."""
        times: InForce = each.in_force
        for key, da, en in (("first", "gælder fra", "is in force from"), ("last", "gælder til", "is in force until")):
            day: date | None = getattr(times, key)
            for moved in () if day is None else _beside(day):
                other = replace(each, in_force=times._replace(**{key: moved}))
                words = Words(f"»{title.da}« {da} {moved}, ikke {day}", f"“{title.en}” {en} {moved}, not {day}")
                changed = self._with(section, each, other)
                mutant = _dated(f"{name}/{key}/{moved}", name, words, changed, moved, conditions_of(each))
                rules = (each,) if isinstance(each, DeadlineRule) else ()
                yield replace(mutant, aim=replace(mutant.aim, deadlines=rules))


def _asks_for(items: tuple[str, ...], look: Look) -> bool:
    return not set(items).isdisjoint(look.settled.asked)


def _warns(name: str, look: Look) -> bool:
    return name in look.warnings


def _checks(name: str, look: Look) -> bool:
    return look.checks_deadline(name)


def _items(entry: Any) -> tuple[str, ...]:
    """What can be asked for and an entry names."""
    return tuple(item for item in ITEM_LABELS if entry.names(item)) if isinstance(entry, Row | LeaveOut) else ()
