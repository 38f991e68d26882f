"""THE tree: a condition over facts. No behaviour on the nodes; each meaning is one file under `meaning/`.

A condition *holds*, *fails* or is *unknown* (strong Kleene). A fact that is None is unknown.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeAlias

Scalar: TypeAlias = bool | int | Decimal | date | str
Value: TypeAlias = Scalar | tuple[str, ...] | None

NOTHING = ""
"""A choice that is known not to be made (no particular setting is asked for): every comparison with it fails."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A value written in the condition; a tuple for the operators that take several."""

    value: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value that the pack names once."""

    name: str
    value: Scalar | tuple[Scalar, ...]


@dataclass(frozen=True, slots=True)
class OtherFact:
    """The value of another fact of the same type."""

    name: str


Operand: TypeAlias = Constant | Parameter | OtherFact


@dataclass(frozen=True, slots=True)
class IsTrue:
    """The bool fact is true."""

    fact: str


@dataclass(frozen=True, slots=True)
class Is:
    """The fact is just that value."""

    fact: str
    operand: Operand


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The number or date is not below."""

    fact: str
    operand: Operand


@dataclass(frozen=True, slots=True)
class AtMost:
    """The number or date is not above."""

    fact: str
    operand: Operand


@dataclass(frozen=True, slots=True)
class OneOf:
    """The fact is one of several values."""

    fact: str
    operand: Operand


@dataclass(frozen=True, slots=True)
class AnyOf:
    """The set has at least one of them."""

    fact: str
    operand: Operand


@dataclass(frozen=True, slots=True)
class AllOf:
    """The set has all of them."""

    fact: str
    operand: Operand


@dataclass(frozen=True, slots=True)
class Only:
    """The set is not empty and has nothing else."""

    fact: str
    operand: Operand


@dataclass(frozen=True, slots=True)
class Empty:
    """The set is known and empty."""

    fact: str


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part fails."""

    part: "Condition"


Comparison: TypeAlias = Is | AtLeast | AtMost | OneOf | AnyOf | AllOf | Only
Leaf: TypeAlias = IsTrue | Comparison | Empty
Condition: TypeAlias = Leaf | All | Any | Not
