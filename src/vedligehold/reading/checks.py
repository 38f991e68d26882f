"""What is wrong with a pack that its format cannot see: one small function for each thing to look for.

Each takes the draft and reports at the place; the codes are those of `docs/error-codes.md`.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from difflib import get_close_matches
from operator import itemgetter
from typing import Any

from vedligehold.calendar import WorkdayCalendar, read_date
from vedligehold.errors import near, quoted
from vedligehold.facts import DECIDED_ON, EVENTS, ITEM_LABELS, STANDARD_FACTS, FactType
from vedligehold.meaning.data import RESERVED, Path
from vedligehold.meaning.value import facts_read
from vedligehold.reading.draft import BLOCKS, Draft, Entry
from vedligehold.reading.format import PackFile, ParameterEntry, SourceEntry, StatementEntry, WithinEntry
from vedligehold.reading.possible import Effort, impossible

MOST_GIVEN = 1_000
MOST_CALENDARS = 10


def check(draft: Draft) -> None:
    """Run every check on *draft*."""
    for each in CHECKS:
        each(draft)


def duplicate_ids(draft: Draft) -> None:
    """`duplicate-id`: two things of a pack have one id."""
    first: dict[str, Path] = {}
    for name, path, entry in draft.things():
        if path[0] in BLOCKS:  # the complaint's text and the complaint's deadline may share their name
            continue
        if name in first:
            line = draft.document.marks.get(first[name], (0, 0))[0]
            where = (*path, "id") if "id" in entry else path
            message = f"the id {quoted(name)} stands twice, first in line {line}"
            draft.report(where, "duplicate-id", message, at_key=True)
        first.setdefault(name, path)


def national_ids(draft: Draft) -> None:
    """`national-id`: a pack cannot redefine what the national layer has."""
    taken = _national_ids(draft)
    for name, path, entry in draft.things():
        if name in taken:
            where = (*path, "id") if "id" in entry else path
            message = f"the id {quoted(name)} belongs to the national layer"
            draft.report(where, "national-id", message, "choose another id")


def _national_ids(draft: Draft) -> set[str]:
    nation = draft.nation
    if nation is None:
        return set()
    ids = {requirement.id for requirement in nation.requirements} | {notice.id for notice in nation.notices}
    return ids | {deadline.id for deadline in nation.deadlines} | {route.id for route in nation.routes} | set(BLOCKS)


def fact_names(draft: Draft) -> None:
    """`taken-name`: a pack's fact has the name of a standard fact or of a word of the language."""
    standard = {fact.name for fact in STANDARD_FACTS}
    for path, entry in draft.entries("facts"):
        name = str(path[-1])
        if name in standard:
            draft.report(path, "taken-name", f"`{name}` is a standard fact", "it need not be declared", at_key=True)
        if name in RESERVED or name == DECIDED_ON:
            draft.report(path, "taken-name", f"{quoted(name)} is a word of the pack language", at_key=True)
        _fact_fits(draft, path, entry)


def _fact_fits(draft: Draft, path: Path, entry: Entry) -> None:
    """`missing-key`, `wrong-type`: a choice has choices, a span has two dates and a unit, nothing else has either."""
    name, of_type = quoted(path[-1]), entry.get("type")
    typed = f"{name} is of type {quoted(of_type)}, which has no"
    if of_type in ("choice", "set") and not entry.get("choices"):
        draft.report(path, "missing-key", f"{name} is a {of_type} and has no `choices`")
    if of_type not in ("choice", "set") and "choices" in entry:
        draft.report((*path, "choices"), "wrong-type", f"{typed} choices")
    if of_type not in ("int", "decimal") and ("minimum" in entry or "maximum" in entry):
        draft.report(path, "wrong-type", f"{typed} minimum or maximum")
    span = entry.get("span")
    if isinstance(span, dict):
        _span_fits(draft, (*path, "span"), span, entry)
    elif "question" not in entry:
        draft.report(path, "missing-wording", f"{name} has no `question` that asks for it")


