"""A scan of an Iceberg table: SELECTs over the files of its snapshot, deletes taken off."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from pyiceberg.manifest import DataFile, FileFormat
from pyiceberg.types import NestedField

from local_aws.engine.context import Context, QueryError
from local_aws.engine.iceberg.columns import by_field_ids
from local_aws.engine.iceberg.constants import TOLD, constant
from local_aws.engine.iceberg.copies import as_parquet
from local_aws.engine.iceberg.filters import row_filter
from local_aws.engine.iceberg.objects_of import stored
from local_aws.engine.iceberg.partition_filter import identities, kept
from local_aws.engine.iceberg.plan import Planned, plan
from local_aws.engine.iceberg.position_deletes import FIELDS
from local_aws.engine.iceberg.schema import IcebergSchema
from local_aws.engine.scan.file_facts import FILE_FACTS
from local_aws.engine.scan.folders import names_told, read_told
from local_aws.engine.scan.footers import Footer, read_copy, read_footer
from local_aws.engine.scan.parquet_columns import Column, column_expressions
from local_aws.engine.scan.parquet_files import read_parquet
from local_aws.engine.scan.row_groups import bytes_read, compile_conditions
from local_aws.engine.scan.sql import identifier, literal
from local_aws.objects import StoredObject
from local_aws.trino.schema import Scan
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType

_UNBOUNDED = ("array", "map", "row", "varbinary", "timestamp with time zone", "time")


def rows_sql(context: Context, scan: Scan, table: IcebergSchema) -> str:
    """Return the SELECT of a scan; what it reads is counted first."""
    # manifests bound the columns of the current schema, which an older snapshot may not have
    pruned = table.schema.schema_id == table.loaded.schema().schema_id
    conditions = [*scan.conditions, *scan.partition_conditions] if pruned else []
    where = row_filter(conditions, table.schema, context.connection)
    planned = kept(plan(table.loaded, table.snapshot, where), scan, table, context.connection)
    return _Reading(context, scan, table, planned).sql()


def all_rows_sql(context: Context, table: IcebergSchema, planned: Sequence[Planned]) -> str:
    """Return the SELECT of all columns of some files' rows, counted as `rows_sql` does."""
    scan = Scan("", table, columns={name for name, _ in table.columns})
    return _Reading(context, scan, table, planned).sql()


