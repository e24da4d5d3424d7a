"""Which row groups of a Parquet file a query skips by their bounds, and what the others cost.

DuckDB compares a column's bounds with constants before it reads a row group. The same comparison is
made here from the footer, so that only what is read is counted as scanned.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from local_aws.engine.scan.footers import ColumnChunk, Footer
from local_aws.trino.conditions import Comparison, Condition

_TESTS: dict[str, Callable[[ColumnChunk, Any], bool]] = {
    "=": lambda chunk, value: bool(chunk.low <= value <= chunk.high),
    "<": lambda chunk, value: bool(chunk.low < value),
    "<=": lambda chunk, value: bool(chunk.low <= value),
    ">": lambda chunk, value: bool(chunk.high > value),
    ">=": lambda chunk, value: bool(chunk.high >= value),
}

# from a column's name to its chunk in one row group, None where bounds say nothing about it
Chunks = Callable[[str], ColumnChunk | None]
# whether a row group may hold a row that matters
Keeps = Callable[[Chunks], bool]


def compile_conditions(
    conditions: Sequence[Condition], connection: duckdb.DuckDBPyConnection
) -> list[Keeps]:
    """Return what a scan's conditions say about row groups by the bounds of their columns.

    Parameters
    ----------
    conditions
        What is true of every row that can matter.
    connection
        Where constants are evaluated.
    """
    return [_keeps(condition, connection) for condition in conditions]


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


def _keeps(condition: Condition, connection: duckdb.DuckDBPyConnection) -> Keeps:
    if isinstance(condition, Comparison):
        return _compared(condition, connection)
    parts = [_keeps(part, connection) for part in condition.parts]
    if condition.every:
        return lambda chunks: all(part(chunks) for part in parts)
    return lambda chunks: any(part(chunks) for part in parts)


def _keeps_all(_chunks: Chunks) -> bool:
    return True


def _compared(comparison: Comparison[str], connection: duckdb.DuckDBPyConnection) -> Keeps:
    try:
        values = connection.execute(f"SELECT {', '.join(comparison.constants)}").fetchall()[0]
    except duckdb.Error:
        return _keeps_all  # the query itself will say what is wrong with its constant
    return _Bounded(comparison.column.lower(), _TESTS[comparison.op], values)


@dataclass(frozen=True)
class _Bounded:
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
