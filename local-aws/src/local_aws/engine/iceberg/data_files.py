"""A query's rows as data files of an Iceberg table, one a partition."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from pyiceberg import types as iceberg
from pyiceberg.manifest import DataFile, DataFileContent, FileFormat
from pyiceberg.partitioning import PartitionSpec
from pyiceberg.table import Table
from pyiceberg.typedef import Record

from local_aws import objects
from local_aws.engine.context import Context, QueryError
from local_aws.engine.iceberg.delta import check_version, discard
from local_aws.engine.iceberg.encoded import write_avro, write_orc
from local_aws.engine.iceberg.field_ids import field_ids
from local_aws.engine.iceberg.functions import transforming
from local_aws.engine.iceberg.properties import codec_of, format_of
from local_aws.engine.iceberg.statistics import statistics
from local_aws.engine.iceberg.types import to_trino
from local_aws.engine.scan.footers import Footer, read_copy
from local_aws.engine.scan.sql import identifier, literal
from local_aws.trino.types import TrinoType

MAX_OPEN_PARTITIONS = 100
_CODECS = {"none": "uncompressed", "lz4": "lz4_raw"}
_ORC_CODECS = {"none": "uncompressed"}
_AVRO_CODECS = {"none": "null", "uncompressed": "null", "gzip": "deflate", "zstd": "zstandard"}
_MIME = "application/octet-stream"


def write(context: Context, table: Table, sql: str) -> list[DataFile]:
    """Write rows as data files, which belong to the table once a commit says so.

    Parameters
    ----------
    context
        The query, its scans open.
    table
        The table.
    sql
        DuckDB text of rows with the table's columns, in order, as Trino's values.

    Raises
    ------
    QueryError
        ICEBERG_TOO_MANY_OPEN_PARTITIONS beyond 100 partitions; NOT_SUPPORTED for tables of format
        version 1, and what cannot be written.
    """
    check_version(table)
    fields = table.schema().fields
    names = ", ".join(identifier(field.name) for field in fields)
    items = ", ".join(_stored(field) for field in fields)
    rows = f"(SELECT {items} FROM ({sql}) AS given({names}))"
    spec = table.spec()
    if not spec.fields:
        made = _copy(context, table, rows, Record(), spec)
        return [made] if made else []
    spool = context.scratch / f"spool_{uuid4().hex}.parquet"
    with transforming(context.connection, spec, table.schema()) as values:
        computed = ", ".join(f"{value} AS p{at}" for at, value in enumerate(values))
        context.connection.execute(
            f"COPY (SELECT *, {computed} FROM {rows}) TO {literal(str(spool))} "
            "(FORMAT parquet, COMPRESSION lz4_raw)"
        )
    source = f"read_parquet([{literal(str(spool))}], hive_partitioning=false)"
    keys = [f"p{at}" for at in range(len(spec.fields))]
    parts = f"parts_{uuid4().hex}"
    context.connection.execute(
        f"CREATE TEMP TABLE {parts} AS SELECT row_number() OVER () AS part, * FROM "
        f"(SELECT DISTINCT {', '.join(keys)} FROM {source} ORDER BY ALL "
        f"LIMIT {MAX_OPEN_PARTITIONS + 1})"
    )
    found = context.connection.execute(f"SELECT * FROM {parts} ORDER BY part").fetchall()
    if len(found) > MAX_OPEN_PARTITIONS:
        raise QueryError(
            f"ICEBERG_TOO_MANY_OPEN_PARTITIONS: Exceeded limit of {MAX_OPEN_PARTITIONS} open "
            "writers for partitions"
        )
    files: list[DataFile] = []
    try:
        for part, *of_part in found:
            context.check_cancelled()
            tests = (
                f"{key} IS NOT DISTINCT FROM (SELECT {key} FROM {parts} WHERE part = {part})"
                for key in keys
            )
            one = f"(SELECT {names} FROM {source} WHERE {' AND '.join(tests)})"
            made = _copy(context, table, one, Record(*of_part), spec)
            files += [made] if made else []
    except BaseException:
        discard(files)
        raise
    return files


def _stored(field: iceberg.NestedField) -> str:
    if "fixed[" in str(field.field_type):
        # DuckDB's Parquet has bytes of any length alone, which others do not read as such
        raise QueryError(
            f"NOT_SUPPORTED: writing column {field.name} {field.field_type} is not supported here"
        )
    name = identifier(field.name)
    return f"{_as_stored(name, to_trino(field.field_type))} AS {name}"


def _as_stored(source: str, kind: TrinoType) -> str:
    """Return DuckDB text of a value as Parquet is to hold it: instants are zoned times."""
    if kind.name == "timestamp with time zone":
        return f"make_timestamptz(epoch_us(struct_extract({source}, 't')))"
    if kind.name in ("array", "map", "row") and "time zone" in str(kind):
        raise QueryError(f"NOT_SUPPORTED: writing {kind} into Iceberg tables is not supported here")
    return source


def _copy(
    context: Context, table: Table, source: str, partition: Record, spec: PartitionSpec
) -> DataFile | None:
    file = context.scratch / f"data_{uuid4().hex}.parquet"
    fields = table.schema().fields
    rows = copy_parquet(context, table, f"SELECT * FROM {source}", file, fields, version="v2")
    if rows == 0:
        return None
    footer = read_copy(file)
    said = {**statistics(footer, fields), "split_offsets": _offsets(footer)}
    for field in fields:
        if field.required and said["null_value_counts"].get(field.field_id):
            raise QueryError(
                f"CONSTRAINT_VIOLATION: NULL value not allowed for NOT NULL column: {field.name}"
            )
    folder = f"{spec.partition_to_path(partition, table.schema())}/" if spec.fields else ""
    file_format = format_of(table.properties)
    if file_format != "parquet":
        file = _encoded(context, table, file, file_format)
        said |= {"column_sizes": {}, "split_offsets": None}
    return upload(
        table,
        file,
        f"{data_folder(table)}/{folder}{uuid4()}.{file_format}",
        file_format=FileFormat(file_format.upper()),
        content=DataFileContent.DATA,
        partition=partition,
        record_count=rows,
        spec_id=spec.spec_id,
        **said,
    )


def _encoded(context: Context, table: Table, file: Path, file_format: str) -> Path:
    """Return the file in the table's own format."""
    fields = table.schema().fields
    for field in fields:
        if "uuid" in str(field.field_type):
            raise QueryError(
                f"NOT_SUPPORTED: writing column {field.name} {field.field_type} as {file_format} "
                "is not supported here"
            )
    target = file.with_suffix(f".{file_format}")
    codec = codec_of(table.properties, file_format)
    if file_format == "orc":
        write_orc(context, file, target, _ORC_CODECS.get(codec, codec))
    else:
        write_avro(context, file, target, _AVRO_CODECS.get(codec, codec), fields)
    return target


