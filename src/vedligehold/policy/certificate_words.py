"""What a certificate says, in words: the same on paper and in the terminal, for people who read no code."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from vedligehold.policy.certificate import Certificate, counted, grouped
from vedligehold.source import Words
from vedligehold.wording import joined, long_date

HEADS: Mapping[str, Words] = {
    "certificate": Words("Certifikat for en kvalitetsstandard", "Certificate of a quality standard"),
    "passes": Words("Bestået", "Passed"),
    "lacks": Words("Ikke bestået", "Not passed"),
    "about": Words("Hvad certifikatet gælder", "What the certificate is about"),
    "figures": Words("Prøven i tal", "The test in figures"),
    "tested": Words("Prøvet", "Tested"),
    "result": Words("Resultat", "Result"),
    "meaning": Words("Hvad det betyder", "What it means"),
    "fingerprint": Words("fingeraftryk", "fingerprint"),
    "none": Words("Ingen.", "None."),
    "ok": Words("i orden", "in order"),
    "not_ok": Words("mangler", "lacking"),
    "presented": Words("Forelagt udvalget den", "Presented to the committee on"),
    "signature": Words("Underskrift", "Signature"),
    "name": Words("Navn og hverv", "Name and office"),
}
"""The fixed words of the page."""
LIMITS = Words(
    "Certifikatet viser, om reglerne giver de svar, som de bekræftede sager kræver. Det viser ikke, om standarden er "
    "lovlig eller rimelig. Et fingeraftryk ændrer sig, så snart der ændres et tegn i teksten.",
    "The certificate shows whether the rules give the answers that the confirmed cases ask for. It does not show "
    "whether the standard is lawful or reasonable. A fingerprint changes as soon as one character of a text does.",
)
"""What a certificate is worth."""
_WAYS: Mapping[str, Words] = {
    "encoded_by": Words("er blevet til regler", "became rules|became a rule"),
    "metadata": Words("handler om standarden selv", "are about the standard itself|is about the standard itself"),
    "informative": Words("oplyser kun", "only inform|only informs"),
    "procedure": Words("handler om sagsgangen", "are about how a case is handled|is about how a case is handled"),
    "not_computable": Words("kan ikke beregnes", "cannot be computed|cannot be computed"),
    "overridden_by": Words("viger for loven", "give way to the law|gives way to the law"),
}
"""How statements are accounted for; in English of several, and of one."""
_LEAFLET = Words(
    "Kilden er en pjece. Den henviser til en fyldigere tekst, som ikke er med her.",
    "The source is a leaflet. It points to a fuller text, which is not part of this.",
)


@dataclass(frozen=True, slots=True)
class Particular:
    """One line of what the certificate is about; `code` is a fingerprint."""

    head: Words
    text: Words
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was tested: the result, whether it is as it should be, and what it means."""

    head: Words
    result: Words
    good: bool
    said: Words


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list: what it is about, what is said, the place in the source, and the statements cited."""

    text: Words | None
    lead: Words | None = None
    place: str | None = None
    cited: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A list with its heading; `intro` says what it is."""

    head: Words
    intro: Words | None
    items: tuple[Item, ...]


def same(text: str) -> Words:
    """A text that is the same in both languages."""
    return Words(text, text)


def percent(value: float) -> Words:
    """*value* as each language writes it.

    >>> percent(99.5)
    Words(da='99,5 %', en='99.5%')
    """
    return Words(f"{value:g} %".replace(".", ","), f"{value:g}%")


def remarks(made: Certificate) -> list[Words]:
    """What does not fail the standard, and should be known before it is signed."""
    found = [each.words for each in made.stale]
    if made.source.completeness == "leaflet":
        found.append(_LEAFLET)
    if made.cases.to_confirm:
        then = (
            "venter på, at nogen bekræfter svaret, og tæller ikke med.",
            "waiting for a person to confirm the answer, and not counted.",
        )
        found.append(counted(made.cases.to_confirm, "sag|sager", "case|cases", *then))
    return found


def particulars(made: Certificate) -> Iterator[Particular]:
    """What the certificate is about, line by line."""
    whose, basis = _municipality(made), made.legal_basis
    said = Words(f"{whose.da}. {basis.da}", f"{whose.en}. {basis.en}")
    yield Particular(Words("Kommune og hjemmel", "Municipality and basis"), said)
    yield Particular(Words("Gælder", "In force"), _in_force(made))
    yield Particular(Words("Kilde", "Source"), _source(made), made.source.sha256)
    yield Particular(Words("Standardens regler", "Rules of the standard"), same(made.file), made.digest)
    yield Particular(Words("Loven under dem", "The law under them"), same(made.nation.file), made.nation.digest)


def made_on(made: Certificate) -> Words:
    """The day of the certificate, and what made it."""
    day, by = long_date(made.on), f"vedligehold {made.library}"
    return Words(f"{day.da[:1].upper()}{day.da[1:]}, {by}", f"{day.en}, {by}")


def _municipality(made: Certificate) -> Words:
    of = made.municipality
    if of.code is not None:
        return same(f"{of.name} ({of.code})")
    why = "" if of.why is None else f" ({of.why})"
    return Words(f"ikke oplyst{why}", f"not stated{why}")


def _in_force(made: Certificate) -> Words:
    first = long_date(made.valid_from)
    da, en = f"fra {first.da}", f"from {first.en}"
    if made.valid_to is not None:
        last = long_date(made.valid_to)
        da, en = f"{da} til og med {last.da}", f"{en} until {last.en}"
    if made.review_by is not None:
        review = long_date(made.review_by)
        da, en = f"{da}; skal ses efter senest {review.da}", f"{en}; to be reviewed by {review.en}"
    return Words(da, en)


