"""A scan's relation: one view over the files of the partitions that matter."""

import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote

from local_aws.engine.catalog import PARTITIONS, Table, get_table
from local_aws.engine.context import Context, QueryError
from local_aws.engine.scan import (
    avro,
    information_schema,
    json_text,
    orc,
    parquet,
    partition_rows,
    quoted,
    regex_text,
    repair,
    text,
)
from local_aws.engine.scan.buckets import files_of, kept_buckets
from local_aws.engine.scan.files import files_by_location
from local_aws.engine.scan.footers import Footer, read_copy, read_footer
from local_aws.engine.scan.lines import lines_sql, readable
from local_aws.engine.scan.parquet import Column
from local_aws.engine.scan.partitions import NULL_VALUE, Partition, kept_partitions
from local_aws.engine.scan.row_groups import Keeps, bytes_read, compile_conditions
from local_aws.engine.scan.serde import Format, format_of
from local_aws.engine.scan.sql import identifier, literal
from local_aws.objects import StoredObject
from local_aws.trino.emit.casts import zoned
from local_aws.trino.information_schema import INFORMATION_SCHEMA
from local_aws.trino.schema import Scan
from local_aws.trino.types import to_duckdb

_FILE = "__file"
_UNION_AT_MOST = 64
_UNBOUNDED = ("array", "map", "row", "char", "varbinary")
_NATIVE_KEYS = ("tinyint", "smallint", "integer", "bigint", "varchar", "date")


class _Read(Protocol):
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


def open_scans(context: Context, scans: Sequence[Scan]) -> None:
    """Make every scan of a compiled query a view on the query's connection.

    What the views will read is counted as scanned before anything is read.

    Raises
    ------
    QueryError
        Where a table cannot be read as the catalog describes it.
    QueryCancelledError
        Where it would be more than the workgroup lets a query scan.
    """
    for scan in scans:
        view = identifier(scan.relation)
        context.connection.execute(
            f"CREATE OR REPLACE TEMP VIEW {view} AS {_scan_sql(context, scan)}"
        )


def _scan_sql(context: Context, scan: Scan) -> str:
    if scan.table.database == INFORMATION_SCHEMA:
        return information_schema.rows_sql(scan)
    if scan.table.name.endswith(PARTITIONS):
        return partition_rows.rows_sql(scan)
    table = get_table(scan.table.database, scan.table.name)
    if table is None:
        name = f"{scan.table.database}.{scan.table.name}"
        raise QueryError(f"TABLE_NOT_FOUND: Table 'awsdatacatalog.{name}' does not exist")
    columns = [Column(*each) for each in scan.table.columns if each[0] in scan.columns]
    keys = [column for column in columns if column.name in scan.table.partition_columns]
    plain = [column for column in columns if column not in keys]
    hidden = [Column(*each) for each in scan.table.hidden_columns if each[0] in scan.columns]
    kept = kept_partitions(table, scan.table, scan.partition_filter, context.connection)
    listed = files_by_location({each.location for each in kept})
    buckets = kept_buckets(table, scan.table, scan.conditions, context.connection)
    if buckets is not None:
        listed = {place: files_of(table, buckets, files) for place, files in listed.items()}
    units = [Unit(each, listed[each.location]) for each in kept if listed[each.location]]
    keeps = compile_conditions(scan.conditions, context.connection)
    reader = _Reader(context, table, scan.table.partition_columns, plain, keys, hidden, keeps)
    branches = reader.branches(units)
    if not branches:
        nothing = [
            f"CAST(NULL AS {to_duckdb(each.type)}) AS {identifier(each.name)}"
            for each in (*columns, *hidden)
        ]
        return f"SELECT {', '.join(nothing) or '1 AS one'} WHERE false"
    return " UNION ALL ".join(branches)


