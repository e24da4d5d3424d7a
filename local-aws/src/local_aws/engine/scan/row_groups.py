"""Which row groups of a Parquet file a query skips by their bounds, and what the others cost.

DuckDB compares a column's bounds with constants before it reads a row group. The same comparison is
made here from the footer, so that only what is read is counted as scanned.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb
import sqlglot
from sqlglot import exp

from local_aws.engine.scan.footers import ColumnChunk, Footer

_TESTS: dict[type, Callable[[ColumnChunk, Any], bool]] = {
    exp.EQ: lambda chunk, value: bool(chunk.low <= value <= chunk.high),
    exp.LT: lambda chunk, value: bool(chunk.low < value),
    exp.LTE: lambda chunk, value: bool(chunk.low <= value),
    exp.GT: lambda chunk, value: bool(chunk.high > value),
    exp.GTE: lambda chunk, value: bool(chunk.high >= value),
}
_SWAPPED: dict[type, type] = {
    exp.EQ: exp.EQ,
    exp.LT: exp.GT,
    exp.GT: exp.LT,
    exp.LTE: exp.GTE,
    exp.GTE: exp.LTE,
}


# from a column's name to its chunk in one row group, None where bounds say nothing about it
Chunks = Callable[[str], ColumnChunk | None]
# whether a row group may hold a row that matters
Keeps = Callable[[Chunks], bool]


def compile_conditions(
    conditions: Sequence[str], connection: duckdb.DuckDBPyConnection
) -> list[Keeps]:
    """Return what a scan's conditions say about row groups by the bounds of their columns.

    Comparisons of a bare column with constants, BETWEEN, IN, AND and OR say something; whatever
    else a condition holds keeps every row group.

    Parameters
    ----------
    conditions
        DuckDB SQL, each true for every row that can matter.
    connection
        Where constants are evaluated.
    """
    trees = [sqlglot.parse_one(condition, read="duckdb") for condition in conditions]
    return [_keeps(tree, connection) for tree in trees]


def bytes_read(
    footer: Footer, columns: Collection[str], keeps: Sequence[Keeps], bounded: Collection[str]
) -> int | None:
    """Return the stored bytes of the columns in the row groups that are not skipped.

    None where all are skipped: the file then need not be opened.

    Parameters
    ----------
    footer
        The file's footer.
    columns
        The columns that are read, in lower case.
    keeps
        What the conditions say about row groups.
    bounded
        The columns whose bounds in the file are those of the values that the query compares.
    """
    sizes = []
    for group in range(len(footer.rows)):

        def chunk(name: str, group: int = group) -> ColumnChunk | None:
            found = footer.chunks(name) if name in bounded else []
            return found[group] if found else None

        if all(keep(chunk) for keep in keeps):
            chunks = [found for name in columns if (found := footer.chunks(name))]
            sizes.append(sum(found[group].size for found in chunks))
    return sum(sizes) if sizes else None


def _keeps(node: exp.Expr, connection: duckdb.DuckDBPyConnection) -> Keeps:
    while isinstance(node, exp.Paren):
        node = node.this
    if isinstance(node, exp.And | exp.Or):
        left, right = _keeps(node.this, connection), _keeps(node.expression, connection)
        if isinstance(node, exp.And):
            return lambda chunks: left(chunks) and right(chunks)
        return lambda chunks: left(chunks) or right(chunks)
    return _leaf(node, connection)


def _leaf(node: exp.Expr, connection: duckdb.DuckDBPyConnection) -> Keeps:
    if isinstance(node, exp.Between):
        low = _compared(node.this, exp.GTE, [node.args["low"]], connection)
        high = _compared(node.this, exp.LTE, [node.args["high"]], connection)
        return lambda chunks: low(chunks) and high(chunks)
    if isinstance(node, exp.In) and not node.args.get("query"):
        return _compared(node.this, exp.EQ, node.expressions, connection)
    if type(node) not in _TESTS:
        return _keeps_all
    if _column(node.this) is None:
        swapped = _SWAPPED[type(node)]
        return _compared(node.expression, swapped, [node.this], connection)
    return _compared(node.this, type(node), [node.expression], connection)


def _keeps_all(_chunks: Chunks) -> bool:
    return True


def _compared(
    side: exp.Expr, test: type, constants: Sequence[exp.Expr], connection: duckdb.DuckDBPyConnection
) -> Keeps:
    column = _column(side)
    if column is None or any(each.find(exp.Column, exp.Query) for each in constants):
        return _keeps_all
    sql = ", ".join(each.sql("duckdb") for each in constants)
    try:
        values = connection.execute(f"SELECT {sql}").fetchall()[0]
    except duckdb.Error:
        return _keeps_all  # the query itself will say what is wrong with its constant
    return _Comparison(column, _TESTS[test], values)


@dataclass(frozen=True)
class _Comparison:
    """A column compared with constants, of which one must hold."""

    column: str
    test: Callable[[ColumnChunk, Any], bool]
    values: tuple[Any, ...]

    def __call__(self, chunks: Chunks) -> bool:
        chunk = chunks(self.column)
        if chunk is None or chunk.low is None or chunk.high is None:
            return True
        if any(type(value) is not type(chunk.low) for value in self.values):
            return True
        return any(self.test(chunk, value) for value in self.values)


def _column(node: exp.Expr) -> str | None:
    while isinstance(node, exp.Paren):
        node = node.this
    return node.name.lower() if isinstance(node, exp.Column) and not node.table else None
