"""Which partitions a scan reads: those that Glue holds or that properties project, filtered."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from local_aws.engine.catalog import Table
from local_aws.engine.context import QueryError
from local_aws.engine.scan.projection import is_projected, projected_partitions
from local_aws.engine.scan.sql import identifier
from local_aws.trino.schema import TableSchema
from local_aws.trino.types import TrinoType, to_duckdb

NULL_VALUE = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True)
class Partition:
    """A partition: its values as text in the order of the keys, where it is, how it is stored."""

    values: tuple[str, ...]
    location: str
    storage: Mapping[str, Any]


def kept_partitions(
    table: Table,
    schema: TableSchema,
    partition_filter: str | None,
    connection: duckdb.DuckDBPyConnection,
) -> list[Partition]:
    """Return the partitions that a filter keeps; a table without partitions counts as one.

    Parameters
    ----------
    table, schema
        The table as Glue and as the compiler has it.
    partition_filter
        DuckDB SQL over the partition columns, None to keep all.
    connection
        Where the filter is evaluated.

    Raises
    ------
    QueryError
        HIVE_INVALID_PARTITION_VALUE for a value that is not of its column's type,
        HIVE_PARTITION_SCHEMA_MISMATCH, and what projection refuses.
    """
    if not schema.partition_columns:
        return [Partition((), table.location, table.storage)]
    kinds = key_types(schema)
    if is_projected(table):
        return [
            Partition(values, location, table.storage)
            for values, location in projected_partitions(table, kinds, partition_filter, connection)
        ]
    found = [_registered(table, record) for record in table.registered_partitions()]
    if partition_filter is None or not found:
        return found
    rows = _typed_rows(kinds)
    sql = f"SELECT i FROM ({rows}) WHERE {partition_filter} ORDER BY i"
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


_WIDER = ("tinyint", "smallint", "int", "bigint")


def _check_columns(table: Table, record: Mapping[str, Any], storage: Mapping[str, Any]) -> None:
    declared = {str(each["Name"]).lower(): str(each.get("Type")) for each in table.columns}
    for column in storage.get("Columns") or []:
        name, kind = str(column.get("Name")).lower(), str(column.get("Type")).lower()
        wanted = declared.get(name, kind).lower()
        if not _coerces(kind, wanted):
            keys = zip(table.partition_keys, record["Values"], strict=True)
            spec = "/".join(f"{key['Name']}={value}" for key, value in keys)
            raise QueryError(
                "HIVE_PARTITION_SCHEMA_MISMATCH: There is a mismatch between the table and "
                "partition schemas. The types are incompatible and cannot be coerced. The column "
                f"'{name}' in table '{table.database}.{table.name}' is declared as type "
                f"'{wanted}', but partition '{spec}' declared column '{name}' as type '{kind}'."
            )


def _coerces(source: str, target: str) -> bool:
    if source == target or "<" in source:
        return True
    if source in _WIDER and target in _WIDER:
        return _WIDER.index(source) <= _WIDER.index(target)
    texts = ("string", "varchar", "char")
    return (
        (source == "float" and target == "double")
        or (source.startswith("decimal") and target.startswith(("decimal", "double", "float")))
        or (source.startswith(texts) and target.startswith((*texts, *_WIDER)))
        or (source in _WIDER and target.startswith(texts))
    )
