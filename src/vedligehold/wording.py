"""Words for people that more than one place says: outcomes and results, dates in full, lists, how long something is."""

from collections.abc import Iterable
from datetime import date

from vedligehold.source import Words

OUTCOMES = {
    "granted": Words("BEVILLING", "GRANT"),
    "partial": Words("DELVIS BEVILLING", "PARTIAL GRANT"),
    "redirected": Words("BEHANDLES EFTER ANDRE REGLER", "GOES TO OTHER RULES"),
    "rejected": Words("AFSLAG", "REFUSAL"),
    "needs_information": Words("MANGLER OPLYSNINGER", "NEEDS INFORMATION"),
    "needs_assessment": Words("SKAL VURDERES AF EN MEDARBEJDER", "NEEDS A PERSON'S ASSESSMENT"),
}
RESULTS = {
    "holds": Words("opfyldt", "holds"),
    "fails": Words("ikke opfyldt", "fails"),
    "unknown": Words("ikke oplyst", "unknown"),
    "not_applicable": Words("gælder ikke her", "does not apply"),
}
DEADLINE_KINDS = {
    "statutory": Words("frist", "time limit"),
    "promise": Words("løfte", "promise"),
    "target": Words("mål", "target"),
}
CONSIDERED_BY = {
    "municipality": Words("kommunen", "the municipality"),
    "doctor": Words("lægen", "the doctor"),
    "hospital": Words("sygehuset", "the hospital"),
}
_DAYS = (
    Words("mandag", "Monday"),
    Words("tirsdag", "Tuesday"),
    Words("onsdag", "Wednesday"),
    Words("torsdag", "Thursday"),
    Words("fredag", "Friday"),
    Words("lørdag", "Saturday"),
    Words("søndag", "Sunday"),
)
_MONTHS_DA = "januar februar marts april maj juni juli august september oktober november december".split()
_MONTHS_EN = "January February March April May June July August September October November December".split()
_UNITS = {
    "workdays": (Words("hverdag", "weekday"), Words("hverdage", "weekdays")),
    "days": (Words("dag", "day"), Words("dage", "days")),
    "weeks": (Words("uge", "week"), Words("uger", "weeks")),
    "months": (Words("måned", "month"), Words("måneder", "months")),
    "years": (Words("år", "year"), Words("år", "years")),
}


def long_date(day: date) -> Words:
    """*day* with its weekday, the month in letters.

    >>> long_date(date(2010, 5, 14))
    Words(da='fredag den 14. maj 2010', en='Friday 14 May 2010')
    """
    named, month = _DAYS[day.weekday()], day.month - 1
    return Words(
        f"{named.da} den {day.day}. {_MONTHS_DA[month]} {day.year}",
        f"{named.en} {day.day} {_MONTHS_EN[month]} {day.year}",
    )


def short_date(day: date) -> Words:
    """*day* without weekday and year.

    >>> short_date(date(2010, 4, 30))
    Words(da='30. april', en='30 April')
    """
    return Words(f"{day.day}. {_MONTHS_DA[day.month - 1]}", f"{day.day} {_MONTHS_EN[day.month - 1]}")


def how_long(number: int, unit: str, earliest: int | None = None) -> Words:
    """*number* of *unit* in words; a range begins at *earliest*.

    >>> how_long(10, "workdays"), how_long(6, "weeks", earliest=2)
    (Words(da='10 hverdage', en='10 weekdays'), Words(da='2 til 6 uger', en='2 to 6 weeks'))
    """
    one, several = _UNITS[unit]
    word = one if number == 1 and earliest is None else several
    if earliest is None:
        return Words(f"{number} {word.da}", f"{number} {word.en}")
    return Words(f"{earliest} til {number} {word.da}", f"{earliest} to {number} {word.en}")


def joined(da: str, en: str, labels: Iterable[Words], end: str = ".") -> Words:
    """A beginning in each language, the *labels* with commas between them, and an *end*."""
    labels = list(labels)
    return Words(
        da + ", ".join(label.da for label in labels) + end,
        en + ", ".join(label.en for label in labels) + end,
    )
