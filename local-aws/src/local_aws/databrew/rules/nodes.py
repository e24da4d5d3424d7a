"""What an expression is made of, once it is read."""

import math
import re
from dataclasses import dataclass
from typing import Any

_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")


class RuleError(Exception):
    """What is wrong with a rule."""


@dataclass(frozen=True)
class Column:
    """A column by its name, None where selectors choose it."""

    name: str | None


@dataclass(frozen=True)
class Aggregate:
    """A statistic of the dataset (no column) or of a column, perhaps with a number beside it."""

    statistic: str
    column: Column | None
    parameter: float | None


@dataclass(frozen=True)
class Length:
    """The length of a text."""

    column: Column


@dataclass(frozen=True)
class Condition:
    """What is compared, how, and with what: texts as they came, columns, or the list of an IN."""

    subject: Aggregate | Length | Column
    operator: str
    operands: tuple[str | Column | tuple[Any, ...], ...]
    negated: bool = False


@dataclass(frozen=True)
class Both:
    """Conditions joined by AND or by OR."""

    word: str
    parts: tuple["Expression", ...]


Expression = Condition | Both


def number(text: str) -> float:
    """Read a number of the substitution map.

    Raises
    ------
    RuleError
        Where it is none.
    """
    # Python reads more as a number: NaN, infinity, digits of other scripts, 1_000
    found = float(text) if _NUMBER.fullmatch(text) else math.inf
    if math.isinf(found):
        raise RuleError(f"{text!r} is no number")
    return found