class _Reading:
    """One scan: its columns, and the objects of its files."""

    def __init__(
        self, context: Context, scan: Scan, table: IcebergSchema, planned: Sequence[Planned]
    ) -> None:
        self._context, self._table = context, table
        self._columns = [Column(*each) for each in table.columns if each[0] in scan.columns]
        self._hidden = [Column(*each) for each in table.hidden_columns if each[0] in scan.columns]
        self._keeps = compile_conditions(
            [*scan.conditions, *scan.partition_conditions], context.connection
        )
        self._bounded = {c.name for c in self._columns if c.type.name not in _UNBOUNDED}
        self._planned = planned
        files = [
            file
            for each in self._planned
            for file in (each.file, *each.positions, *each.equalities)
        ]
        self._objects = stored(file.file_path for file in files)
        self._copies: dict[str, Path] = {}
        self._counted: set[str] = set()
        self._identities = identities(table)
        self._by_signature: dict[Any, dict[str, str]] = {}

    def sql(self) -> str:
        """Return the union of what is read.

        Raises
        ------
        QueryError
            ICEBERG_BAD_DATA, which readers of files call by Hive's name.
        """
        try:
            return self._union()
        except QueryError as error:
            found = error.reason.replace("HIVE_BAD_DATA", "ICEBERG_BAD_DATA", 1)
            raise QueryError(found, error.category) from error

    def _union(self) -> str:
        plain: dict[Any, tuple[dict[str, str], dict[str, TrinoType], list[str]]] = {}
        branches = []
        for each in self._planned:
            found = self._objects[each.file.file_path]
            told = self._identities(each.file)
            read = {column.name for column in self._columns} - told.keys()
            names = read | self._compared(each)
            copy = self._copied(each.file, self._fields(names))
            footer = self._footer(each.file)
            size = bytes_read(footer, names, self._keeps, self._bounded)
            if size is None:
                continue
            if copy is None:
                self._context.add_scanned(size)
            columns = self._expressions(footer, found, told)
            path = str(copy or found.path)
            if each.positions or each.equalities or self._hidden:
                branches.append(self._alone(each, path, columns, footer))
            else:
                kinds, folders = self._in_folders(path, told)
                columns = {**columns, **{name: identifier(name) for name in kinds}}
                key = (footer.signature, tuple(columns.values()), folders)
                plain.setdefault(key, (columns, kinds, []))[2].append(path)
        branches += [
            self._select(columns, read_told(paths, kinds) if kinds else read_parquet(paths))
            for columns, kinds, paths in plain.values()
        ]
        return " UNION ALL ".join(branches) or self._nothing()

    def _fields(self, names: Collection[str]) -> Iterator[NestedField]:
        return (field for field in self._table.schema.fields if field.name.lower() in names)

    def _copied(self, file: DataFile, fields: Iterable[NestedField]) -> Path | None:
        """Return the copy of a file that DuckDB cannot read, which is made once."""
        if file.file_format == FileFormat.PARQUET:
            return None
        if file.file_path not in self._copies:
            found = self._objects[file.file_path]
            self._copies[file.file_path] = as_parquet(self._context, file, found, list(fields))
        return self._copies[file.file_path]

    def _footer(self, file: DataFile) -> Footer:
        found = self._objects[file.file_path]
        copy = self._copies.get(file.file_path)
        own = read_copy(copy) if copy else read_footer(found)
        return by_field_ids(own, self._table.schema, found)

    def _select(self, columns: dict[str, str], source: str) -> str:
        items = [
            f"{columns[each.name]} AS {identifier(each.name)}"
            for each in (*self._columns, *self._hidden)
        ]
        return f"SELECT {', '.join(items) or '1 AS one'} FROM {source}"

    def _nothing(self) -> str:
        columns = {
            each.name: f"CAST(NULL AS {to_duckdb(each.type)})"
            for each in (*self._columns, *self._hidden)
        }
        return self._select(columns, "(SELECT 1) WHERE false")

    def _expressions(
        self, footer: Footer, found: StoredObject, told: dict[str, Any]
    ) -> dict[str, str]:
        """Return each column's text: of what the partition tells, a constant where it is missing.

        Where the file has it too it is read there, unless `_in_folders` knows better: a SELECT for
        each partition costs more.
        """
        columns = self._by_signature.get(footer.signature)
        if columns is None:
            columns = column_expressions(self._columns, footer, found)
            self._by_signature[footer.signature] = columns
        missing = [name for name in told if name in columns and name not in footer.columns]
        kinds = dict(self._table.columns) if missing else {}
        constants = {
            name: constant(told[name], kinds[name]) for name in missing if kinds[name].name in TOLD
        }
        return {**columns, **constants} if constants else columns

    def _in_folders(
        self, path: str, told: dict[str, Any]
    ) -> tuple[dict[str, TrinoType], tuple[str, ...]]:
        """Return the columns that are read from the names of a file's folders, and these names.

        They are those that the partition tells: a name alone proves nothing.
        """
        kinds = {each.name: each.type for each in self._columns}
        wanted = {name: str(told[name]) for name in kinds if told.get(name) is not None}
        names = names_told(path, wanted, kinds) if wanted else None
        if names is None or not {name.lower() for name in names}.isdisjoint(kinds.keys() - wanted):
            return {}, ()
        return {name: kinds[name] for name in wanted}, names

    def _alone(self, each: Planned, path: str, columns: dict[str, str], footer: Footer) -> str:
        found = self._objects[each.file.file_path]
        facts = {name: fact(found) for name, fact in FILE_FACTS.items()}
        columns = {**columns, **facts, "$pos": "file_row_number"}
        if "$path" in columns:
            columns["$path"] = literal(each.file.file_path)
        source = (
            f"read_parquet([{literal(path)}], hive_partitioning=false, file_row_number=true) AS r"
        )
        tests = []
        if each.positions:
            tests.append(
                "file_row_number NOT IN (SELECT pos FROM "
                f"{self._deletes(each.positions, FIELDS)} WHERE file_path = "
                f"{literal(each.file.file_path)})"
            )
        tests += [self._unequal(file, footer) for file in each.equalities]
        where = f" WHERE {' AND '.join(tests)}" if tests else ""
        return self._select(columns, source + where)

    def _deletes(self, files: Sequence[DataFile], fields: Sequence[NestedField]) -> str:
        paths = []
        for file in files:
            found = self._objects[file.file_path]
            copy = self._copied(file, fields)
            if copy is None and file.file_path not in self._counted:
                self._counted.add(file.file_path)
                self._context.add_scanned(found.size)
            paths.append(str(copy or found.path))
        return read_parquet(paths)

    def _compared(self, each: Planned) -> set[str]:
        """Return the columns that a file's equality deletes compare."""
        return {
            self._table.schema.find_field(number).name.lower()
            for file in each.equalities
            for number in file.equality_ids or []
        }

    def _unequal(self, file: DataFile, footer: Footer) -> str:
        found = self._objects[file.file_path]
        fields = [self._table.schema.find_field(number) for number in file.equality_ids or []]
        deletes = self._deletes([file], fields)
        deleting = self._footer(file)
        kinds = dict(self._table.columns)
        names = sorted(field.name.lower() for field in fields)
        columns = [Column(name, kinds[name]) for name in names]
        own = column_expressions(columns, footer, found)
        theirs = column_expressions(columns, deleting, found)
        items = ", ".join(f"{theirs[name]} AS d{at}" for at, name in enumerate(names))
        same = " AND ".join(f"d.d{at} IS NOT DISTINCT FROM {own[n]}" for at, n in enumerate(names))
        gone = f"(SELECT {items} FROM {deletes}) AS d"
        return f"NOT EXISTS (SELECT 1 FROM {gone} WHERE {same})"
