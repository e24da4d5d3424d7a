"""What a scan reads, and the SELECTs over its files: the same for all formats."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from local_aws.engine.catalog import Table
from local_aws.engine.context import Context
from local_aws.engine.scan.file_facts import FILE_FACTS
from local_aws.engine.scan.parquet_columns import Column
from local_aws.engine.scan.partitions import NULL_VALUE, Partition
from local_aws.engine.scan.row_groups import Keeps
from local_aws.engine.scan.sql import identifier, literal
from local_aws.objects import StoredObject
from local_aws.trino.type_storage import to_duckdb

FILE = "__file"  # the column of a row's file, where a reader is told to offer it
_UNION_AT_MOST = 64
_UNBOUNDED = ("array", "map", "row", "char", "varbinary")


class Read(Protocol):
    """A reader of files of one format."""

    def __call__(self, paths: Sequence[str], options: str = "") -> str:
        """Return a source over files, with further options for the reader."""


@dataclass(frozen=True)
class Unit:
    """The files of one partition."""

    partition: Partition
    files: Sequence[StoredObject]


@dataclass(frozen=True)
class Member:
    """A file of a partition, and where DuckDB finds what is in it."""

    partition: Partition
    file: StoredObject
    path: str


@dataclass(frozen=True)
class Reading:
    """What one scan reads of a table, and how its columns become SELECTs.

    Plain columns are from inside the files, keys from the partitions, hidden ones tell of the file.
    """

    context: Context
    table: Table
    key_names: Sequence[str]
    plain: Sequence[Column]
    keys: Sequence[Column]
    hidden: Sequence[Column]
    keeps: Sequence[Keeps]

    @cached_property
    def names(self) -> list[str]:
        """The columns inside the files."""
        return [column.name for column in self.plain]

    @cached_property
    def bounded(self) -> set[str]:
        """Those whose conversions all keep the order of values, so that bounds stay bounds."""
        return {column.name for column in self.plain if column.type.name not in _UNBOUNDED}

    @cached_property
    def declared(self) -> list[str]:
        """All columns of the table that are inside the files, in their places."""
        return [str(each["Name"]).lower() for each in self.table.columns]

    def select(self, columns: dict[str, str], source: str) -> str:
        """Select the scan's columns, given as expressions over a source."""
        ordered = [*self.plain, *self.keys, *self.hidden]
        items = [f"{columns[each.name]} AS {identifier(each.name)}" for each in ordered]
        return f"SELECT {', '.join(items) or '1 AS one'} FROM {source}"

    def select_with_keys(
        self, columns: dict[str, str], members: Sequence[Member], read: Read
    ) -> list[str]:
        """Select files' own columns with what is the same in all rows of a file beside them."""
        added = [*self.keys, *self.hidden]
        by_constants: dict[tuple[str, ...], list[str]] = {}
        for member in members:
            values = tuple(self._constants(member.partition, member.file).values())
            by_constants.setdefault(values, []).append(member.path)
        if len(by_constants) <= _UNION_AT_MOST:
            return [
                self.select(
                    {**columns, **dict(zip([each.name for each in added], values, strict=True))},
                    read(paths),
                )
                for values, paths in by_constants.items()
            ]
        rows = ", ".join(
            f"({literal(path)}, {', '.join(values)})"
            for values, paths in by_constants.items()
            for path in paths
        )
        names = ", ".join(identifier(f"__{each.name}") for each in added)
        source = (
            f"{read([member.path for member in members], f', filename={literal(FILE)}')} AS r "
            f"JOIN (VALUES {rows}) AS m(__path, {names}) ON r.{FILE} = m.__path"
        )
        joined = {each.name: f"m.{identifier(f'__{each.name}')}" for each in added}
        return [self.select({**columns, **joined}, source)]

    def _constants(self, partition: Partition, file: StoredObject) -> dict[str, str]:
        """Return the keys' and hidden columns' values, the same in all rows of a file."""
        values = dict(zip(self.key_names, partition.values, strict=True))
        keys = {
            key.name: f"CAST({_literal_or_null(values[key.name])} AS {to_duckdb(key.type)})"
            for key in self.keys
        }
        return keys | {each.name: FILE_FACTS[each.name](file) for each in self.hidden}


def _literal_or_null(value: str) -> str:
    return "NULL" if value == NULL_VALUE else literal(value)