def _span_fits(draft: Draft, path: Path, span: Entry, entry: Entry) -> None:
    if entry.get("type") != "int":
        draft.report(path, "wrong-type", "a span is a whole number: `type: int`")
    if entry.get("unit") not in ("days", "weeks", "months", "years"):
        draft.report(path, "wrong-type", "a span needs `unit`: `days`, `weeks`, `months` or `years`")
    for key in ("from", "to"):
        name = span.get(key)
        fact = draft.facts.get(name) if isinstance(name, str) else None
        if name == DECIDED_ON or not isinstance(name, str):
            continue
        if fact is None:
            known = [*draft.facts, DECIDED_ON]
            draft.report((*path, key), "unknown-fact", f"{quoted(name)} is no declared fact", near(name, known))
        elif fact.type is not FactType.DATE or fact.derived is not None:
            message = f"{quoted(name)} is of type {fact.type}; a span runs between two dates"
            draft.report((*path, key), "wrong-type", message)


def unknown_routes(draft: Draft) -> None:
    """`unknown-route`: a route that neither the pack nor the national layer has."""
    known = {str(path[-1]) for path, _ in draft.entries("routes")}
    known |= set() if draft.nation is None else {route.id for route in draft.nation.routes}
    named = [((*path, "routes"), entry.get("routes")) for path, entry in _with_routes(draft)]
    named.append((("standing_routes",), draft.mapping().get("standing_routes")))
    for path, routes in named:
        for place, route in enumerate(_strings(routes)):
            if route not in known:
                message = f"{quoted(route)} is no route of this pack or of the national layer"
                draft.report((*path, place), "unknown-route", message, near(route, known))


def _with_routes(draft: Draft) -> Iterator[tuple[Path, Entry]]:
    for section in ("requirements", "notices"):
        yield from draft.entries(section)


def _strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []


def unknown_events(draft: Draft) -> None:
    """`unknown-event`: an event that no case can have."""
    named: list[tuple[Path, Any]] = [
        ((*path, key), entry.get(key)) for path, entry in draft.entries("deadlines") for key in ("from", "met_by")
    ]
    for path, entry in draft.entries("course"):
        named += [((*path, "on", place), event) for place, event in enumerate(_strings(entry.get("on")))]
    named += [(("event_labels", event), event) for event in draft.mapping("event_labels")]
    for path, event in named:
        if isinstance(event, str) and event not in EVENTS:
            hint = near(event, EVENTS)
            draft.report(path, "unknown-event", f"{quoted(event)} is no event", hint, at_key=path[0] == "event_labels")


def unknown_items(draft: Draft) -> None:
    """`unknown-value`: what is left out can be asked for. `given-and-left-out`: and is not given to everybody."""
    always = {
        item: entry
        for _, entry in draft.rows()
        if entry.get("when") is None
        for item in ITEM_LABELS
        if item in _flat(entry.get("give"))
    }
    for path, entry in draft.entries("leave_out"):
        for place, item in enumerate(_strings(entry.get("items"))):
            where = (*path, "items", place)
            if item not in ITEM_LABELS:
                message = f"{quoted(item)} is nothing that can be asked for"
                draft.report(where, "unknown-value", message, near(item, ITEM_LABELS))
            elif item in always:
                message = f"{quoted(item)} is left out here and given by the row {quoted(always[item].get('id'))}"
                hint = "give it `when` something holds, or do not leave it out"
                draft.report(where, "given-and-left-out", message, hint)


def near_items(draft: Draft) -> None:
    """`unknown-value`: what a row gives is not a slip of the pen for something that can be asked for."""
    slips: dict[str, bool] = {}
    for path, entry in draft.rows():
        for word in _flat(entry.get("give")):
            if not isinstance(word, str) or word in ITEM_LABELS:
                continue
            if word not in slips:
                if len(slips) == MOST_GIVEN:
                    message = f"the rows of a pack give at most {MOST_GIVEN:,} different things"
                    draft.report((*path, "give"), "too-many", message)
                    return
                slips[word] = bool(get_close_matches(word, ITEM_LABELS, 1, 0.85))
            if slips[word]:
                message = f"row {quoted(entry.get('id'))} gives {quoted(word)}, which nobody can ask for"
                draft.report((*path, "give"), "unknown-value", message, near(word, ITEM_LABELS))


