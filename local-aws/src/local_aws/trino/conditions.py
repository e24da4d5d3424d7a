"""What a condition says of columns, as far as it compares them with constants."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

ColumnT = TypeVar("ColumnT", int, str)


@dataclass(frozen=True)
class Comparison(Generic[ColumnT]):
    """A column compared with constants, of which one must make it true.

    Attributes
    ----------
    column
        The column: its field's id while compiling, then its name.
    op
        One of ``=``, ``<``, ``<=``, ``>`` and ``>=``, the column on the left.
    constants
        DuckDB text of each.
    """

    column: ColumnT
    op: str
    constants: tuple[str, ...]


@dataclass(frozen=True)
class Junction(Generic[ColumnT]):
    """Conditions of which every one must hold, or any."""

    every: bool
    parts: tuple[Comparison[ColumnT] | Junction[ColumnT], ...]


Said = Comparison[int] | Junction[int]
Condition = Comparison[str] | Junction[str]


def joined(every: bool, parts: Sequence[Said | None]) -> Said | None:
    """Return what conditions say together; a part that says nothing leaves OR nothing to say."""
    known = tuple(part for part in parts if part is not None)
    if not known or (not every and len(known) < len(parts)):
        return None
    return known[0] if len(parts) == 1 else Junction(every, known)


def named(said: Said, names: Mapping[int, str]) -> Condition:
    """Return what is said by the columns' names."""
    if isinstance(said, Comparison):
        return Comparison(names[said.column], said.op, said.constants)
    return Junction(said.every, tuple(named(part, names) for part in said.parts))
