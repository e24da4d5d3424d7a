"""Integers of partition projection: their range, and what a query's conditions leave of it."""

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from math import ceil, floor
from typing import Final

from local_aws.engine.catalog import Table
from local_aws.engine.scan.projection_properties import (
    MOST,
    count_of,
    range_of,
    too_many,
    wrong_property,
)

Bounds = Sequence[tuple[str, str]]
_LONG: Final = range(-(2**63), 2**63)


def integers(table: Table, name: str, fixed: Sequence[str] | None, bounds: Bounds) -> list[str]:
    """Return the texts of the integers that a column can have in a query.

    Parameters
    ----------
    table, name
        The table and the column.
    fixed
        The values that the query fixes the column to; None where it does not.
    bounds
        Comparisons that must hold: ``<``, ``<=``, ``>`` or ``>=`` and a number.

    Raises
    ------
    QueryError
        INVALID_TABLE_PROPERTY; HIVE_EXCEEDED_PARTITION_LIMIT where too many are left.
    """
    first, last = range_of(table, name)
    digits = (
        count_of(table, name, "digits") if f"projection.{name}.digits" in table.parameters else 0
    )
    step = count_of(table, name, "interval", "1")
    if not all(re.fullmatch(r"[+-]?\d+", text) and int(text) in _LONG for text in (first, last)):
        raise wrong_property(
            table, f"projection.{name}.range", f"is no range of integers: {first},{last}"
        )
    numbers = range(int(first), int(last) + 1, step)
    if fixed is not None:
        wanted = {int(text) for text in fixed if re.fullmatch(r"[+-]?\d+", text)}
        return [_written(number, digits) for number in sorted(wanted) if number in numbers]
    numbers = _within(numbers, bounds)
    if len(numbers) > MOST:
        raise too_many()
    return [_written(number, digits) for number in numbers]


def _within(numbers: range, bounds: Bounds) -> range:
    """Return the part of a range that comparisons leave, or a number more on either side."""
    for op, text in bounds:
        try:
            bound = Decimal(text)
        except InvalidOperation:
            continue
        if not bound.is_finite() or not numbers:
            continue
        if op.startswith(">"):
            skipped = max(0, (floor(bound) - numbers.start) // numbers.step)
            numbers = numbers[skipped:]
        else:
            kept = max(0, (ceil(bound) - numbers.start) // numbers.step + 1)
            numbers = numbers[:kept]
    return numbers


def _written(number: int, digits: int) -> str:
    return f"{number:0{digits}d}" if digits else str(number)
