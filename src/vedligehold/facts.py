"""The vocabulary: every fact that a condition may ask about, with its type, its words and who must state it.

The standard facts are those of a case, in its order; a pack may declare more. `age` and `other_municipality` are
derived: they are worked out from other facts on the decision date, and asked for by those.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cached_property
from typing import Literal, TypeAlias

from vedligehold.condition import Scalar, Value
from vedligehold.source import Words

DECIDED_ON = "decided_on"
"""The name under which a derived fact reads the decision date."""

Unit: TypeAlias = Literal["days", "weeks", "months", "years"]
Section: TypeAlias = Literal["citizen", "referral", "facts", "derived"]
Labels: TypeAlias = Mapping[str, Words]


@dataclass(frozen=True, slots=True)
class Named:
    """A parameter: its value, the key under which the pack gives it (`years`, `values`, ...), and what it rests on."""

    value: Scalar | tuple[Scalar, ...]
    unit: str
    statements: tuple[str, ...] = ()
    interpretation: Words | None = None


class FactType(StrEnum):
    """What a fact's value is."""

    BOOL = "bool"
    INT = "int"
    DECIMAL = "decimal"
    DATE = "date"
    CHOICE = "choice"
    SET = "set"
    CODE = "code"
    """A four-digit municipality code, `"0840"`."""


@dataclass(frozen=True, slots=True)
class Span:
    """Derived: whole units reached from one date to another; negative when they stand the other way round."""

    start: str
    end: str
    unit: Unit


@dataclass(frozen=True, slots=True)
class OtherThanPack:
    """Derived: the citizen's municipality code is known, the pack's is known, and they differ."""

    code: str


@dataclass(frozen=True)
class Fact:
    """One fact of the data dictionary.

    `unit` is that of a number. `assessed`: a professional must state it, so that it counts as unknown where it is
    self-reported. `known`: what the citizen asks for is never unknown.
    """

    name: str
    type: FactType
    label: Words
    question: Words | None = None
    section: Section = "facts"
    unit: str | None = None
    assessed: bool = False
    known: bool = False
    choices: tuple[tuple[str, Words], ...] = ()
    minimum: int | Decimal | None = None
    maximum: int | Decimal | None = None
    derived: Span | OtherThanPack | None = None

    @cached_property
    def labels(self) -> Labels:
        """The label of each choice."""
        return dict(self.choices)

    @property
    def sources(self) -> tuple[str, ...]:
        """The facts by which this one is asked for: itself, or what it is derived from."""
        match self.derived:
            case None:
                return (self.name,)
            case Span(start, end, _):
                return tuple(name for name in (start, end) if name != DECIDED_ON)
            case OtherThanPack(code):
                return (code,)


def is_code(text: str) -> bool:
    """Whether *text* has the shape of a municipality code: four digits."""
    return len(text) == 4 and text.isascii() and text.isdigit()


def derivation(fact: Fact, own_code: str | None) -> Callable[[Mapping[str, Value], date], Value]:
    """How a derived *fact* is worked out from the values of a case on the decision date.

    *own_code* is that of the pack's municipality.
    """
    match fact.derived:
        case Span(start, end, unit):

            def span(values: Mapping[str, Value], on: date) -> Value:
                first = on if start == DECIDED_ON else values[start]
                last = on if end == DECIDED_ON else values[end]
                return whole(first, last, unit) if isinstance(first, date) and isinstance(last, date) else None

            return span
        case OtherThanPack(code):
            if own_code is None:
                return lambda _, __: None
            return lambda values, _: None if values[code] is None else values[code] != own_code
        case None:
            return lambda values, _: values[fact.name]


def whole(start: date, end: date, unit: Unit) -> int:
    """Whole units reached from *start* to *end*; somebody born 29 February reaches a year on 1 March in a common year.

    >>> whole(date(2000, 2, 29), date(2018, 2, 28), "years"), whole(date(2000, 2, 29), date(2018, 3, 1), "years")
    (17, 18)
    """
    if end < start:
        return -whole(end, start, unit)
    if unit in ("days", "weeks"):
        days = (end - start).days
        return days if unit == "days" else days // 7
    # relativedelta would give a 31st its month on a 30th; here the day itself must be reached
    months = (end.year - start.year) * 12 + end.month - start.month - (end.day < start.day)
    return months if unit == "months" else months // 12


