"""A query's rows as objects in S3: complete before anybody is told of them, gone if they fail."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from local_aws import objects
from local_aws.engine import values
from local_aws.engine.bucketing import Buckets, bucket_sql
from local_aws.engine.context import Context, QueryError
from local_aws.engine.scan.sql import identifier, literal
from local_aws.engine.statements import avro, encoding, orc, parquet
from local_aws.engine.statements.partition_specs import NULL_VALUE, folder
from local_aws.engine.statements.properties import WriteFormat
from local_aws.trino.type_storage import row_field_names, to_duckdb
from local_aws.trino.types import TrinoType

MAX_OPEN_PARTITIONS = 100
_COPY = "copy"
_MIME = {
    "PARQUET": "application/octet-stream",
    "TEXTFILE": "text/plain",
    "CSV": "text/csv",
    "JSON": "application/json",
    "ORC": "application/octet-stream",
    "AVRO": "application/octet-stream",
}
_DUCKDB_CODECS = {"none": "uncompressed", "lz4": "lz4_raw"}


@dataclass(frozen=True)
class Rows:
    """The rows to be written: DuckDB text, columns, and how many of the last ones partition."""

    sql: str
    columns: Sequence[tuple[str, TrinoType]]
    partition_columns: int = 0

    @property
    def plain(self) -> Sequence[tuple[str, TrinoType]]:
        """The columns that files hold."""
        return self.columns[: len(self.columns) - self.partition_columns]

    @property
    def keys(self) -> Sequence[tuple[str, TrinoType]]:
        """The columns that become folders."""
        return self.columns[len(self.columns) - self.partition_columns :]


@dataclass(frozen=True)
class Place:
    """Where and how rows are written.

    Attributes
    ----------
    location
        An S3 folder, with a slash at the end.
    file_format
        How files are written.
    buckets
        Files by hash, where the table is bucketed.
    existing
        Folders of partitions that are already there, wherever they are, by their values.
    """

    location: str
    file_format: WriteFormat
    buckets: Buckets | None = None
    existing: Mapping[tuple[str, ...], str] = field(default_factory=dict)


@dataclass
class Written:
    """What was written: rows, object URIs, and the values of partitions that are new."""

    rows: int = 0
    uris: list[str] = field(default_factory=list)
    partitions: list[tuple[str, ...]] = field(default_factory=list)


@contextmanager
def writing(context: Context) -> Iterator[Written]:
    """Collect what a statement writes; when it fails or is stopped, that is deleted again."""
    written = Written()
    try:
        yield written
        context.check_cancelled()
    except BaseException:
        for uri in written.uris:
            objects.delete(*objects.split_uri(uri))
        raise


def write_rows(context: Context, rows: Rows, place: Place, written: Written) -> None:
    """Write rows below a location, a folder a partition.

    Parameters
    ----------
    context
        The query, its scans open.
    rows, place
        What to write, where and how.
    written
        Where the objects and new partitions are noted as they come to be.

    Raises
    ------
    QueryError
        HIVE_TOO_MANY_OPEN_PARTITIONS beyond 100 partitions; a missing bucket.
    """
    file_format, buckets = place.file_format, place.buckets
    bucket, _ = objects.split_uri(place.location)
    if not objects.bucket_exists(bucket):
        raise QueryError(f"HIVE_FILESYSTEM_ERROR: The bucket {bucket} does not exist")
    names = ", ".join(identifier(name) for name, _ in rows.columns)
    source = f"(SELECT * FROM ({rows.sql}) AS result({names}))"
    parts: list[tuple[tuple[str, ...], str]] = [((), "")]
    if rows.keys or buckets:
        source = _spooled(context, source)
    if rows.keys:
        parts = _partitions(context, rows, source)
    if len(parts) * (buckets.count if buckets else 1) > MAX_OPEN_PARTITIONS and rows.keys:
        raise QueryError(
            f"HIVE_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of {MAX_OPEN_PARTITIONS} open writers "
            "for partitions/buckets"
        )
    stem = f"{datetime.now(UTC):%Y%m%d_%H%M%S}_{time.monotonic_ns() // 1000 % 100000:05d}"
    stem = f"{stem}_{uuid4().hex[:5]}"
    for part_values, condition in parts:
        bucket, key = objects.split_uri(_folder(rows, place, part_values))
        if part_values and part_values not in place.existing:
            written.partitions.append(part_values)
        for number in range(buckets.count if buckets else 1):
            context.check_cancelled()
            conditions = [condition] if condition else []
            name = f"{stem}_{uuid4()}{file_format.suffix}"
            if buckets:
                conditions.append(f"{bucket_sql(buckets, dict(rows.plain))} = {number}")
                name = f"{stem}_bucket-{number:05d}{file_format.suffix}"
            where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
            count, file = _copy(context, rows.plain, f"{source}{where}", file_format)
            if count == 0 and not buckets:
                continue
            objects.put_file(bucket, key + name, file, _MIME[file_format.name])
            written.uris.append(f"s3://{bucket}/{key}{name}")
            written.rows += count


def _folder(rows: Rows, place: Place, part_values: tuple[str, ...]) -> str:
    """Return the folder of a partition, with a slash at its end."""
    if not part_values:
        return place.location
    found = place.existing.get(part_values)
    if found is None:
        found = place.location + folder([name for name, _ in rows.keys], part_values)
    return found if found.endswith("/") else f"{found}/"


def _spooled(context: Context, source: str) -> str:
    """Compute the rows once, into a file of the query's own."""
    file = context.scratch / f"spool_{uuid4().hex}.parquet"
    target = literal(str(file))
    context.connection.execute(f"COPY {source} TO {target} (FORMAT parquet, COMPRESSION lz4_raw)")
    return f"(SELECT * FROM read_parquet([{target}], hive_partitioning=false))"