def _flat(give: Any) -> list[Any]:
    if isinstance(give, dict):
        return [word for part in give.values() for word in _flat(part)]
    return [word for part in give for word in _flat(part)] if isinstance(give, list) else [give]


def route_names(draft: Draft) -> None:
    """`unknown-fact`, `wrong-type`: what a route names in its title is a set fact."""
    for path, entry in draft.entries("routes"):
        name = entry.get("names")
        if not isinstance(name, str):
            continue
        fact = draft.facts.get(name)
        if fact is None:
            hint = near(name, draft.facts)
            draft.report((*path, "names"), "unknown-fact", f"{quoted(name)} is no declared fact", hint)
        elif fact.type is not FactType.SET:
            draft.report((*path, "names"), "wrong-type", f"{quoted(name)} is of type {fact.type}; a route names a set")


def unknown_statements(draft: Draft) -> None:
    """`unknown-statement`: a citation of something that the source's list does not have."""
    known = draft.mapping("source", "statements")
    for name, path, entry in draft.things():
        for place, statement in enumerate(_strings(entry.get("cite"))):
            where = (*path, "cite", place) if isinstance(entry.get("cite"), list) else (*path, "cite")
            if statement not in known:
                message = f"{quoted(name)} cites {quoted(statement)}, which is not among the statements of the source"
                draft.report(where, "unknown-statement", message, near(statement, known))


def unaccounted_statements(draft: Draft) -> None:
    """`unaccounted-statement`: each statement of the source is accounted for, in exactly one way."""
    for name, entry in draft.mapping("source", "statements").items():
        if not isinstance(entry, dict):
            continue
        ways = [way for way in StatementEntry.ways if entry.get(way) is not None]
        path: Path = ("source", "statements", name)
        if not ways:
            hint = "one of " + ", ".join(f"`{way}`" for way in StatementEntry.ways)
            message = f"statement {quoted(name)} is not accounted for"
            draft.report(path, "unaccounted-statement", message, hint, at_key=True)
        if len(ways) > 1:
            several = " and ".join(f"`{way}`" for way in ways)
            message = f"statement {quoted(name)} is accounted for in more than one way: {several}"
            draft.report(path, "unaccounted-statement", message, "keep the one that decides", at_key=True)


def accounted_by_nothing(draft: Draft) -> None:
    """`unknown-id`: a statement is accounted for by something that does not exist."""
    known: Mapping[str, Iterable[str]] = {
        "encoded_by": {name for name, _, _ in draft.things()},
        "metadata": {*PackFile.model_fields, *SourceEntry.model_fields},
        "overridden_by": _national_ids(draft),
    }
    for name, entry in draft.mapping("source", "statements").items():
        for way, ids in known.items():
            for place, one in enumerate(_strings(entry.get(way) if isinstance(entry, dict) else None)):
                if one not in ids:
                    message = f"statement {quoted(name)} is accounted for by {quoted(one)}, which does not exist"
                    path = ("source", "statements", name, way, place)
                    draft.report(path, "unknown-id", message, near(one, ids))


def citations_both_ways(draft: Draft) -> None:
    """`citation-mismatch`: what encodes a statement cites it, and what cites a statement encodes it."""
    cites: dict[str, set[str]] = {}
    for name, path, entry in draft.things():
        if "cite" in entry or path[0] == "deadlines":  # anything else without `cite` is a `missing-citation`
            cites.setdefault(name, set()).update(_strings(entry.get("cite")))
    statements = draft.mapping("source", "statements")
    encoded = {
        name: dict.fromkeys(_strings(entry.get("encoded_by")))
        for name, entry in statements.items()
        if isinstance(entry, dict)
    }
    for statement in encoded:
        for place, one in enumerate(_strings(statements[statement].get("encoded_by"))):
            if one in cites and statement not in cites[one]:
                message = f"{quoted(one)} does not cite {quoted(statement)}, which says that it is encoded by it"
                where: Path = ("source", "statements", statement, "encoded_by", place)
                draft.report(where, "citation-mismatch", message, f"add {quoted(statement)} to `cite` of {quoted(one)}")
    for name, path, entry in draft.things():
        for place, statement in enumerate(_strings(entry.get("cite"))):
            if statement in encoded and name not in encoded[statement]:
                where = (*path, "cite", place) if isinstance(entry.get("cite"), list) else (*path, "cite")
                message = f"{quoted(name)} cites {quoted(statement)}, which does not say that it is encoded by it"
                hint = f"add {quoted(name)} to `encoded_by` of {quoted(statement)}"
                draft.report(where, "citation-mismatch", message, hint)


