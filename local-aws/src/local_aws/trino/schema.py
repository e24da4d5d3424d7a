"""What the compiler reads from the catalog, and what it hands back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, runtime_checkable

from local_aws.trino.conditions import Condition
from local_aws.trino.types import TrinoType


@dataclass(frozen=True)
class TableSchema:
    """A base table: its database, name, columns in order, and which of them partition it.

    `hidden_columns` are no part of ``*``: only their names reach them.
    """

    database: str
    name: str
    columns: tuple[tuple[str, TrinoType], ...]
    partition_columns: tuple[str, ...] = ()
    hidden_columns: tuple[tuple[str, TrinoType], ...] = ()


@dataclass(frozen=True)
class ViewSchema:
    """A view: its Trino text, the database its names are read in, and its declared columns."""

    database: str
    name: str
    sql: str
    columns: tuple[tuple[str, TrinoType], ...] = ()


class Catalog(Protocol):
    """Where names of tables are looked up; names arrive in lower case."""

    def table(self, database: str, name: str) -> TableSchema | ViewSchema | None:
        """Table or view of a name, or None."""

    def database_exists(self, name: str) -> bool:
        """Whether there is a database of this name."""


@dataclass(frozen=True)
class Version:
    """Which state of a table: of a moment, or of a version by its number or name.

    Attributes
    ----------
    kind
        ``TIMESTAMP`` or ``VERSION``.
    sql, type
        DuckDB text of the constant, and its type.
    at
        Where the statement asks for it.
    now
        The time of the statement.
    """

    kind: str
    sql: str
    type: TrinoType
    at: tuple[int, int]
    now: datetime


@runtime_checkable
class VersionedCatalog(Catalog, Protocol):
    """A catalog with tables that know their former states."""

    def table_as_of(self, database: str, name: str, version: Version) -> TableSchema | None:
        """Table as it was; None where there is no table with versions of this name."""


@dataclass
class Scan:
    """One reference to a base table, which the caller puts into DuckDB as `relation`.

    Attributes
    ----------
    relation
        The name in the compiled SQL (``scan_0``); the relation must have exactly `columns`, named
        in lower case and typed as `to_duckdb` says. Where no column is used (``count(*)``) it may
        have any one column.
    table
        The table.
    columns
        The columns that the query uses, hidden ones among them.
    partition_filter
        DuckDB SQL over the partition columns only, true for every partition that can matter; None
        where all can.
    partition_conditions
        What `partition_filter` says of partition columns and constants.
    conditions
        What is true of columns and constants in every row that can matter: what row groups are
        skipped by. The compiled SQL tests them all the same.
    """

    relation: str
    table: TableSchema
    columns: set[str] = field(default_factory=set)
    partition_filter: str | None = None
    partition_conditions: list[Condition] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)


@dataclass(frozen=True)
class CompiledQuery:
    """DuckDB text, the columns as Athena reports them, and the tables that are read."""

    sql: str
    columns: tuple[tuple[str, TrinoType], ...]
    scans: tuple[Scan, ...]
