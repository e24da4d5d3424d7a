"""Buckets of tables: the hash that chooses a row's file, and the files' names.

Athena writes by Hive's bucketing version 1; it reads what Hive wrote by version 2 and what Spark
wrote (``bucketing_format`` = spark) as well.
"""

import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, Literal

from local_aws.engine import murmur3
from local_aws.engine.catalog import Table
from local_aws.engine.context import QueryError
from local_aws.engine.scan.sql import identifier
from local_aws.trino.types import TrinoType

# the types on which the user guide has filters over buckets
HASHED: Final = (
    *("tinyint", "smallint", "integer", "bigint", "real", "double"),
    *("boolean", "date", "varchar"),
)
# as Trino and Athena name files, as Hive does, and as Spark does
_NAMES: Final = (
    re.compile(r"\d{8}_\d{6}_\d{5}_[a-z0-9]{5}_bucket-(\d+)(?:[-_.].*)?"),
    re.compile(r"(0\d+)_\d+.*"),
    re.compile(r"part-\d+-.*_(\d{5})(?:\..*)?"),
)
_WIDTHS: Final = {"smallint": 2, "integer": 4, "bigint": 8}
_FLOATS: Final = {"real": ("f", "i"), "double": ("d", "q")}
_EPOCH: Final = date(1970, 1, 1).toordinal()


@dataclass(frozen=True)
class Buckets:
    """The columns whose hash chooses a file, how many files there are, and which hash it is."""

    columns: Sequence[str]
    count: int
    hashed_by: Literal["hive 1", "hive 2", "spark"] = "hive 1"


def buckets_of(table: Table) -> Buckets | None:
    """Return a table's buckets, None where it has none, or none of a kind that is known here."""
    found = table.storage
    names = [str(name).lower() for name in found.get("BucketColumns") or []]
    count = int(found.get("NumberOfBuckets") or 0)
    if not names or count < 1:
        return None
    version = table.parameters.get("bucketing_version", "1")
    match (table.parameters.get("bucketing_format", "hive").lower(), version):
        case ("spark", _):
            return Buckets(names, count, "spark")
        case ("hive", "1"):
            return Buckets(names, count)
        case ("hive", "2"):
            return Buckets(names, count, "hive 2")
    return None


def bucket_of_file(key: str) -> int | None:
    """Return the bucket that an object's name tells, None where it tells none.

    Examples
    --------
    >>> bucket_of_file("t/20261129_074927_00012_abcde_bucket-00003.gz")
    3
    >>> bucket_of_file("t/000002_0")
    2
    >>> bucket_of_file("t/part-00000-6f1b_00001.c000.snappy.parquet")
    1
    >>> bucket_of_file("t/part-1.parquet")
    """
    name = key.rpartition("/")[2]
    found = next((match for pattern in _NAMES if (match := pattern.fullmatch(name))), None)
    return None if found is None else int(found[1])


def bucket_sql(buckets: Buckets, kinds: Mapping[str, TrinoType]) -> str:
    """Return the expression of a row's bucket over its columns, by Hive's version 1.

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
    own = {
        **dict.fromkeys(("tinyint", "smallint", "integer"), column),
        "real": f"(CASE WHEN isnan({column}) THEN 'NaN'::FLOAT ELSE {column} END)::BIT::INTEGER",
        "boolean": f"CASE WHEN {column} THEN 1 ELSE 0 END",
        "date": f"datediff('day', DATE '1970-01-01', {column})",
    }
    if kind.name in own:
        return f"coalesce({own[kind.name]}, 0)::BIGINT"
    if kind.name == "bigint":
        return _folded(column)
    if kind.name == "double":
        # of all that are no number Java's bits of one
        number = f"CASE WHEN isnan({column}) THEN 'NaN'::DOUBLE ELSE {column} END"
        return _folded(f"(({number})::BIT::BIGINT)")
    if kind.name == "varchar":
        begin = 1 if kind.args else 0  # Hive's varchar(n) and string
        pairs = f"regexp_extract_all(hex(encode({column})), '..')"
        signed = "((('0x' || b)::BIGINT + 128) % 256 - 128)"
        step = "lambda h, b: (h * 31 + b) & 4294967295"
        octets = f"list_transform({pairs}, lambda b: {signed})"
        return _int32(f"coalesce(list_reduce(list_prepend({begin}::BIGINT, {octets}), {step}), 0)")
    raise QueryError(f"NOT_SUPPORTED: bucketed_by column {name} of type {kind}")


def _folded(number: str) -> str:
    return _int32(f"coalesce(xor({number}, ({number} >> 32) & 4294967295) & 4294967295, 0)")


def _int32(expression: str) -> str:
    return f"((({expression}) + 2147483648) & 4294967295) - 2147483648"


def bucket_of(buckets: Buckets, values: Sequence[Any], kinds: Sequence[TrinoType]) -> int:
    """Return the bucket of a row by Hive's version 2 or by Spark.

    Parameters
    ----------
    buckets
        How the table is bucketed.
    values, kinds
        Of the bucketing columns, as DuckDB returns them, and of which types.
    """
    if buckets.hashed_by == "spark":
        state = murmur3.SPARK_SEED
        for value, kind in zip(values, kinds, strict=True):
            if value is not None:
                state = murmur3.spark(_octets(value, kind, "little"), state)
        return (state - ((state & 0x80000000) << 1)) % buckets.count
    combined = 0
    for value, kind in zip(values, kinds, strict=True):
        if value is None or kind.name in ("boolean", "tinyint"):
            own = int(value or 0)
        else:
            own = murmur3.hive(_octets(value, kind, "big"))
        combined = (combined * 31 + own) & 0xFFFFFFFF
    return (combined & 0x7FFFFFFF) % buckets.count


def _octets(value: Any, kind: TrinoType, order: Literal["little", "big"]) -> bytes:
    """Return the bytes that are hashed: Spark's have 4 of whole numbers that Hive has 2 of."""
    if kind.name == "varchar":
        return str(value).encode()
    if kind.name in _FLOATS:
        float_code, bits = _FLOATS[kind.name]
        if order == "little":
            return struct.pack(f"<{float_code}", value)
        # Hive takes the bits for a number, and of that number the bits
        (taken,) = struct.unpack(f">{bits}", struct.pack(f">{float_code}", value))
        return struct.pack(f">{float_code}", float(taken))
    number = value.toordinal() - _EPOCH if kind.name == "date" else int(value)
    width = _WIDTHS.get(kind.name, 4)
    return number.to_bytes(max(width, 4) if order == "little" else width, order, signed=True)
