"""Tables of WITH: their columns' names, who reads them, and recursion written out."""

from __future__ import annotations

import dataclasses
import itertools
from collections import Counter
from collections.abc import Sequence

from local_aws.trino.analysis.scope import Column
from local_aws.trino.emit.coercion import common_type
from local_aws.trino.emit.expr import Expr
from local_aws.trino.emit.quoting import quote_text
from local_aws.trino.errors import TrinoError, raise_in_sql
from local_aws.trino.syntax import nodes as n
from local_aws.trino.syntax.walk import nodes_of

_RECURSIONS = 10  # of max_recursion_depth, which Athena does not let a session change


def renamed(table: n.CommonTable, columns: list[Column]) -> list[Column]:
    """Give a table's columns the names that WITH gives them."""
    if not table.columns:
        return columns
    if len(table.columns) != len(columns):
        message = (
            f"Column alias list has {len(table.columns)} entries but relation has "
            f"{len(columns)} columns"
        )
        raise TrinoError("MISMATCHED_COLUMN_ALIASES", message, *table.columns_at)
    return [
        dataclasses.replace(c, name=name) for c, name in zip(columns, table.columns, strict=True)
    ]


def check_step(columns: Sequence[Column], step: Sequence[Column], at: n.At) -> None:
    """Fail where the rows of a recursion's step do not fit those that it begins with."""
    if len(step) != len(columns):
        message = "base and step relations of recursion have different number of fields: "
        raise TrinoError("TYPE_MISMATCH", f"{message}{len(columns)}, {len(step)}", *at)
    for i, (a, b) in enumerate(zip(columns, step, strict=True), 1):
        if common_type([Expr("", a.type), Expr("", b.type)]) != a.type:
            message = (
                f"recursion step relation output type ({b.type}) is not coercible to recursion "
            )
            message += f"base relation output type ({a.type}) at column {i}"
            raise TrinoError("TYPE_MISMATCH", message, *at)


def unrolled(name: str, names: str, anchor: str, step: tuple[str, str]) -> str:
    """Text of a recursion as Trino runs it: so many steps, and an error where one more has rows.

    The step is a name that it reads the rows before it by, and its text: in each table that is a
    step the name is another table.
    """
    before, step_sql = step
    tables = [f"{name}_{i}" for i in range(_RECURSIONS + 2)]
    parts = [f"{tables[0]}({names}) AS MATERIALIZED ({anchor})"]
    for earlier, later in itertools.pairwise(tables):
        bound = f"WITH {before} AS (SELECT {names} FROM {earlier})"
        parts.append(f"{later}({names}) AS MATERIALIZED ({bound} ({step_sql}))")
    message = f"Recursion depth limit exceeded ({_RECURSIONS}). Use 'max_recursion_depth' "
    message += "session property to modify the limit."
    wrong = raise_in_sql("NOT_SUPPORTED", quote_text(message))
    *kept, last = tables
    rows = " UNION ALL ".join(f"SELECT {names} FROM {table}" for table in kept)
    ended = f"(SELECT CASE WHEN count(*) > 0 THEN {wrong} END FROM {last}) IS NULL"
    return f"WITH {', '.join(parts)} {rows} UNION ALL SELECT {names} FROM {last} WHERE {ended}"


def bare_reads(node: object) -> Counter[str]:
    """How often a table of each bare name stands in a tree."""
    return Counter(
        one.parts[0] for one in nodes_of(node) if isinstance(one, n.Table) and len(one.parts) == 1
    )


def first_read(node: object, name: str) -> n.Table | None:
    """Where a table of this bare name first stands in a tree."""
    tables = (one for one in nodes_of(node) if isinstance(one, n.Table))
    return next((table for table in tables if table.parts == (name,)), None)
