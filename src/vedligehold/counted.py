"""How a deadline was counted, in words: its date, and every step on the way to it."""

from collections.abc import Iterator, Sequence

from vedligehold.deadline import Deadline, Skipped
from vedligehold.facts import EVENTS
from vedligehold.pack import Version
from vedligehold.source import Words
from vedligehold.wording import how_long, joined, long_date, short_date


def date_of(deadline: Deadline, version: Version) -> Words:
    """The last day, or from which day to which; else what it waits for, or why there never is one."""
    if deadline.due_on is not None:
        day = long_date(deadline.due_on)
        if deadline.earliest_on is None:
            return day
        first = long_date(deadline.earliest_on)
        return Words(f"{first.da} til {day.da}", f"{first.en} to {day.en}")
    if deadline.not_computable is not None:
        return deadline.not_computable
    event = event_label(deadline.waits_for or "", version)
    return Words(f"venter på: {event.da.lower()}", f"waits for: {event.en.lower()}")


def event_label(event: str, version: Version) -> Words:
    """The label of an event, in the municipality's own word where it has one."""
    return dict(version.event_labels).get(event) or EVENTS[event]


def way(deadline: Deadline, version: Version) -> Iterator[Words]:
    """How the date was counted, line by line."""
    if deadline.amount is None or deadline.unit is None or deadline.start_event is None:
        return
    long = how_long(deadline.amount, deadline.unit, deadline.earliest_amount)
    event = event_label(deadline.start_event, version)
    counted = Words(f"{long.da} fra {event.da.lower()}", f"{long.en} from {event.en.lower()}")
    if deadline.start_on is None:
        yield counted
        return
    yield joined("", "", [counted, long_date(deadline.start_on)], end="")
    if deadline.skipped:
        yield joined("ikke talt med: ", "not counted: ", _skipped(deadline.skipped), end="")
    for pause in deadline.paused:
        start, end = short_date(pause.start), Words("endnu", "still") if pause.end is None else short_date(pause.end)
        yield Words(f"{pause.why.da}: {start.da} – {end.da}", f"{pause.why.en}: {start.en} – {end.en}")
    if deadline.late_after != deadline.due_on and deadline.late_after is not None:
        late = long_date(deadline.late_after)
        yield Words(f"regnes først som for sent efter {late.da}", f"counts as late only after {late.en}")
    if deadline.calendar.saturday == "open":
        yield Words("lørdag tæller som hverdag", "Saturday counts as a weekday")


def _skipped(days: Sequence[Skipped]) -> Iterator[Words]:
    """The days passed over, with weekends in one word."""
    plain_weekend = {"lørdag", "søndag"}
    for day in days:
        if day.why.da not in plain_weekend:
            on = short_date(day.on)
            yield Words(f"{day.why.da} ({on.da})", f"{day.why.en} ({on.en})")
    if any(day.why.da in plain_weekend for day in days):
        yield Words("weekender", "weekends")
