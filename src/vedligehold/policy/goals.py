"""What the cases of a standard should have seen: requirements, conditions, limits, exclusions, rows, deadlines, dates.

A goal that nothing can reach is none: a leaf that never decides, a fact that is never unknown.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal, TypeAlias

from vedligehold.condition import AtLeast, AtMost, Condition, Leaf, OtherFact
from vedligehold.deadline import PAUSE_ENDS
from vedligehold.facts import DECIDED_ON, ITEM_LABELS, STANDARD_FACTS, Fact, Span, derivation
from vedligehold.meaning.closure import compiled
from vedligehold.meaning.value import FAILS, HOLDS, Truth, Values, opposite
from vedligehold.meaning.words import said
from vedligehold.pack import (
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
from vedligehold.policy.look import Look
from vedligehold.policy.variants import leaf_places, negated
from vedligehold.reading.possible import MISSING, value_combinations
from vedligehold.settle import Result, result_of
from vedligehold.source import Words
from vedligehold.wording import long_date

Group: TypeAlias = Literal[
    "requirements",
    "conditions",
    "limits",
    "exclusions",
    "rows",
    "notices",
    "deadlines",
    "findings",
    "routes",
    "course",
    "dates",
]
GROUPS: Mapping[Group, Words] = {
    "requirements": Words("krav", "requirements"),
    "conditions": Words("led i betingelser", "parts of conditions"),
    "limits": Words("grænser", "limits"),
    "exclusions": Words("udeladelser", "exclusions"),
    "rows": Words("ydelser", "rows of the grant"),
    "notices": Words("bemærkninger", "notices"),
    "deadlines": Words("frister", "deadlines"),
    "findings": Words("vurderinger", "findings"),
    "routes": Words("anden hjælp", "other help"),
    "course": Words("forløb", "course rules"),
    "dates": Words("datoer", "dates"),
}
"""What goals are about, in the order in which they are shown."""

Quick: TypeAlias = Callable[[Values, date], bool]
"""What is asked of the values of a case on a day before anything is decided."""


@dataclass(frozen=True, slots=True)
class Goal:
    """Something that a case should have seen. `id` is that of the thing it is about, and what of it is to be seen.

    What follows is for whoever looks for a case: the `conditions` that it turns on, what the `values` must be like, the
    `items` asked for, the `days` on which it can be reached, the requirement that needs a `finding`, the deadline.
    """

    id: str
    group: Group
    words: Words
    reached: Callable[[Look], bool]
    conditions: tuple[Condition, ...] = ()
    quick: Quick | None = None
    item: str | None = None
    days: tuple[date, ...] = ()
    finding: tuple[str, bool] | None = None
    deadline: DeadlineRule | None = None
    event: str | None = None


Facts: TypeAlias = Mapping[str, Fact]
RESULTS: Mapping[Result, Words] = {
    "holds": Words("opfyldt", "holding"),
    "fails": Words("ikke opfyldt", "failing"),
    "unknown": Words("ikke oplyst", "unknown"),
    "not_applicable": Words("uden for sit område", "not applicable"),
}


def version_goals(version: Version) -> list[Goal]:
    """What the cases of one version of a standard should have seen of it."""
    facts = {fact.name: fact for fact in (*STANDARD_FACTS, *version.facts)}
    goals = _Goals(facts, version.municipality.code, lambda look: look.policy.version is version)
    for requirement in version.requirements:
        goals.requirement(requirement)
    for row in version.rows:
        goals.row(row, [each for each in version.rows[: version.rows.index(row)] if each.topic == row.topic])
    for exclusion in version.leave_out:
        goals.exclusion(exclusion)
    for notice in version.notices:
        goals.notice(notice)
    for rule in version.deadlines:
        goals.deadline(rule)
    for course in version.course:
        goals.course(course)
    goals.in_force("valid", InForce(version.valid_from, version.valid_to), version.title)
    if version.review_by is not None:
        goals.day("review_by", version.review_by, Words("Sidste dag før gennemsyn", "Last day before the review"))
        after = version.review_by + timedelta(days=1)
        goals.day(
            "review_by+1", after, Words("Dagen efter, at gennemsynet skulle være sket", "The day after the review")
        )
    return goals.found


def nation_goals(nation: Nation) -> list[Goal]:
    """What the cases of all standards together should have seen of the national layer."""
    facts = {fact.name: fact for fact in STANDARD_FACTS}
    goals = _Goals(facts, None, lambda look: look.policy.nation is nation)
    for requirement in nation.requirements:
        goals.requirement(requirement)
        goals.in_force(requirement.id, requirement.in_force, requirement.title)
    for notice in nation.notices:
        goals.notice(notice)
        goals.in_force(notice.id, notice.in_force, notice.text)
    for rule in nation.deadlines:
        goals.deadline(rule)
        goals.in_force(rule.id, rule.in_force, rule.title)
    for route in nation.standing_routes:
        goals.standing_route(route)
    for each in nation.routes:
        goals.in_force(each.id, each.in_force, each.title)
    for complaint in nation.complaint:
        goals.in_force("complaint", complaint.in_force, complaint.to)
    for transport in nation.transport:
        goals.in_force("transport", transport.in_force, transport.text)
    return list({goal.id: goal for goal in goals.found}.values())


def step_of(value: object) -> int | Decimal | timedelta | None:
    """The smallest step by which a value is another one: a unit, a day, or the last digit that is written."""
    match value:
        case bool():
            return None
        case int():
            return 1
        case Decimal():
            exponent = value.as_tuple().exponent
            return Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
        case date():
            return timedelta(days=1)
        case _:
            return None


class _Goals:
    """Collects goals of one file; `about` tells whether a look is at that file at all."""

    def __init__(self, facts: Facts, code: str | None, about: Callable[[Look], bool]) -> None:
        self.facts = facts
        self.code = code
        self.about = about
        self.found: list[Goal] = []

    def add(self, name: str, group: Group, words: Words, reached: Callable[[Look], bool], **more: object) -> None:
        """One goal; only looks at this file reach it."""
        about = self.about
        self.found.append(Goal(name, group, words, lambda look: about(look) and reached(look), **more))  # type: ignore[arg-type]

    def requirement(self, each: Requirement) -> None:
        """Every result that a requirement can have, what decides it, a finding both ways, and where it leads."""
        name, title = each.id, each.title
        for result in _possible_results(each, self.facts):
            words = Words(f"Kravet »{title.da}« {RESULTS[result].da}", f"Requirement “{title.en}” {RESULTS[result].en}")
            self.add(
                f"{name}/{result}",
                "requirements",
                words,
                _came_to(name, result),
                conditions=each.conditions,
                quick=_quick(each, result),
            )
        if each.when is not None:
            self.leaves(f"{name}/when", title, each.when, [])
        self.leaves(f"{name}/require", title, each.require, [] if each.when is None else [(each.when, HOLDS)])
        if each.kind is Kind.DISCRETIONARY:
            for holds in (True, False):
                self._finding(each, holds)
        for route in each.routes:
            self._route(
                each.id, route, title, each.conditions, lambda look: name in look.settled.because, _quick(each, "fails")
            )

    def _finding(self, each: Requirement, holds: bool) -> None:
        name = each.id
        da, en = ("for borgeren", "in favour") if holds else ("imod borgeren", "against")

        def reached(look: Look) -> bool:
            judged = look.judged.get(name)
            found = None if judged is None else judged.finding
            return (
                judged is not None
                and found is not None
                and found.holds is holds
                and judged.result in ("fails", "unknown")
            )

        self.add(
            f"{name}/finding/{'holds' if holds else 'fails'}",
            "findings",
            Words(f"En vurdering {da} af »{each.title.da}«", f"A finding {en} on “{each.title.en}”"),
            reached,
            conditions=each.conditions,
            quick=_quick(each, "fails"),
            finding=(name, holds),
        )

    def _route(
        self,
        owner: str,
        route: str,
        title: Words,
        conditions: tuple[Condition, ...],
        leads: Callable[[Look], bool],
        quick: Quick | None,
    ) -> None:
        words = Words(f"Anden hjælp »{route}« fra »{title.da}«", f"Other help “{route}” from “{title.en}”")
        self.add(
            f"{owner}/route/{route}",
            "routes",
            words,
            lambda look: route in look.routes and leads(look),
            conditions=conditions,
            quick=quick,
        )

    def standing_route(self, route: str) -> None:
        """Other help that every refusal names."""
        words = Words(f"Anden hjælp »{route}« ved et afslag", f"Other help “{route}” with a refusal")
        self.add(f"standing/route/{route}", "routes", words, lambda look: route in look.routes)

    def leaves(self, name: str, title: Words, condition: Condition, gates: list[tuple[Condition, Truth]]) -> None:
        """Each leaf deciding the condition both ways (MC/DC), where the *gates* before it are open; and its limits."""
        places = leaf_places(condition)
        for number, (place, leaf) in enumerate(places, 1):
            if len(places) > 1:
                other = compiled(negated(condition, place))
                for truth in (HOLDS, FAILS):
                    self._leaf(f"{name}/{number}", title, condition, other, leaf, truth, gates)
            self._limits(f"{name}/{number}", leaf, condition)

    def _leaf(
        self,
        name: str,
        title: Words,
        condition: Condition,
        other: Callable[[Values], Truth],
        leaf: Leaf,
        truth: Truth,
        gates: list[tuple[Condition, Truth]],
    ) -> None:
        this, opened = compiled(condition), [(compiled(gate), want) for gate, want in gates]

        def quick(values: Values, _: date) -> bool:
            return (
                this(values) == truth
                and other(values) == opposite(truth)
                and all(gate(values) == want for gate, want in opened)
            )

        conditions = (condition, *(gate for gate, _ in gates))
        if not _can(conditions, self.facts, quick):
            return
        part, holds = said(leaf, self.facts), truth == HOLDS
        words = Words(
            f"»{part.da}« afgør »{title.da}«: {'ja' if holds else 'nej'}",
            f"“{part.en}” decides “{title.en}”: {'yes' if holds else 'no'}",
        )
        self.add(
            f"{name}/{'holds' if holds else 'fails'}",
            "conditions",
            words,
            _is(quick),
            conditions=conditions,
            quick=quick,
        )

    def _limits(self, name: str, leaf: Leaf, condition: Condition) -> None:
        """The value right at a limit, and the one a step beyond it."""
        if not isinstance(leaf, AtLeast | AtMost) or isinstance(leaf.operand, OtherFact):
            return
        fact, limit = self.facts[leaf.fact], leaf.operand.value
        step = step_of(limit)
        if step is None:
            return
        beyond = limit - step if isinstance(leaf, AtLeast) else limit + step  # type: ignore[operator]
        for what, value, other in (("at", limit, beyond), ("beyond", beyond, limit)):
            if _outside(fact, value):
                continue
            part = said(leaf, self.facts)
            da, en = ("lige på grænsen", "right at the limit") if what == "at" else ("lige uden for", "just beyond")
            quick = self._at(fact, value, other)
            self.add(
                f"{name}/{what}-limit",
                "limits",
                Words(f"»{part.da}«: {da}", f"“{part.en}”: {en}"),
                _is(quick),
                conditions=(condition,),
                quick=quick,
            )

    def _at(self, fact: Fact, value: object, other: object) -> Quick:
        """Whether *fact* is *value*; of a span up to the decision date, just on the day that parts it from *other*."""
        if not isinstance(fact.derived, Span) or fact.derived.end != DECIDED_ON:
            return lambda values, _: values[fact.name] == value
        worked_out = derivation(fact, self.code)
        assert isinstance(value, int) and isinstance(other, int)  # noqa: PT018 - a span is counted in whole units
        away = timedelta(days=1 if other > value else -1)

        def quick(values: Values, on: date) -> bool:
            return worked_out(values, on) == value and worked_out(values, on + away) == other

        return quick

    def row(self, row: Row, before: list[Row]) -> None:
        """A row of the grant given, not given, left open, and said no to."""
        name, text = row.id, row.text
        gates = [(each.when, FAILS) for each in before if each.when is not None]
        conditions = tuple(each for each in (row.when, *(gate for gate, _ in gates)) if each is not None)
        self.add(
            f"{name}/given",
            "rows",
            Words(f"Gives: {text.da}", f"Given: {text.en}"),
            lambda look: name in look.rows,
            conditions=conditions,
        )
        if row.when is None:
            return
        self.add(
            f"{name}/not-given",
            "rows",
            Words(f"Gives ikke: {text.da}", f"Not given: {text.en}"),
            lambda look: bool(look.rows) and name not in look.rows | look.open_rows,
            conditions=conditions,
        )
        if any(not self.facts[fact].known for fact in _facts_of(conditions)):
            self.add(
                f"{name}/open",
                "rows",
                Words(f"Endnu ikke afgjort: {text.da}", f"Not decided yet: {text.en}"),
                lambda look: name in look.open_rows,
                conditions=conditions,
            )
        if row.otherwise is not None:
            for item in ITEM_LABELS:
                if row.names(item):
                    self._left_out(name, item, row.otherwise, conditions)
        self.leaves(f"{name}/when", text, row.when, gates)

    def _left_out(self, name: str, item: str, reason: Words, conditions: tuple[Condition, ...]) -> None:
        label = ITEM_LABELS[item]
        self.add(
            f"{name}/leaves-out/{item}",
            "exclusions",
            Words(f"{label.da} er søgt og gives ikke: {reason.da}", f"{label.en} asked for and not given: {reason.en}"),
            lambda look: any(each == item and what.id == name for each, what in look.settled.left_out),
            conditions=conditions,
            item=item,
        )

    def exclusion(self, each: LeaveOut) -> None:
        """Each item that is left out."""
        conditions = () if each.when is None else (each.when,)
        for item in each.items:
            self._left_out(each.id, item, each.reason, conditions)
        if each.when is not None:
            self.leaves(f"{each.id}/when", each.reason, each.when, [])

    def notice(self, notice: Notice) -> None:
        """A notice that fires, and one that does not; what decides it; where it leads."""
        name, text = notice.id, notice.text
        fires = compiled(notice.when)
        for does in (True, False):
            words = Words(
                f"Bemærkningen »{name}« {'gives' if does else 'gives ikke'}",
                f"The notice “{name}” {'fires' if does else 'does not fire'}",
            )
            self.add(
                f"{name}/{'fires' if does else 'silent'}",
                "notices",
                words,
                _warned(name, does),
                conditions=(notice.when,),
                quick=_says(fires, does),
            )
        self.leaves(f"{name}/when", text, notice.when, [])
        for route in notice.routes:
            self._route(
                name,
                route,
                Words(name, name),
                (notice.when,),
                lambda look: name in look.warnings,
                _says(fires, True),
            )

    def deadline(self, rule: DeadlineRule) -> None:
        """A deadline counted and waiting, paused, moved, each where a case says what it must be."""
        name, title = rule.id, rule.title

        def add(what: str, da: str, en: str, reached: Callable[[Look], bool], event: str | None) -> None:
            self.add(
                f"{name}/{what}",
                "deadlines",
                Words(f"Fristen »{title.da}« {da}", f"The deadline “{title.en}” {en}"),
                lambda look: name in look.deadlines and look.checks_deadline(name) and reached(look),
                deadline=rule,
                event=event,
            )

        if rule.amount is None:
            add("not-computable", "kan ikke regnes ud", "cannot be computed", lambda _: True, None)
            return
        add("counted", "er talt", "is counted", lambda look: look.deadlines[name].due_on is not None, rule.start_event)
        waits = "venter på hændelsen, der starter den", "waits for what starts it"
        add("waits", *waits, lambda look: look.deadlines[name].waits_for == rule.start_event, None)
        if rule.pauses:

            def paused(look: Look) -> bool:
                return bool(look.deadlines[name].paused) and look.deadlines[name].due_on is not None

            add("paused", "står stille på ventelisten", "stands still on the waiting list", paused, rule.start_event)
            open_pause = "venter på, at ventelisten slutter", "waits for the waiting list to end"
            add("open-pause", *open_pause, lambda look: look.deadlines[name].waits_for == PAUSE_ENDS, rule.start_event)
        if rule.moves:

            def moved(look: Look) -> bool:
                found = look.deadlines[name]
                return found.due_on is not None and any(day.on < found.due_on for day in found.skipped)

            add("moved", "flytter fra en lukket dag", "moves from a closed day", moved, rule.start_event)
        if rule.moves and rule.uncertain:

            def late(look: Look) -> bool:
                found = look.deadlines[name]
                return found.due_on is not None and found.late_after != found.due_on

            add("uncertain", "ender på en uafklaret dag", "ends on an unsettled day", late, rule.start_event)

    def course(self, rule: CourseRule) -> None:
        """A session on a day on which there should be none; what else the course says is not run yet."""
        name = rule.id
        if rule.workdays_only and rule.events:
            words = Words(f"»{rule.title.da}«: en dag, der er lukket", f"“{rule.title.en}”: a closed day")
            self.add(f"{name}/closed-day", "course", words, lambda look: name in look.warnings, event=rule.events[0])

    def in_force(self, name: str, times: InForce, title: Words) -> None:
        """The first and last day on which something applies, and the days beside them."""
        day = timedelta(days=1)
        if times.first is not None:
            self.day(f"{name}/before-first", times.first - day, _about(title, "dagen før", "the day before"))
            self.day(f"{name}/first", times.first, _about(title, "første dag", "the first day"))
        if times.last is not None:
            self.day(f"{name}/last", times.last, _about(title, "sidste dag", "the last day"))
            self.day(f"{name}/after-last", times.last + day, _about(title, "dagen efter", "the day after"))

    def day(self, name: str, day: date, title: Words) -> None:
        """A case that is decided on just that day."""
        when = long_date(day)
        words = Words(f"{title.da}: {when.da}", f"{title.en}: {when.en}")
        self.found.append(Goal(name, "dates", words, lambda look: look.on == day, days=(day,)))


def _about(title: Words, da: str, en: str) -> Words:
    return Words(f"»{_short(title.da)}«, {da}", f"“{_short(title.en)}”, {en}")


def _short(text: str) -> str:
    return text if len(text) <= 60 else text[:59].rstrip() + "…"


def _came_to(name: str, result: Result) -> Callable[[Look], bool]:
    return lambda look: name in look.judged and look.judged[name].result == result


def _is(quick: Quick) -> Callable[[Look], bool]:
    return lambda look: quick(look.values, look.on)


def _warned(name: str, does: bool) -> Callable[[Look], bool]:
    return lambda look: (name in look.warnings) is does


def _says(fires: Callable[[Values], Truth], does: bool) -> Quick:
    return lambda values, _: (fires(values) == HOLDS) is does


def _quick(requirement: Requirement, result: Result) -> Quick:
    """Whether a requirement has a result."""
    require = compiled(requirement.require)
    when = None if requirement.when is None else compiled(requirement.when)
    return lambda values, _: result_of(HOLDS if when is None else when(values), require(values)) == result


def _possible_results(requirement: Requirement, facts: Facts) -> list[Result]:
    """The results that a requirement can have; all of them where there are too many combinations to try."""
    wanted: list[Result] = ["holds", "fails", "unknown"]
    if requirement.when is not None:
        wanted.append("not_applicable")
    return [each for each in wanted if _can(requirement.conditions, facts, _quick(requirement, each), unknown=True)]


def _can(conditions: Iterable[Condition], facts: Facts, quick: Quick, *, unknown: bool = False) -> bool:
    """Whether some values are such; where there are too many combinations to try, it is taken to be so."""
    combinations = value_combinations(conditions, facts, unknown=unknown)
    return combinations is MISSING or any(quick(values, date.min) for values in combinations)


def _facts_of(conditions: Iterable[Condition]) -> Iterator[str]:
    for condition in conditions:
        for _, leaf in leaf_places(condition):
            yield leaf.fact


def _outside(fact: Fact, value: object) -> bool:
    """Whether *fact* can never be *value*."""
    low, high = fact.minimum, fact.maximum
    return isinstance(value, int | Decimal) and (
        (low is not None and value < low) or (high is not None and value > high)
    )