def one_unit(draft: Draft) -> None:
    """`missing-key`, `two-units`: a parameter and a deadline have just one unit."""
    for path, entry in draft.entries("parameters"):
        _one_of(draft, path, entry, ParameterEntry.units)
    for path, entry in draft.entries("deadlines"):
        within = entry.get("within")
        if isinstance(within, dict):
            _one_of(draft, (*path, "within"), within, WithinEntry.units)
            _range(draft, (*path, "within"), within)


def _one_of(draft: Draft, path: Path, entry: Entry, units: Iterable[str]) -> None:
    given = [unit for unit in units if entry.get(unit) is not None]
    if not given:
        names = ", ".join(f"`{unit}`" for unit in units)
        draft.report(path, "missing-key", f"{quoted(path[-1])} has no unit", f"one of {names}", at_key=True)
    if len(given) > 1:
        names = " and ".join(f"`{unit}`" for unit in given)
        draft.report(path, "two-units", f"{quoted(path[-1])} has just one unit, not {names}", "keep one", at_key=True)


def _range(draft: Draft, path: Path, within: Entry) -> None:
    for unit, amount in within.items():
        if isinstance(amount, dict):
            first, last = (_whole(amount.get(key)) for key in ("from", "to"))
            if first is not None and last is not None and first > last:
                message = f"the range runs from {first} to {last}"
                draft.report((*path, unit), "wrong-value", message, "write the lower number first")


def _whole(value: Any) -> int | None:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10 else None


def whole_deadlines(draft: Draft) -> None:
    """`missing-key`, `missing-citation`, `two-ways`: a deadline has a count or a reason why there is none."""
    for path, entry in draft.entries("deadlines"):
        name = entry.get("id")
        counted, not_counted = entry.get("within") is not None, entry.get("not_computable") is not None
        if counted and not_counted:
            draft.report(
                path, "two-ways", f"deadline {quoted(name)} has both `within` and `not_computable`", "keep one"
            )
        if not counted and not not_counted:
            draft.report(path, "missing-key", f"deadline {quoted(name)} has neither `within` nor `not_computable`")
        if counted:
            for key in ("from", "kind"):
                if entry.get(key) is None:
                    draft.report(path, "missing-key", f"deadline {quoted(name)} has no `{key}`")
            if entry.get("cite") is None:
                draft.report(path, "missing-citation", f"deadline {quoted(name)} has no `cite`")


def closing_days(draft: Draft) -> None:
    """`wrong-value`: own closing days are days. `too-many`: each calendar of its own is a table of a century."""
    calendars: list[tuple[Path, Any]] = [(("calendar",), draft.mapping("calendar"))]
    calendars += [((*path, "calendar"), entry.get("calendar")) for path, entry in draft.entries("deadlines")]
    for path, calendar in calendars:
        for key in ("closed", "uncertain"):
            days = _strings(calendar.get(key)) if isinstance(calendar, dict) else []
            for place, day in enumerate(days):
                try:
                    WorkdayCalendar(closed=[day])
                except ValueError as error:
                    draft.report((*path, key, place), "wrong-value", str(error))
    own = [(path, calendar) for path, calendar in calendars if isinstance(calendar, dict)]
    if len({str(sorted(calendar.items(), key=itemgetter(0))) for _, calendar in own}) > MOST_CALENDARS:
        draft.report(own[-1][0], "too-many", f"a pack has at most {MOST_CALENDARS} different calendars")