def copy_parquet(
    context: Context,
    table: Table,
    sql: str,
    file: Path,
    fields: Sequence[iceberg.NestedField],
    *,
    version: str,
) -> int:
    """Write a query's rows into a Parquet file with field ids; returns how many.

    Version ``v2`` of the format has deltas, without which times and numbers take twice the bytes;
    Arrow does not read texts of it as dictionaries, as pyiceberg reads the paths of deletes.
    """
    codec = codec_of(table.properties, "parquet")
    done = context.connection.execute(
        f"COPY ({sql}) TO {literal(str(file))} (FORMAT parquet, "
        f"PARQUET_VERSION {version}, COMPRESSION {_CODECS.get(codec, codec)}, "
        f"FIELD_IDS {field_ids(fields)})"
    ).fetchall()
    return int(done[0][0])


def data_folder(table: Table) -> str:
    """Return where a table's data files go, without a slash at the end."""
    found = table.properties.get("write.data.path") or f"{table.location().rstrip('/')}/data"
    return found.rstrip("/")


def upload(table: Table, file: Path, path: str, **said: Any) -> DataFile:
    """Make a file an object, and return its entry of a manifest."""
    size = file.stat().st_size
    bucket, key = objects.split_uri(path)
    if not objects.bucket_exists(bucket):
        raise QueryError(f"ICEBERG_FILESYSTEM_ERROR: The bucket {bucket} does not exist")
    objects.put_file(bucket, key, file, _MIME)
    spec_id = said.pop("spec_id")
    made = DataFile.from_args(
        _table_format_version=table.metadata.format_version,
        file_path=path,
        file_size_in_bytes=size,
        sort_order_id=None,
        equality_ids=None,
        key_metadata=None,
        **{"file_format": FileFormat.PARQUET, "split_offsets": None, **said},
    )
    made.spec_id = spec_id
    return made


def _offsets(footer: Footer) -> list[int]:
    groups = range(footer.metadata.num_row_groups)
    columns = [footer.metadata.row_group(group).column(0) for group in groups]
    return sorted(
        min(each.data_page_offset, each.dictionary_page_offset or each.data_page_offset)
        for each in columns
    )
