"""Which buckets of a table a query reads: those that its conditions leave."""

from collections.abc import Sequence
from itertools import product
from typing import Final

import duckdb
import sqlglot
from sqlglot import exp

from local_aws.engine.bucketing import HASHED, bucket_of_file, bucket_sql, buckets_of
from local_aws.engine.catalog import Table
from local_aws.engine.scan.sql import identifier
from local_aws.objects import StoredObject
from local_aws.trino.schema import TableSchema
from local_aws.trino.types import to_duckdb

_MOST: Final = 1000


def kept_buckets(
    table: Table,
    schema: TableSchema,
    conditions: Sequence[str],
    connection: duckdb.DuckDBPyConnection,
) -> set[int] | None:
    """Return the buckets that can hold a row that matters, None where all can.

    Only conditions that fix every bucketing column, by ``=`` or IN with constants, leave few.

    Parameters
    ----------
    table, schema
        The table as Glue and as the compiler has it.
    conditions
        DuckDB SQL, each true for every row that can matter.
    connection
        Where constants are evaluated.
    """
    buckets = buckets_of(table)
    kinds = dict(schema.columns)
    if buckets is None or any(kinds[name].name not in HASHED for name in buckets.columns):
        return None
    trees = [sqlglot.parse_one(condition, read="duckdb") for condition in conditions]
    parts = [part for tree in trees for part in _conjuncts(tree)]
    choices = []
    for name in buckets.columns:
        found = next((values for part in parts if (values := _fixed(part, name))), None)
        if found is None:
            return None
        kind = to_duckdb(kinds[name])
        choices.append([f"CAST({constant} AS {kind})" for constant in found])
    rows = list(product(*choices))
    if len(rows) > _MOST:
        return None
    names = ", ".join(map(identifier, buckets.columns))
    constants = ", ".join(f"({', '.join(row)})" for row in rows)
    sql = f"SELECT {bucket_sql(buckets, kinds)} FROM (VALUES {constants}) AS v({names})"
    try:
        return {int(number) for (number,) in connection.execute(sql).fetchall()}
    except duckdb.Error:
        return None  # the query itself will say what is wrong with its constant


def files_of(table: Table, kept: set[int], files: Sequence[StoredObject]) -> list[StoredObject]:
    """Return the files of a folder, in the order of their keys, that can hold some buckets.

    A file's name tells its bucket; where some name tells none and there is a file a bucket, their
    order does, as in Trino's reader of Hive's tables. Else every file whose name tells none stays.
    """
    told = [bucket_of_file(file.key) for file in files]
    buckets = buckets_of(table)
    if None in told and buckets is not None and len(files) == buckets.count:
        told = list(range(len(files)))
    return [file for file, bucket in zip(files, told, strict=True) if bucket in (*kept, None)]


def _conjuncts(tree: exp.Expr) -> list[exp.Expr]:
    while isinstance(tree, exp.Paren):
        tree = tree.this
    if isinstance(tree, exp.And):
        return [*_conjuncts(tree.this), *_conjuncts(tree.expression)]
    return [tree]


def _fixed(condition: exp.Expr, name: str) -> list[str]:
    """Return the constants that a condition fixes a column to; none where it fixes it not."""
    if isinstance(condition, exp.EQ):
        sides = [condition.this, condition.expression]
        constants = [side for side in sides if not _is_column(side, name)]
        constants = constants if len(constants) == 1 else []
    elif isinstance(condition, exp.In) and _is_column(condition.this, name):
        constants = [] if condition.args.get("query") else condition.expressions
    else:
        return []
    if any(each.find(exp.Column, exp.Query) for each in constants):
        return []
    return [each.sql("duckdb") for each in constants]


def _is_column(node: exp.Expr, name: str) -> bool:
    while isinstance(node, exp.Paren):
        node = node.this
    return isinstance(node, exp.Column) and not node.table and node.name.lower() == name
