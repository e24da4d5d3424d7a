"""Which buckets of a table a query reads: those that its conditions leave."""

from collections.abc import Sequence
from itertools import product
from typing import Final

import duckdb

from local_aws.engine.bucketing import (
    HASHED,
    bucket_of,
    bucket_of_file,
    bucket_sql,
    buckets_of,
)
from local_aws.engine.catalog import Table
from local_aws.engine.scan.conditions import conjuncts, fixed_to
from local_aws.engine.scan.sql import identifier
from local_aws.objects import StoredObject
from local_aws.trino.conditions import Condition
from local_aws.trino.schema import TableSchema
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType

_MOST: Final = 1000


def kept_buckets(
    table: Table,
    schema: TableSchema,
    conditions: Sequence[Condition],
    connection: duckdb.DuckDBPyConnection,
) -> set[int] | None:
    """Return the buckets that can hold a row that matters, None where all can.

    Only conditions that fix every bucketing column, by ``=`` or IN with constants, leave few.

    Parameters
    ----------
    table, schema
        The table as Glue and as the compiler has it.
    conditions
        What is true of every row that can matter.
    connection
        Where constants are evaluated.
    """
    buckets = buckets_of(table)
    kinds = dict(schema.columns)
    if buckets is None or any(kinds[name].name not in HASHED for name in buckets.columns):
        return None
    parts = list(conjuncts(conditions))
    choices = []
    for name in buckets.columns:
        found = next((values for part in parts if (values := fixed_to(part, name))), None)
        if found is None:
            return None
        choices.append([each for constant in found for each in _equal(constant, kinds[name])])
    rows = list(product(*choices))
    if len(rows) > _MOST:
        return None
    names = ", ".join(map(identifier, buckets.columns))
    constants = ", ".join(f"({', '.join(row)})" for row in rows)
    shown = bucket_sql(buckets, kinds) if buckets.hashed_by == "hive 1" else names
    try:
        sql = f"SELECT {shown} FROM (VALUES {constants}) AS v({names})"
        fixed = connection.execute(sql).fetchall()
        if buckets.hashed_by == "hive 1":
            return {int(number) for (number,) in fixed}
        hashed = [kinds[name] for name in buckets.columns]
        return {bucket_of(buckets, row, hashed) for row in fixed}
    except duckdb.Error:
        return None  # the query itself will say what is wrong with its constant


def _equal(constant: str, kind: TrinoType) -> list[str]:
    """Return the values that equal a constant and may have a hash of their own."""
    value = f"CAST({constant} AS {to_duckdb(kind)})"
    if kind.name not in ("real", "double"):
        return [value]
    return [value, f"CASE WHEN {value} = 0 THEN -{value} ELSE {value} END"]  # 0.0 and -0.0


def files_of(table: Table, kept: set[int], files: Sequence[StoredObject]) -> list[StoredObject]:
    """Return the files of a folder, in the order of their keys, that can hold some buckets.

    A file's name tells its bucket; where some name tells none and there is a file a bucket, their
    order does, as in Trino's reader of Hive's tables. Else every file whose name tells none stays.
    """
    told = [bucket_of_file(file.key) for file in files]
    buckets = buckets_of(table)
    if None in told and buckets and buckets.hashed_by != "spark" and len(files) == buckets.count:
        told = list(range(len(files)))
    return [file for file, bucket in zip(files, told, strict=True) if bucket in (*kept, None)]