REFERRERS: Labels = {
    "citizen": Words("borgeren selv", "the citizen"),
    "relative": Words("en pårørende", "a relative"),
    "home_professional": Words("en fagperson i hjemmet", "a professional who comes to the home"),
    "own_doctor": Words("egen læge", "the citizen's own doctor"),
    "hospital": Words("hospitalet", "the hospital"),
    "other": Words("en anden", "somebody else"),
}
SETTINGS: Labels = {
    "group": Words("træning på hold", "training in a group"),
    "individual": Words("individuel træning", "individual training"),
    "home": Words("træning i eget hjem", "training at home"),
}
ITEMS: Labels = {
    "balance": Words("balance", "balance"),
    "strength": Words("styrke", "strength"),
    "mobility": Words("bevægelighed", "mobility"),
    "coordination": Words("koordination", "coordination"),
    "endurance": Words("udholdenhed", "endurance"),
    "fitness": Words("kondition", "fitness"),
    "daily_activities": Words("daglige aktiviteter", "daily activities"),
    "massage": Words("massage", "massage"),
    "passive_stretching": Words("passiv udspænding", "passive stretching"),
    "joint_mobilisation": Words("ledmobilisering", "joint mobilisation"),
    "electrotherapy": Words("elterapi", "electrotherapy"),
    "heat_packs": Words("varmepakninger", "heat packs"),
    "local_treatment": Words("anden lokal behandling", "other local treatment"),
    "work_assessment": Words("arbejdsprøvning", "work assessment"),
}
ALTERNATIVES: Labels = {
    "gymnastics_club": Words("gymnastikforening", "gymnastics club"),
    "activity_centre": Words("aktivitetscenter", "activity centre"),
    "fitness_centre": Words("fitnesscenter", "fitness centre"),
    "public_swimming": Words("svømning i den offentlige åbningstid", "public swimming"),
    "walks": Words("gåture", "walks"),
    "home_exercises": Words("øvelser derhjemme", "exercises at home"),
}


def _bool(name: str, section: Section, label: Words, question: Words, *, assessed: bool = False) -> Fact:
    return Fact(name, FactType.BOOL, label, question, section, assessed=assessed)