@dataclass(frozen=True)
class _Reader:
    """Builds the SELECTs of one scan.

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

    def branches(self, units: Sequence[Unit]) -> list[str]:
        """Return the SELECTs whose union is the scan."""
        by_format: dict[tuple[str, tuple[tuple[str, str], ...]], tuple[Format, list[Unit]]] = {}
        for unit in units:
            found = format_of(unit.partition.storage, self.table.parameters)
            key = (found.name, tuple(sorted(found.properties.items())))
            by_format.setdefault(key, (found, []))[1].append(unit)
        branches = []
        for found, members in by_format.values():
            read = {"parquet": self._parquet, "orc": self._copied, "avro": self._copied}
            branches += read.get(found.name, self._text)(found, members)
        return branches

    def _parquet(self, file_format: Format, units: Sequence[Unit]) -> list[str]:
        groups: dict[object, list[Member]] = {}
        footers: dict[object, Footer] = {}
        for unit in units:
            for file in unit.files:
                footer, path = self._named(read_footer(file), file_format), file.path
                if not self._counted(footer):
                    continue
                if self.context.repairs_texts:
                    path = repair.copy(self.context, file, footer, self.names)
                    footer = footer.spelled_as(read_copy(path))
                footers.setdefault(footer.signature, footer)
                member = Member(unit.partition, file, str(path))
                groups.setdefault(footer.signature, []).append(member)
        branches = []
        for signature, members in groups.items():
            footer = footers[signature]
            columns = parquet.column_expressions(self.plain, footer, members[0].file)
            if self._native(members, footer.columns):
                kinds = ", ".join(
                    f"{literal(key.name)}: {to_duckdb(key.type)}" for key in self.keys
                )
                reader = _read_parquet(
                    [member.path for member in members],
                    f", hive_partitioning=true, hive_types_autocast=false, hive_types={{{kinds}}}",
                )
                columns.update({key.name: identifier(key.name) for key in self.keys})
                branches.append(self._select(columns, reader))
            else:
                branches += self._with_keys(columns, members, _read_parquet)
        return branches

    def _copied(self, file_format: Format, units: Sequence[Unit]) -> list[str]:
        """Read files of a format that DuckDB lacks, through copies that are Parquet files."""
        groups: dict[object, tuple[Footer, list[Member]]] = {}
        for unit in units:
            for file in unit.files:
                path = self._copy(file, file_format)
                footer = read_copy(path)
                member = Member(unit.partition, file, str(path))
                groups.setdefault(footer.signature, (footer, []))[1].append(member)
        branches = []
        for footer, members in groups.values():
            first = members[0].file
            columns = parquet.column_expressions(self.plain, footer, first, file_format.name)
            branches += self._with_keys(columns, members, _read_parquet)
        return branches

    def _copy(self, file: StoredObject, file_format: Format) -> Path:
        if file_format.name == "avro":
            kinds = {column.name: column.type for column in self.plain}
            return avro.as_parquet(self.context, file, kinds, file_format)
        names = [str(each["Name"]).lower() for each in self.table.columns]
        places = {name: names.index(name) for name in self.names}
        return orc.as_parquet(self.context, file, places, file_format)

    def _named(self, footer: Footer, file_format: Format) -> Footer:
        """Return a footer with the table's names, where columns are found by place."""
        if file_format.says("parquet.column.index.access"):
            return footer.by_place([str(each["Name"]).lower() for each in self.table.columns])
        return footer

    def _counted(self, footer: Footer) -> bool:
        """Count what reading a Parquet file costs, its footer apart; whether it is read at all."""
        size = bytes_read(footer, self.names, self.keeps, self.bounded)
        if size is not None:
            self.context.add_scanned(size)
        return size is not None

    def _native(
        self,
        members: Sequence[Member],
        file_columns: Collection[str],
    ) -> bool:
        """Whether DuckDB can take the keys from the folders' names itself."""
        if not self.keys or self.hidden or len({each.partition.values for each in members}) == 1:
            return False
        names = {key.name for key in self.keys}
        if any(key.type.name not in _NATIVE_KEYS or key.type.args for key in self.keys) or any(
            name in file_columns for name in self.key_names
        ):
            return False
        folders: set[tuple[str, ...]] = set()
        for member in members:
            pairs = [part.split("=", 1) for part in member.path.split("/")[:-1] if "=" in part]
            found = [name for name, _ in pairs]
            by_name = {name: unquote(value) for name, value in pairs}
            wanted = dict(zip(self.key_names, member.partition.values, strict=True))
            folders.add(tuple(found))
            if any(
                found.count(name) != 1 or not _same(by_name[name], wanted[name]) for name in names
            ):
                return False
        return len(folders) == 1

    def _text(self, file_format: Format, units: Sequence[Unit]) -> list[str]:
        self.context.add_scanned(sum(file.size for unit in units for file in unit.files))
        members = [
            Member(unit.partition, file, str(readable(self.context, file)))
            for unit in units
            for file in unit.files
        ]
        line, columns = self._of_line(file_format)

        def read(paths: Sequence[str], options: str = "") -> str:
            lines = lines_sql(paths, file_format.header_lines, options)
            name = f", {_FILE}" if options else ""
            return f"(SELECT {line}{name} FROM {lines})"

        return self._with_keys(columns, members, read)

    def _of_line(self, file_format: Format) -> tuple[str, dict[str, str]]:
        """Return the expression of what a line is parsed to, and those of columns over it."""
        names = [str(each["Name"]).lower() for each in self.table.columns]
        places = [(column, names.index(column.name)) for column in self.plain]
        if file_format.name == "delimited":
            return f"{text.fields(file_format)} AS fields", {
                column.name: text.value(place, column.type, file_format, len(names))
                for column, place in places
            }
        if file_format.name == "quoted csv":
            return f"{quoted.fields(file_format)} AS fields", {
                column.name: quoted.value(place, column.type) for column, place in places
            }
        if file_format.name == "regex":
            return f"{regex_text.fields(file_format)} AS fields", {
                column.name: regex_text.value(place, column.type) for column, place in places
            }
        return f"{json_text.record(file_format)} AS record", {
            column.name: json_text.column_value(column.name, place, column.type, file_format)
            for column, place in places
        }

    def _with_keys(
        self,
        columns: dict[str, str],
        members: Sequence[Member],
        read: _Read,
    ) -> list[str]:
        """Read files with what is the same in all rows of a file beside the files' own columns."""
        added = [*self.keys, *self.hidden]
        by_constants: dict[tuple[str, ...], list[str]] = {}
        for member in members:
            values = tuple(self._constants(member.partition, member.file).values())
            by_constants.setdefault(values, []).append(member.path)
        if len(by_constants) <= _UNION_AT_MOST:
            return [
                self._select(
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
            f"{read([member.path for member in members], f', filename={literal(_FILE)}')} AS r "
            f"JOIN (VALUES {rows}) AS m(__path, {names}) ON r.{_FILE} = m.__path"
        )
        joined = {each.name: f"m.{identifier(f'__{each.name}')}" for each in added}
        return [self._select({**columns, **joined}, source)]

    def _constants(self, partition: Partition, file: StoredObject) -> dict[str, str]:
        """Return the keys' and hidden columns' values, the same in all rows of a file."""
        values = dict(zip(self.key_names, partition.values, strict=True))
        keys = {
            key.name: f"CAST({_literal_or_null(values[key.name])} AS {to_duckdb(key.type)})"
            for key in self.keys
        }
        return keys | {each.name: _OF_FILE[each.name](file) for each in self.hidden}

    def _select(self, columns: dict[str, str], source: str) -> str:
        ordered = [*self.plain, *self.keys, *self.hidden]
        items = [f"{columns[each.name]} AS {identifier(each.name)}" for each in ordered]
        return f"SELECT {', '.join(items) or '1 AS one'} FROM {source}"


def _modified(file: StoredObject) -> str:
    return zoned(f"CAST({literal(file.modified.removesuffix('Z'))} AS TIMESTAMP)", "'UTC'")


_OF_FILE: dict[str, Callable[[StoredObject], str]] = {
    "$path": lambda file: literal(file.uri),
    "$file_size": lambda file: f"CAST({file.size} AS BIGINT)",
    "$file_modified_time": _modified,
}


def _read_parquet(paths: Sequence[str], options: str = "") -> str:
    hive = "" if "hive_partitioning" in options else ", hive_partitioning=false"
    return f"read_parquet([{', '.join(literal(path) for path in paths)}]{hive}{options})"


def _literal_or_null(value: str) -> str:
    return "NULL" if value == NULL_VALUE else literal(value)


def _same(folder: str, value: str) -> bool:
    if NULL_VALUE in (folder, value):
        return False
    if folder == value:
        return True
    return re.fullmatch(r"\d+", folder + value) is not None and int(folder) == int(value)