def _source(made: Certificate) -> Words:
    source = made.source
    by = "" if source.publisher is None else f", {source.publisher}"
    da, en = f"»{source.title.da}«{by}", f"“{source.title.en}”{by}"
    if source.approved_on is not None:
        day = long_date(source.approved_on)
        da, en = f"{da}, godkendt {day.da}", f"{en}, approved on {day.en}"
    return Words(da, en)


def figures(made: Certificate) -> Iterator[Figure]:
    """The four things that are tested."""
    number = made.statements.number
    # a pack with a statement that is not accounted for cannot be read
    heading = Words("Udsagn gjort rede for", "Statements accounted for")
    yield Figure(heading, _of(number, number), True, _accounted(made))
    cases = made.cases
    yield Figure(
        Words("Prøvesager", "Cases"),
        _of(cases.passed, cases.run),
        not cases.failed,
        Words(
            "så mange af de bekræftede sager får det svar, de skal have",
            "so many of the confirmed cases get the answer that they should",
        ),
    )
    seen = made.coverage
    of = _of(seen.seen, seen.goals)
    yield Figure(
        Words("Dækning", "Coverage"),
        percent(seen.percent),
        not seen.not_seen,
        Words(
            f"sagerne har været omkring {of.da} steder i reglerne: krav, grænser, frister, datoer",
            f"the cases have been at {of.en} places in the rules: requirements, limits, deadlines, dates",
        ),
    )
    yield _wrong_rules(made)


def _wrong_rules(made: Certificate) -> Figure:
    wrong = made.mutation
    meant = counted(
        wrong.mutants - len(wrong.equivalent),
        "fejl|fejl",
        "mistake was|mistakes were",
        "blev lagt ind i reglerne på prøve, én ad gangen",
        "put into the rules on trial, one at a time",
    )
    found = grouped(wrong.noticed)
    return Figure(
        Words("Forkerte regler", "Wrong rules"),
        percent(wrong.percent),
        not wrong.survived,
        Words(f"{meant.da}; sagerne opdagede {found.da}", f"{meant.en}; the cases noticed {found.en}"),
    )


def _of(part: int, whole: int) -> Words:
    some, of = grouped(part), grouped(whole)
    return Words(f"{some.da} af {of.da}", f"{some.en} of {of.en}")


def _accounted(made: Certificate) -> Words:
    ways = [(number, _WAYS[way]) for way, number in made.statements.ways.items() if number]
    said = [Words(f"{number} {words.da}", f"{number} {words.en.split('|')[number == 1]}") for number, words in ways]
    return joined("", "", said, "")


def lacking(made: Certificate) -> Iterator[Section]:
    """What is lacking, list by list; nothing where the standard passes."""
    failed = tuple(Item(each.words, same(each.name)) for each in made.cases.failed)
    found = [
        Section(Words("Sager, der får et andet svar", "Cases that are answered otherwise"), None, failed),
        Section(
            Words("Steder i reglerne, som ingen sag har set", "Places in the rules that no case has seen"),
            None,
            tuple(Item(each) for each in made.coverage.not_seen),
        ),
        Section(
            Words("Forkerte regler, som ingen sag opdager", "Wrong rules that no case notices"),
            None,
            tuple(Item(each) for each in made.mutation.survived),
        ),
    ]
    yield from (each for each in found if each.items)


def lists(made: Certificate) -> Iterator[Section]:
    """What those who sign should know: where people decide, how the source was read, where it slips or is silent."""
    yield Section(
        Words("Skøn: her afgør en medarbejder", "Discretion: here a person decides"),
        Words("Aldrig et afslag af sig selv.", "Never a refusal by itself."),
        tuple(Item(each.why, each.title, None, each.statements) for each in made.discretionary),
    )
    yield Section(
        Words("Sådan er kilden læst", "How the source was read"),
        Words("Én læsning er valgt, hvor der er flere.", "One reading is chosen where there are several."),
        tuple(_readings(made)),
    )
    yield Section(
        Words("Fejl og uklarheder i kilden", "Slips and unclear points of the source"),
        None,
        tuple(Item(each.text, None, each.at, (each.id,)) for each in made.slips),
    )
    yield Section(
        Words("Det siger kilden ikke noget om", "What the source does not say"),
        Words("Tavshed læses aldrig som et nej.", "Silence is never read as a no."),
        tuple(Item(each.text) for each in made.not_stated),
    )
    yield Section(
        Words("Lov, der ikke er efterprøvet", "Law that was not checked"),
        Words("Almindeligt kendt, men ikke genlæst.", "Widely known, but not read again."),
        tuple(Item(each.text, None, each.at) for each in made.unverified),
    )
    if made.mutation.equivalent:
        yield Section(
            Words("Ændringer uden betydning", "Changes without effect"),
            None,
            tuple(Item(each.why, each.words) for each in made.mutation.equivalent),
        )


def _readings(made: Certificate) -> Iterator[Item]:
    """Every interpretation; what stands under discretion already is not said twice."""
    above = {each.id for each in made.discretionary}
    for each in made.interpretations:
        if each.what == "requirement" and each.id in above:
            yield Item(Words("se under skøn", "see under discretion"), each.title, None, each.statements)
        elif each.what == "statement":
            yield Item(each.text, None, each.title.da, each.statements)
        else:
            yield Item(each.text, each.title, None, each.statements)