def _partitions(context: Context, rows: Rows, source: str) -> list[tuple[tuple[str, ...], str]]:
    names = ", ".join(identifier(name) for name, _ in rows.keys)
    texts = ", ".join(values.text(identifier(name), kind) for name, kind in rows.keys)
    found = context.connection.execute(
        f"SELECT DISTINCT {names}, {texts} FROM {source} ORDER BY {names} "
        f"LIMIT {MAX_OPEN_PARTITIONS + 1}"
    ).fetchall()
    width = len(rows.keys)
    parts = []
    for row in found:
        shown = tuple(NULL_VALUE if text in (None, "") else str(text) for text in row[width:])
        tests = [
            f"{identifier(name)} IS NOT DISTINCT FROM {_constant(text, kind)}"
            for (name, kind), text in zip(rows.keys, row[width:], strict=True)
        ]
        parts.append((shown, " AND ".join(tests)))
    return parts


def _constant(text: str | None, kind: TrinoType) -> str:
    return "NULL" if text is None else f"CAST({literal(text)} AS {to_duckdb(kind)})"


def _copy(
    context: Context,
    columns: Sequence[tuple[str, TrinoType]],
    source: str,
    file_format: WriteFormat,
) -> tuple[int, Path]:
    file = context.scratch / f"{_COPY}_{uuid4().hex}"
    codec = file_format.codec.lower()
    parts = [part.name for _, kind in columns for part in parts_of(kind)]
    if file_format.name == "PARQUET" and "timestamp" in parts:
        items = [_stored(name, kind) for name, kind in columns]
        sql = f"SELECT {', '.join(items)} FROM {source}"
        return parquet.write(context, sql, file, codec, file_format.level), file
    if file_format.name == "PARQUET":
        items = [_stored(name, kind) for name, kind in columns]
        level = f", COMPRESSION_LEVEL {file_format.level}" if file_format.level else ""
        options = f"FORMAT parquet, COMPRESSION {_DUCKDB_CODECS.get(codec, codec)}{level}"
    elif file_format.name == "ORC":
        items = [_stored(name, kind) for name, kind in columns]
        return orc.write(context, f"SELECT {', '.join(items)} FROM {source}", file, codec), file
    elif file_format.name == "AVRO":
        items = [_stored(name, kind) for name, kind in columns]
        sql = f"SELECT {', '.join(items)} FROM {source}"
        schema = avro.schema_of(columns, file_format.serde)
        return avro.write(context, sql, file, codec, schema), file
    elif file_format.name == "JSON":
        items = encoding.json_items(columns, file_format.serde)
        options = f"FORMAT json, COMPRESSION {codec}"
    else:
        items = [f"{encoding.line(columns, file_format.serde)} AS line"]
        # the whole line is one value, and no text holds this delimiter
        options = (
            f"FORMAT csv, HEADER false, QUOTE '', ESCAPE '', DELIMITER '\x1d', COMPRESSION {codec}"
        )
    count = context.connection.execute(
        f"COPY (SELECT {', '.join(items)} FROM {source}) TO {literal(str(file))} ({options})"
    ).fetchall()[0][0]
    return int(count), file


def _stored(name: str, kind: TrinoType) -> str:
    stored = _parquet_type(kind)
    column = identifier(name)
    return column if stored == to_duckdb(kind) else f"CAST({column} AS {stored}) AS {column}"


def parts_of(kind: TrinoType) -> list[TrinoType]:
    """Return a type and the types inside it."""
    inner = [part[1] if isinstance(part, tuple) else part for part in kind.args]
    nested = [part for part in inner if isinstance(part, TrinoType)]
    return [kind, *(leaf for part in nested for leaf in parts_of(part))]


def _parquet_type(kind: TrinoType) -> str:
    """Return the DuckDB type of what is stored: Athena's files have no integers below 32 bits."""
    if kind.name == "array":
        return f"{_parquet_type(kind.args[0])}[]"
    if kind.name == "map":
        return f"MAP({', '.join(map(_parquet_type, kind.args))})"
    if kind.name == "row":
        pairs = zip(row_field_names(kind), kind.args, strict=True)
        fields = [f"{identifier(name)} {_parquet_type(inner)}" for name, (_, inner) in pairs]
        return f"STRUCT({', '.join(fields)})"
    stored = {"tinyint": "INTEGER", "smallint": "INTEGER", "timestamp": "TIMESTAMP_MS"}
    return stored.get(kind.name) or to_duckdb(kind)