def dates_in_order(draft: Draft) -> None:
    """`impossible-date`: a version ends, and is reviewed, after it begins; and so does the law."""
    data = draft.mapping()
    first = _date(data.get("valid_from"))
    for key in ("valid_to", "review_by"):
        last = _date(data.get(key))
        if first is not None and last is not None and last < first:
            draft.report((key,), "impossible-date", f"`{key}` is {last}, before `valid_from` on {first}")
    for path, entry in _dated(draft):
        first, last = _date(entry.get("in_force_from")), _date(entry.get("in_force_until"))
        if first is not None and last is not None and last < first:
            message = f"`in_force_until` is {last}, before `in_force_from` on {first}"
            draft.report((*path, "in_force_until"), "impossible-date", message)


def one_at_a_time(draft: Draft) -> None:
    """`version-overlap`: two ways to complain, or two words on transport, are in force on one day."""
    for section in BLOCKS:
        spans = [
            (_date(entry.get("in_force_from")) or date.min, _date(entry.get("in_force_until")) or date.max, path)
            for path, entry in draft.entries(section)
        ]
        longest: tuple[date, Path] | None = None
        for first, last, path in sorted(spans, key=itemgetter(0)):
            if longest is not None and first <= longest[0]:
                line = draft.document.marks[longest[1]][0]
                message = f"this entry of `{section}` and the one in line {line} are in force on one day"
                draft.report(path, "version-overlap", message, "end one the day before the other begins")
            if longest is None or last > longest[0]:
                longest = (last, path)


def _dated(draft: Draft) -> Iterator[tuple[Path, Entry]]:
    """The entries and statements of the national layer, which may begin and end."""
    for section in ("requirements", "notices", "deadlines", "routes", *BLOCKS):
        yield from draft.entries(section)
    for name, entry in draft.mapping("source", "statements").items():
        if isinstance(entry, dict):
            yield ("source", "statements", name), entry


def _date(value: Any) -> Any:
    return read_date(value) if isinstance(value, str) else None


def municipality_known(draft: Draft) -> None:
    """`missing-key`: a pack without a municipality code says why. `no-municipality`: and asks nothing that needs it."""
    municipality = draft.mapping("municipality")
    if not municipality or municipality.get("code") is not None:
        return
    if municipality.get("why") is None:
        draft.report(("municipality",), "missing-key", "the municipality has no `code`, and no `why` that tells why")
    for path, condition in draft.conditions.items():
        if "other_municipality" in facts_read([condition]):
            message = "`other_municipality` is never known in a pack without a municipality code"
            draft.report(path, "no-municipality", message)


def possible_conditions(draft: Draft) -> None:
    """`never-holds`, `never-fails`, `never-applies`: a condition that plainly has only one answer."""
    effort = Effort()
    for path, condition in draft.conditions.items():
        if path[0] != "floor":
            owner = str(_at(draft, path[:-1]).get("id"))
            for code, message in impossible(owner, str(path[-1]), condition, draft.facts, effort):
                draft.report(path, code, message)


def _at(draft: Draft, path: Path) -> Entry:
    here: Any = draft.document.data
    for part in path:
        here = here[part]
    return here if isinstance(here, dict) else {}


def reachable_rows(draft: Draft) -> None:
    """`never-applies`: no row stands after one that always applies."""
    last: dict[Any, Any] = {}
    for path, entry in draft.rows():
        topic = path[1]
        if topic in last:
            message = f"row {quoted(entry.get('id'))} never applies: {quoted(last[topic])} before it always does"
            draft.report(path, "never-applies", message, "put the row without `when` last")
        if entry.get("when") is None:
            last.setdefault(topic, entry.get("id"))


CHECKS: tuple[Callable[[Draft], None], ...] = (
    duplicate_ids,
    national_ids,
    fact_names,
    unknown_routes,
    unknown_events,
    unknown_items,
    near_items,
    route_names,
    unknown_statements,
    unaccounted_statements,
    accounted_by_nothing,
    citations_both_ways,
    one_unit,
    whole_deadlines,
    closing_days,
    dates_in_order,
    one_at_a_time,
    municipality_known,
    possible_conditions,
    reachable_rows,
)
