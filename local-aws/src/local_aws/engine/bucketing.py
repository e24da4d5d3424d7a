"""Buckets of tables: the hash that chooses a row's file, and the files' names.

The hash is that of Hive's bucketing version 1, in which Athena writes.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from local_aws.engine.catalog import Table
from local_aws.engine.context import QueryError
from local_aws.engine.scan.sql import identifier
from local_aws.trino.types import TrinoType

HASHED: Final = (
    *("tinyint", "smallint", "integer", "bigint"),
    *("boolean", "date", "varchar", "char"),
)
# as Trino and Athena name files, and as Hive does
_NAMES: Final = (
    re.compile(r"\d{8}_\d{6}_\d{5}_[a-z0-9]{5}_bucket-(\d+)(?:[-_.].*)?"),
    re.compile(r"(0\d+)_\d+.*"),
)


@dataclass(frozen=True)
class Buckets:
    """The columns whose hash chooses a file, and how many files there are."""

    columns: Sequence[str]
    count: int


def buckets_of(table: Table) -> Buckets | None:
    """Return a table's buckets, None where it has none, or none of Hive's version 1."""
    found = table.storage
    names = [str(name).lower() for name in found.get("BucketColumns") or []]
    count = int(found.get("NumberOfBuckets") or 0)
    properties = table.parameters
    other = properties.get("bucketing_version", "1") != "1"
    if not names or count < 1 or other or properties.get("bucketing_format", "hive") != "hive":
        return None
    return Buckets(names, count)


def bucket_of_file(key: str) -> int | None:
    """Return the bucket that an object's name tells, None where it tells none.

    Examples
    --------
    >>> bucket_of_file("t/20261129_074927_00012_abcde_bucket-00003.gz")
    3
    >>> bucket_of_file("t/000002_0")
    2
    >>> bucket_of_file("t/part-1.parquet")
    """
    name = key.rpartition("/")[2]
    found = next((match for pattern in _NAMES if (match := pattern.fullmatch(name))), None)
    return None if found is None else int(found[1])


def bucket_sql(buckets: Buckets, kinds: Mapping[str, TrinoType]) -> str:
    """Return the expression of a row's bucket over its columns.

    Raises
    ------
    QueryError
        NOT_SUPPORTED for a column of a type that has no hash here.
    """
    combined = "0::BIGINT"
    for name in buckets.columns:
        combined = _int32(f"({combined} * 31 + {_hive_hash(name, kinds[name])})")
    return f"(({combined} & 2147483647) % {buckets.count})"


def _hive_hash(name: str, kind: TrinoType) -> str:
    """Hive's hash of a value, NULL being 0."""
    column = identifier(name)
    if kind.name in ("tinyint", "smallint", "integer"):
        return f"coalesce({column}, 0)::BIGINT"
    if kind.name == "bigint":
        folded = f"xor({column}, ({column} >> 32) & 4294967295) & 4294967295"
        return _int32(f"coalesce({folded}, 0)")
    if kind.name == "boolean":
        return f"(CASE WHEN {column} THEN 1 ELSE 0 END)::BIGINT"
    if kind.name == "date":
        return f"coalesce(datediff('day', DATE '1970-01-01', {column}), 0)::BIGINT"
    if kind.name in ("varchar", "char"):
        pairs = f"regexp_extract_all(hex(encode({column})), '..')"
        signed = "((('0x' || b)::BIGINT + 128) % 256 - 128)"
        step = "lambda h, b: (h * 31 + b) & 4294967295"
        octets = f"list_transform({pairs}, lambda b: {signed})"
        return _int32(f"coalesce(list_reduce(list_prepend(0::BIGINT, {octets}), {step}), 0)")
    raise QueryError(f"NOT_SUPPORTED: bucketed_by column {name} of type {kind}")


def _int32(expression: str) -> str:
    return f"((({expression}) + 2147483648) & 4294967295) - 2147483648"
