"""DuckDB text of an expression with its type and what is known of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from local_aws.trino.conditions import Said
from local_aws.trino.errors import TrinoError
from local_aws.trino.types import TrinoType

MAX_TEXT = 4_000_000


class _NoValue:
    """The mark of an expression that is not a literal."""

    def __repr__(self) -> str:
        return "NO_VALUE"


NO_VALUE: Final = _NoValue()


@dataclass(frozen=True)
class Expr:
    """An analysed expression.

    Attributes
    ----------
    sql
        DuckDB text; safe to stand as an operand or an argument.
    type
        Its Trino type.
    value
        The Python value (int, Decimal, float, str, bool, None) where it is a literal, otherwise
        `NO_VALUE`. A literal date or timestamp has the text as its value.
    params, body
        For a lambda: the DuckDB names of its parameters, and its body's text; `sql` is then the
        whole DuckDB lambda and `type` the body's type.
    fields
        Ids of the fields of enclosing relations that it reads.
    ungrouped
        Columns outside aggregates that no GROUP BY key covers: (name, line, column).
    has
        Any of ``aggregate``, ``window``, ``subquery``, ``volatile``.
    column
        Id of the field that it is, unchanged; None for everything else.
    says
        What it says of columns where it is a condition; None where that is nothing.
    """

    sql: str
    type: TrinoType
    value: Any = NO_VALUE
    params: tuple[str, ...] = ()
    body: str = ""
    fields: frozenset[int] = frozenset()
    ungrouped: tuple[tuple[str, int, int], ...] = ()
    has: frozenset[str] = frozenset()
    column: int | None = None
    says: Said | None = None

    @property
    def is_literal(self) -> bool:
        """Whether the value is known while compiling."""
        return self.value is not NO_VALUE


def combine(
    sql: str,
    kind: TrinoType,
    *parts: Expr,
    value: object = NO_VALUE,
    has: Iterable[str] = (),
    says: Said | None = None,
) -> Expr:
    """Make an expression out of parts: it reads what they read.

    Raises
    ------
    TrinoError
        The text has grown beyond all use: parts that are repeated in it multiply.
    """
    if len(sql) > MAX_TEXT:
        raise TrinoError("QUERY_TEXT_TOO_LARGE", "Compiled expression is too large")
    return Expr(
        sql,
        kind,
        value,
        fields=frozenset().union(*(part.fields for part in parts)),
        ungrouped=tuple(one for part in parts for one in part.ungrouped),
        has=frozenset(has).union(*(part.has for part in parts)),
        says=says,
    )
