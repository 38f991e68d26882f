"""What the cases of a standard should have seen: requirements, conditions, limits, exclusions, rows, deadlines, dates.

A goal that nothing can reach is none: a part that never decides, a fact that is never unknown.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, TypeAlias

from vedligehold.condition import Condition
from vedligehold.deadline import PAUSE_ENDS, Deadline, started
from vedligehold.facts import ITEM_LABELS, STANDARD_FACTS, Fact
from vedligehold.meaning.closure import compiled
from vedligehold.meaning.value import FAILS, HOLDS, facts_read
from vedligehold.meaning.words import in_words
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
from vedligehold.policy.condition_goals import Gates, comes_to, deciding_parts, limits, possible_results
from vedligehold.policy.look import Aim, Look, Quick
from vedligehold.reading.possible import Effort
from vedligehold.settle import Result
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
_RESULTS: Mapping[Result, Words] = {
    "holds": Words("er opfyldt", "holds"),
    "fails": Words("er ikke opfyldt", "fails"),
    "unknown": Words("er ikke oplyst", "is unknown"),
    "not_applicable": Words("gælder ikke", "does not apply"),
}
_LONGEST = 60

Reached: TypeAlias = Callable[[Look], bool]


@dataclass(frozen=True, slots=True)
class Goal:
    """Something that a case should have seen: the `id` of the thing, and what of it; `aim` is where to look for one."""

    id: str
    group: Group
    words: Words
    reached: Reached
    aim: Aim


def version_goals(version: Version, nation: Nation) -> list[Goal]:
    """What the cases of one version of a standard, which lies on *nation*, should have seen of it."""
    facts = {fact.name: fact for fact in (*STANDARD_FACTS, *version.facts)}
    goals = _Goals(facts, nation, version.municipality.code, lambda look: look.policy.version is version)
    for requirement in version.requirements:
        goals.requirement(requirement)
    for number, row in enumerate(version.rows):
        goals.row(row, [each for each in version.rows[:number] if each.topic == row.topic])
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
        goals.day(
            "review/last", version.review_by, Words("sidste dag før gennemsynet", "the last day before the review")
        )
        after = version.review_by + timedelta(days=1)
        goals.day("review/after", after, Words("dagen efter gennemsynet", "the day after the review"))
    return goals.found


def nation_goals(nation: Nation) -> list[Goal]:
    """What the cases of all standards together should have seen of the national layer."""
    facts = {fact.name: fact for fact in STANDARD_FACTS}
    goals = _Goals(facts, nation, None, lambda look: look.policy.nation is nation)
    for requirement in nation.requirements:
        goals.times = requirement.in_force
        goals.requirement(requirement)
        goals.in_force(requirement.id, requirement.in_force, requirement.title)
    for notice in nation.notices:
        goals.times = notice.in_force
        goals.notice(notice)
        goals.in_force(notice.id, notice.in_force, Words(notice.id, notice.id))
    for rule in nation.deadlines:
        goals.times = rule.in_force
        goals.deadline(rule)
        goals.in_force(rule.id, rule.in_force, rule.title)
    goals.times = ALWAYS
    for route in nation.standing_routes:
        goals.standing_route(route)
    for each in nation.routes:
        goals.in_force(each.id, each.in_force, each.title)
    for complaint in nation.complaint:
        goals.in_force("complaint", complaint.in_force, complaint.to)
    for transport in nation.transport:
        goals.in_force("transport", transport.in_force, transport.text)
    return list({goal.id: goal for goal in goals.found}.values())


class _Goals:
    """Collects the goals of one file; `about` tells whether a look is at that file at all."""

    def __init__(self, facts: Mapping[str, Fact], nation: Nation, own_code: str | None, about: Reached) -> None:
        self.facts = facts
        self.routes = {route.id: route.in_force for route in nation.routes}
        self.own_code = own_code
        self.about = about
        self.times = ALWAYS
        self.effort = Effort()
        self.found: list[Goal] = []

    def add(self, name: str, group: Group, words: Words, reached: Reached, aim: Aim) -> None:
        """One goal; only looks at this file reach it."""
        about = self.about
        aim = replace(aim, in_force=self.times) if aim.in_force == ALWAYS else aim
        self.found.append(Goal(name, group, words, lambda look: about(look) and reached(look), aim))

    def requirement(self, each: Requirement) -> None:
        """Every result that a requirement can have, what decides it, a finding both ways, and where it leads."""
        name, title = each.id, each.title
        for result in possible_results(each, self.facts, self.effort):
            told = _RESULTS[result]
            words = Words(f"kravet »{title.da}« {told.da}", f"requirement “{title.en}” {told.en}")
            aim = Aim(each.conditions, comes_to(each, result))
            self.add(f"{name}/{result}", "requirements", words, _came_to(name, result), aim)
        if each.when is not None:
            self.condition(f"{name}/when", title, each.when, ())
        self.condition(f"{name}/require", title, each.require, () if each.when is None else ((each.when, HOLDS),))
        failing = Aim(each.conditions, comes_to(each, "fails"))
        if each.kind is Kind.DISCRETIONARY:
            for holds in (True, False):
                self._finding(each, holds)
        for route in each.routes:
            self._route(name, route, title, failing, lambda look: name in look.settled.because)

    def _finding(self, each: Requirement, holds: bool) -> None:
        da, en = ("for borgeren", "in favour of the citizen") if holds else ("imod borgeren", "against the citizen")
        words = Words(f"en vurdering {da} af »{each.title.da}«", f"a finding {en} on “{each.title.en}”")

        def reached(look: Look) -> bool:
            judged = look.judged.get(each.id)
            if judged is None or judged.finding is None or judged.result not in ("fails", "unknown"):
                return False
            return judged.finding.holds is holds

        aim = Aim(each.conditions, comes_to(each, "fails"), findings=(each.id,))
        self.add(f"{each.id}/finding/{'holds' if holds else 'fails'}", "findings", words, reached, aim)

    def _route(self, owner: str, route: str, title: Words, aim: Aim, leads: Reached) -> None:
        words = Words(f"»{title.da}« fører til »{route}«", f"“{title.en}” leads to “{route}”")
        aim = replace(aim, in_force=self.routes.get(route, ALWAYS))
        self.add(f"{owner}/route/{route}", "routes", words, lambda look: route in look.routes and leads(look), aim)

    def standing_route(self, route: str) -> None:
        """Other help that every refusal names."""
        words = Words(f"et afslag nævner »{route}«", f"a refusal names “{route}”")
        self.add(f"standing/route/{route}", "routes", words, lambda look: route in look.routes, Aim())

    def condition(self, name: str, title: Words, condition: Condition, gates: Gates) -> None:
        """Each part deciding a condition both ways where the *gates* before it are open; both sides of its limits."""
        for leaf, number, what, aim in deciding_parts(condition, gates, self.facts, self.effort):
            part, da, en = (
                in_words(leaf, self.facts),
                *(("opfyldt", "holds") if what == "holds" else ("ikke opfyldt", "fails")),
            )
            words = Words(f"{part.da} afgør, at »{title.da}« er {da}", f"{part.en} decides that “{title.en}” {en}")
            self.add(f"{name}/{number}/{what}", "conditions", words, _is(aim.quick), aim)
        for leaf, number, what, aim in limits(condition, self.facts, self.own_code):
            part, da, en = in_words(leaf, self.facts), "lige uden for grænsen", "just beyond the limit"
            if what == "at-limit":
                da, en = "lige på grænsen", "right at the limit"
            words = Words(f"{da}: {part.da}", f"{en}: {part.en}")
            self.add(f"{name}/{number}/{what}", "limits", words, _is(aim.quick), aim)

    def row(self, row: Row, before: Iterable[Row]) -> None:
        """A row of the grant given, not given, left open, and said no to."""
        name, text = row.id, row.text
        gates = tuple((each.when, FAILS) for each in before if each.when is not None)
        conditions = tuple(gate for gate, _ in gates) + (() if row.when is None else (row.when,))
        aim = Aim(conditions)
        given = Words(f"gives: {text.da}", f"given: {text.en}")
        self.add(f"{name}/given", "rows", given, lambda look: name in look.rows, aim)
        if row.when is None:
            return
        not_given = Words(f"gives ikke: {text.da}", f"not given: {text.en}")
        withheld = _withheld(name)
        self.add(f"{name}/not-given", "rows", not_given, withheld, aim)
        if any(not self.facts[fact].known for fact in facts_read(conditions)):
            open_yet = Words(f"endnu ikke afgjort: {text.da}", f"not decided yet: {text.en}")
            self.add(f"{name}/open", "rows", open_yet, lambda look: name in look.open_rows, aim)
        for item in ITEM_LABELS if row.otherwise is not None else ():
            if row.names(item):
                self._left_out(name, item, conditions)
        self.condition(f"{name}/when", text, row.when, gates)

    def _left_out(self, name: str, item: str, conditions: tuple[Condition, ...]) -> None:
        label = ITEM_LABELS[item]
        words = Words(f"{label.da} er søgt og gives ikke", f"{label.en} is asked for and not given")

        def reached(look: Look) -> bool:
            return any(each == item and what.id == name for each, what in look.settled.left_out)

        self.add(f"{name}/leaves-out/{item}", "exclusions", words, reached, Aim(conditions, items=(item,)))

    def exclusion(self, each: LeaveOut) -> None:
        """Each item that is left out, and what decides it."""
        for item in each.items:
            self._left_out(each.id, item, () if each.when is None else (each.when,))
        if each.when is not None:
            self.condition(f"{each.id}/when", each.reason, each.when, ())

    def notice(self, notice: Notice) -> None:
        """A notice that fires, and one that does not; what decides it; where it leads."""
        name, title = notice.id, Words(notice.id, notice.id)
        fires = compiled(notice.when)

        def quick(does: bool) -> Quick:
            return lambda values, _: (fires(values) == HOLDS) is does

        for does, what, da, en in ((True, "fires", "gives", "fires"), (False, "silent", "gives ikke", "does not fire")):
            words = Words(f"bemærkningen »{name}« {da}", f"the notice “{name}” {en}")
            self.add(f"{name}/{what}", "notices", words, _warned(name, does), Aim((notice.when,), quick(does)))
        self.condition(f"{name}/when", title, notice.when, ())
        for route in notice.routes:
            self._route(name, route, title, Aim((notice.when,), quick(True)), lambda look: name in look.warnings)

    def deadline(self, rule: DeadlineRule) -> None:
        """A deadline counted and waiting, paused and moved: each where a case says what it must be."""

        def add(what: str, da: str, en: str, reached: Callable[[Deadline], bool]) -> None:
            words = Words(f"fristen »{rule.title.da}« {da}", f"the deadline “{rule.title.en}” {en}")
            aim = Aim(deadlines=(rule,), starts=lambda day: reached(started(rule, day)))
            self.add(f"{rule.id}/{what}", "deadlines", words, _counted(rule.id, reached), aim)

        if rule.amount is None:
            add("not-computable", "kan ikke regnes ud", "cannot be computed", lambda _: True)
            return
        add("counted", "er talt", "is counted", lambda found: found.due_on is not None)
        waits = "venter på det, der starter den", "waits for what starts it"
        add("waits", *waits, lambda found: found.waits_for == rule.start_event)
        if rule.pauses:
            paused = "står stille på ventelisten", "stands still on the waiting list"
            add("paused", *paused, lambda found: bool(found.paused) and found.due_on is not None)
            open_pause = "venter på, at ventelisten slutter", "waits for the waiting list to end"
            add("open-pause", *open_pause, lambda found: found.waits_for == PAUSE_ENDS)
        if rule.moves:
            add("moved", "flytter fra en lukket dag", "moves from a closed day", lambda found: bool(found.skipped))
            add("unmoved", "ender på en hverdag", "ends on a workday", lambda found: not found.skipped)
        if rule.moves and rule.uncertain:
            unsettled = "ender på en uafklaret dag", "ends on an unsettled day"
            add("uncertain", *unsettled, lambda found: found.late_after != found.due_on)

    def course(self, rule: CourseRule) -> None:
        """A session on a day on which there should be none; what else the course says is not run yet."""
        name = rule.id
        if rule.workdays_only and rule.events:
            words = Words(f"»{rule.title.da}«: en lukket dag", f"“{rule.title.en}”: a closed day")
            aim = Aim(event=rule.events[0])
            self.add(f"{name}/closed-day", "course", words, lambda look: name in look.warnings, aim)

    def in_force(self, name: str, times: InForce, title: Words) -> None:
        """The first and last day on which something applies, and the days beside them."""
        one = timedelta(days=1)
        if times.first is not None:
            self.day(f"{name}/before-first", times.first - one, _of(title, "dagen før", "the day before"))
            self.day(f"{name}/first", times.first, _of(title, "første dag", "the first day"))
        if times.last is not None:
            self.day(f"{name}/last", times.last, _of(title, "sidste dag", "the last day"))
            self.day(f"{name}/after-last", times.last + one, _of(title, "dagen efter", "the day after"))

    def day(self, name: str, day: date, title: Words) -> None:
        """A case that is decided on just that day, whether anything is in force on it or not."""
        when = long_date(day)
        words = Words(f"{title.da}: {when.da}", f"{title.en}: {when.en}")
        self.found.append(Goal(name, "dates", words, lambda look: look.on == day, Aim(days=(day,))))


def _came_to(name: str, result: Result) -> Reached:
    return lambda look: name in look.judged and look.judged[name].result == result


def _is(quick: Quick | None) -> Reached:
    return lambda look: quick is not None and quick(look.values, look.on)


def _withheld(name: str) -> Reached:
    return lambda look: bool(look.rows) and name not in look.rows and name not in look.open_rows


def _warned(name: str, does: bool) -> Reached:
    return lambda look: (name in look.warnings) is does


def _counted(name: str, reached: Callable[[Deadline], bool]) -> Reached:
    return lambda look: name in look.deadlines and look.checks_deadline(name) and reached(look.deadlines[name])


def _of(title: Words, da: str, en: str) -> Words:
    return Words(f"»{_short(title.da)}«, {da}", f"“{_short(title.en)}”, {en}")


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