STANDARD_FACTS: tuple[Fact, ...] = (
    Fact(
        "birth_date",
        FactType.DATE,
        Words("fødselsdato", "date of birth"),
        Words("Hvornår er borgeren født?", "When was the citizen born?"),
        "citizen",
    ),
    Fact(
        "municipality_code",
        FactType.CODE,
        Words("kommunekode", "municipality code"),
        Words("Hvilken kommune bor borgeren i?", "In which municipality does the citizen live?"),
        "citizen",
    ),
    _bool(
        "reduced_physical_function",
        "citizen",
        Words("nedsat fysisk funktionsevne", "reduced physical function"),
        Words("Har borgeren nedsat fysisk funktionsevne?", "Does the citizen have reduced physical function?"),
        assessed=True,
    ),
    _bool(
        "reduced_mental_function",
        "citizen",
        Words("nedsat psykisk funktionsevne", "reduced mental function"),
        Words("Har borgeren nedsat psykisk funktionsevne?", "Does the citizen have reduced mental function?"),
        assessed=True,
    ),
    _bool(
        "special_social_problems",
        "citizen",
        Words("særlige sociale problemer", "special social problems"),
        Words("Har borgeren særlige sociale problemer?", "Does the citizen have special social problems?"),
    ),
    _bool(
        "chronic_condition",
        "citizen",
        Words("kronisk lidelse", "chronic condition"),
        Words("Har borgeren en kronisk lidelse?", "Does the citizen have a chronic condition?"),
        assessed=True,
    ),
    _bool(
        "needs_maintenance",
        "citizen",
        Words("behov for at vedligeholde funktionsevnen", "need to maintain function"),
        Words(
            "Har borgeren behov for at vedligeholde funktionsevnen eller forebygge, at den falder?",
            "Does the citizen need to keep function or prevent its decline?",
        ),
        assessed=True,
    ),
    _bool(
        "needs_therapist_support",
        "citizen",
        Words("behov for støtte fra en ergo- eller fysioterapeut", "need for a therapist's support"),
        Words(
            "Har borgeren behov for støtte fra en ergo- eller fysioterapeut?",
            "Does the citizen need the support of an occupational therapist or physiotherapist?",
        ),
        assessed=True,
    ),
    _bool(
        "can_self_train",
        "citizen",
        Words("kan selv vedligeholde funktionsevnen", "can maintain function alone"),
        Words(
            "Kan borgeren selv forbedre eller vedligeholde funktionsevnen gennem aktiviteter, borgeren kan deltage i?",
            "Can the citizen improve or maintain function through activities that the citizen can take part in?",
        ),
        assessed=True,
    ),
    Fact(
        "self_training_alternatives",
        FactType.SET,
        Words("egne aktiviteter, der er peget på", "own activities pointed to"),
        Words("Hvilke egne aktiviteter er der peget på?", "Which activities of one's own have been pointed to?"),
        "citizen",
        choices=tuple(ALTERNATIVES.items()),
    ),
    _bool(
        "receives_free_physiotherapy",
        "citizen",
        Words("får vederlagsfri fysioterapi", "receives free physiotherapy"),
        Words("Får borgeren vederlagsfri fysioterapi?", "Does the citizen receive free physiotherapy?"),
    ),
    _bool(
        "free_physiotherapy_same_purpose",
        "citizen",
        Words("den vederlagsfri fysioterapi har samme formål", "the free physiotherapy has the same purpose"),
        Words(
            "Har den vederlagsfri fysioterapi samme formål som træningen?",
            "Does the free physiotherapy serve the same purpose as the training?",
        ),
        assessed=True,
    ),
    _bool(
        "covered_by_elder_care_act",
        "citizen",
        Words("omfattet af ældreloven", "covered by the Elder Care Act"),
        Words("Er borgeren omfattet af ældreloven?", "Is the citizen covered by the Elder Care Act?"),
        assessed=True,
    ),
    Fact(
        "received_on",
        FactType.DATE,
        Words("henvendelsen modtaget den", "enquiry received on"),
        Words("Hvornår modtog kommunen henvendelsen?", "When did the municipality receive the enquiry?"),
        "referral",
    ),
    Fact(
        "referred_by",
        FactType.CHOICE,
        Words("henvendelsen kommer fra", "the enquiry comes from"),
        Words("Hvem har henvendt sig?", "Who made the enquiry?"),
        "referral",
        choices=tuple(REFERRERS.items()),
    ),
    _bool(
        "consent_given",
        "referral",
        Words("borgerens samtykke", "the citizen's consent"),
        Words("Har borgeren samtykket til henvendelsen?", "Has the citizen consented to the enquiry?"),
    ),
    Fact(
        "requested",
        FactType.SET,
        Words("det, borgeren søger om", "what the citizen asks for"),
        Words("Hvad søger borgeren om?", "What does the citizen ask for?"),
        "referral",
        known=True,
        choices=tuple(ITEMS.items()),
    ),
    Fact(
        "requested_setting",
        FactType.CHOICE,
        Words("den træningsform, borgeren søger om", "the setting that the citizen asks for"),
        Words("Hvordan vil borgeren gerne træne?", "In which setting does the citizen want to train?"),
        "referral",
        known=True,
        choices=tuple(SETTINGS.items()),
    ),
    _bool(
        "special_circumstances",
        "referral",
        Words("særlige forhold", "special circumstances"),
        Words(
            "Er der særlige forhold, der taler for individuel træning eller træning i hjemmet?",
            "Are there special circumstances that speak for individual training or training at home?",
        ),
        assessed=True,
    ),
    Fact(
        "requested_transport",
        FactType.BOOL,
        Words("søger om kørsel", "asks for transport"),
        Words("Søger borgeren om kørsel til træningen?", "Does the citizen ask for transport to the training?"),
        "referral",
        known=True,
    ),
    Fact(
        "age",
        FactType.INT,
        Words("alder", "age"),
        section="derived",
        unit="years",
        minimum=0,
        derived=Span("birth_date", DECIDED_ON, "years"),
    ),
    Fact(
        "other_municipality",
        FactType.BOOL,
        Words("bor i en anden kommune", "lives in another municipality"),
        section="derived",
        derived=OtherThanPack("municipality_code"),
    ),
)
EVENTS: Labels = {
    "referral_received": Words("henvendelse modtaget", "enquiry received"),
    "contacted": Words("borgeren kontaktet", "citizen contacted"),
    "appointment_given": Words("tid givet", "appointment given"),
    "assessed": Words("behov vurderet", "need assessed"),
    "granted": Words("hjælp bevilget", "help granted"),
    "rejected": Words("afslag givet", "help refused"),
    "decision_sent": Words("afgørelse sendt", "decision sent"),
    "decision_received": Words("afgørelse modtaget", "decision received"),
    "delay_notice_sent": Words("besked om forsinkelse sendt", "notice of delay sent"),
    "training_started": Words("træning begyndt", "training started"),
    "session_attended": Words("mødt til træning", "session attended"),
    "session_cancelled_by_citizen": Words("afbud fra borgeren", "session cancelled by the citizen"),
    "session_cancelled_by_provider": Words("aflyst af leverandøren", "session cancelled by the provider"),
    "no_show": Words("udeblivelse uden afbud", "failure to appear without notice"),
    "goals_evaluated": Words("mål evalueret", "goals evaluated"),
    "waiting_list_entered": Words("sat på venteliste", "put on a waiting list"),
    "waiting_list_left": Words("taget af ventelisten", "taken off the waiting list"),
    "training_ended": Words("træning afsluttet", "training ended"),
    "complaint_received": Words("klage modtaget", "complaint received"),
    "complaint_forwarded": Words("klage sendt videre", "complaint forwarded"),
}
"""What can happen in a case."""
ITEM_LABELS: Labels = {**ITEMS, **SETTINGS}
"""What may be asked for: the items of `requested` and the values of `requested_setting`."""
