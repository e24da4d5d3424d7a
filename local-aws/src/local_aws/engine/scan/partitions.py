"""Which partitions a scan reads: those that Glue holds or that properties project, filtered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from local_aws.engine.catalog import Table, column_type
from local_aws.engine.context import QueryError
from local_aws.engine.scan.projection import is_projected, projected_partitions
from local_aws.engine.scan.sql import identifier
from local_aws.trino.schema import Scan, TableSchema
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType

NULL_VALUE = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class Partition:
    """A partition: its values as text in the order of the keys, where it is, how it is stored."""

    values: tuple[str, ...]
    location: str
    storage: Mapping[str, Any]


def kept_partitions(
    table: Table, scan: Scan, connection: duckdb.DuckDBPyConnection
) -> list[Partition]:
    """Return the partitions that a scan's filter keeps; a table without any counts as one.

    Parameters
    ----------
    table, scan
        The table as Glue has it, and what the compiler asks of it.
    connection
        Where the filter is evaluated.

    Raises
    ------
    QueryError
        HIVE_INVALID_PARTITION_VALUE for a value that is not of its column's type,
        HIVE_PARTITION_SCHEMA_MISMATCH, and what projection refuses.
    """
    if not scan.table.partition_columns:
        return [Partition((), table.location, table.storage)]
    kinds = key_types(scan.table)
    if is_projected(table):
        return [
            Partition(values, location, table.storage)
            for values, location in projected_partitions(table, kinds, scan, connection)
        ]
    found = [_registered(table, record) for record in table.registered_partitions()]
    if scan.partition_filter is None or not found:
        return found
    rows = _typed_rows(kinds)
    sql = f"SELECT i FROM ({rows}) WHERE {scan.partition_filter} ORDER BY i"
    columns = [[each.values[k] for each in found] for k in range(len(kinds))]
    try:
        kept = connection.execute(sql, [list(range(len(found))), *columns]).fetchall()
    except duckdb.ConversionException as error:
        raise QueryError(f"HIVE_INVALID_PARTITION_VALUE: {str(error).splitlines()[0]}") from error
    return [found[i] for (i,) in kept]


def key_types(schema: TableSchema) -> dict[str, TrinoType]:
    """Return the types of the partition columns in their order."""
    by_name = dict(schema.columns)
    return {name: by_name[name] for name in schema.partition_columns}


def _typed_rows(kinds: Mapping[str, TrinoType]) -> str:
    columns = [
        f"CAST(nullif(unnest(${number}::VARCHAR[]), '{NULL_VALUE}') AS {to_duckdb(kind)}) "
        f"AS {identifier(name)}"
        for number, (name, kind) in enumerate(kinds.items(), start=2)
    ]
    return f"SELECT unnest($1::BIGINT[]) AS i, {', '.join(columns)}"


def _registered(table: Table, record: Mapping[str, Any]) -> Partition:
    storage = record.get("StorageDescriptor") or {}
    _check_columns(table, record, storage)
    described = storage if (storage.get("SerdeInfo") or {}).get("SerializationLibrary") else {}
    location = storage.get("Location") or ""
    return Partition(tuple(record["Values"]), location, described or table.storage)


def _check_columns(table: Table, record: Mapping[str, Any], storage: Mapping[str, Any]) -> None:
    declared = {str(each["Name"]).lower(): each for each in table.columns}
    for column in storage.get("Columns") or []:
        name = str(column.get("Name")).lower()
        kind = str(column.get("Type")).lower()
        wanted = str(declared.get(name, column).get("Type")).lower()
        if kind != wanted and not _coerces(
            column_type(table, column), column_type(table, declared[name])
        ):
            keys = zip(table.partition_keys, record["Values"], strict=True)
            spec = "/".join(f"{key['Name']}={value}" for key, value in keys)
            raise QueryError(
                "HIVE_PARTITION_SCHEMA_MISMATCH: There is a mismatch between the table and "
                "partition schemas. The types are incompatible and cannot be coerced. The column "
                f"'{name}' in table '{table.database}.{table.name}' is declared as type "
                f"'{wanted}', but partition '{spec}' declared column '{name}' as type '{kind}'."
            )


_INTEGERS = ("tinyint", "smallint", "integer", "bigint")
_TEXTS = ("varchar", "char")
_REAL = ("real", "double")


def _coerces(source: TrinoType, target: TrinoType) -> bool:
    """Whether a partition's type is read as the table's, by the rules of Trino's Hive connector.

    Fields of rows are compared place by place: they may be more or fewer at the end, but a name
    in another place is another field.
    """
    if source == target:
        return True
    if source.name == target.name == "row":
        pairs = zip(source.args, target.args, strict=False)
        return all(a == b and _coerces(one, other) for (a, one), (b, other) in pairs)
    if source.name == target.name and source.name in ("array", "map"):
        return all(map(_coerces, source.args, target.args))
    if source.name in _INTEGERS and target.name in _INTEGERS:
        return _INTEGERS.index(source.name) <= _INTEGERS.index(target.name)
    return (
        (source.name == "real" and target.name == "double")
        or (source.name == "decimal" and target.name in ("decimal", *_REAL))
        or (source.name in _TEXTS and target.name in (*_TEXTS, *_INTEGERS))
        or (source.name in _INTEGERS and target.name in _TEXTS)
    )
