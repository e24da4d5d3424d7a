"""The tables beside an Iceberg table that tell of it: ``"t$history"``, ``"t$files"`` and their kin.

Source: Trino's Iceberg connector, "Metadata tables".
"""

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from pyiceberg.conversions import from_bytes
from pyiceberg.table.snapshots import ancestors_of

from local_aws.engine.iceberg.constants import constant, shown
from local_aws.engine.iceberg.partitions_table import partitions
from local_aws.engine.iceberg.plan import entries
from local_aws.engine.iceberg.schema import IcebergSchema
from local_aws.trino import types as trino
from local_aws.trino.emit.quoting import quote_name
from local_aws.trino.schema import TableSchema
from local_aws.trino.types import BIGINT, BOOLEAN, INTEGER, VARBINARY, VARCHAR, TrinoType

Columns = tuple[tuple[str, TrinoType], ...]
Rows = Iterator[tuple[Any, ...]]
_MOMENT = trino.timestamp(3, zone=True)
_COUNTS = trino.map_of(INTEGER, BIGINT)
_BOUNDS = trino.map_of(INTEGER, VARCHAR)
_SUMMARY = trino.row(
    ("contains_null", BOOLEAN),
    ("contains_nan", BOOLEAN),
    ("lower_bound", VARCHAR),
    ("upper_bound", VARCHAR),
)


@dataclass(frozen=True)
class MetadataTable(TableSchema):
    """A metadata table; `sql` is DuckDB text of its rows."""

    sql: str = field(kw_only=True, compare=False, repr=False)


def metadata_table(table: IcebergSchema, name: str) -> MetadataTable | None:
    """Return the metadata table of a name such as ``t$history``, None where there is none."""
    found = _TABLES.get(name.rpartition("$")[2])
    if found is None:
        return None
    columns, rows = found(table)
    names = ", ".join(quote_name(column) for column, _ in columns)
    texts = [
        f"({', '.join(constant(v, kind) for v, (_, kind) in zip(row, columns, strict=True))})"
        for row in rows
    ]
    nothing = f"({', '.join(constant(None, kind) for _, kind in columns)})"
    where = "" if texts else " WHERE false"
    sql = f"SELECT * FROM (VALUES {', '.join(texts) or nothing}) AS v({names}){where}"
    return MetadataTable(table.database, name, columns, sql=sql)


def _moment(millis: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(millis / 1000, dt.UTC)


def _history(table: IcebergSchema) -> tuple[Columns, Rows]:
    columns = (
        ("made_current_at", _MOMENT),
        ("snapshot_id", BIGINT),
        ("parent_id", BIGINT),
        ("is_current_ancestor", BOOLEAN),
    )
    metadata = table.loaded.metadata
    line = {each.snapshot_id for each in ancestors_of(metadata.current_snapshot(), metadata)}

    def rows() -> Rows:
        for each in metadata.snapshot_log:
            snapshot = metadata.snapshot_by_id(each.snapshot_id)
            parent = snapshot.parent_snapshot_id if snapshot else None
            number = each.snapshot_id
            yield _moment(each.timestamp_ms), number, parent, number in line

    return columns, rows()


def _snapshots(table: IcebergSchema) -> tuple[Columns, Rows]:
    columns = (
        ("committed_at", _MOMENT),
        ("snapshot_id", BIGINT),
        ("parent_id", BIGINT),
        ("operation", VARCHAR),
        ("manifest_list", VARCHAR),
        ("summary", trino.map_of(VARCHAR, VARCHAR)),
    )

    def rows() -> Rows:
        for each in table.loaded.metadata.snapshots:
            said = each.summary
            yield (
                _moment(each.timestamp_ms),
                each.snapshot_id,
                each.parent_snapshot_id,
                None if said is None else said.operation.value,
                each.manifest_list,
                {} if said is None else said.additional_properties,
            )

    return columns, rows()


def _manifests(table: IcebergSchema) -> tuple[Columns, Rows]:
    columns = (
        ("path", VARCHAR),
        ("length", BIGINT),
        ("partition_spec_id", INTEGER),
        ("added_snapshot_id", BIGINT),
        ("added_data_files_count", INTEGER),
        ("added_rows_count", BIGINT),
        ("existing_data_files_count", INTEGER),
        ("existing_rows_count", BIGINT),
        ("deleted_data_files_count", INTEGER),
        ("deleted_rows_count", BIGINT),
        ("partition_summaries", trino.array(_SUMMARY)),
    )

    def rows() -> Rows:
        found = table.snapshot.manifests(table.loaded.io) if table.snapshot else []
        for each in found:
            spec = table.loaded.specs()[each.partition_spec_id]
            kinds = [part.field_type for part in spec.partition_type(table.schema).fields]
            summaries = [
                (
                    part.contains_null,
                    part.contains_nan,
                    _shown(part.lower_bound, kind),
                    _shown(part.upper_bound, kind),
                )
                for part, kind in zip(each.partitions or [], kinds, strict=False)
            ]
            yield (
                each.manifest_path,
                each.manifest_length,
                each.partition_spec_id,
                each.added_snapshot_id,
                each.added_files_count,
                each.added_rows_count,
                each.existing_files_count,
                each.existing_rows_count,
                each.deleted_files_count,
                each.deleted_rows_count,
                summaries,
            )

    return columns, rows()


def _shown(bound: bytes | None, kind: Any) -> str | None:
    return None if bound is None else str(shown(from_bytes(kind, bound), kind))


def _files(table: IcebergSchema) -> tuple[Columns, Rows]:
    columns = (
        ("content", INTEGER),
        ("file_path", VARCHAR),
        ("file_format", VARCHAR),
        ("record_count", BIGINT),
        ("file_size_in_bytes", BIGINT),
        ("column_sizes", _COUNTS),
        ("value_counts", _COUNTS),
        ("null_value_counts", _COUNTS),
        ("nan_value_counts", _COUNTS),
        ("lower_bounds", _BOUNDS),
        ("upper_bounds", _BOUNDS),
        ("key_metadata", VARBINARY),
        ("split_offsets", trino.array(BIGINT)),
        ("equality_ids", trino.array(INTEGER)),
    )
    kinds = {each.field_id: each.field_type for each in table.schema.fields}

    def bounds(found: dict[int, bytes] | None) -> dict[int, str | None] | None:
        if found is None:
            return None
        return {key: _shown(value, kinds[key]) for key, value in found.items() if key in kinds}

    def rows() -> Rows:
        for entry in entries(table.loaded, table.snapshot):
            each = entry.data_file
            yield (
                each.content.value,
                each.file_path,
                each.file_format.value,
                each.record_count,
                each.file_size_in_bytes,
                each.column_sizes,
                each.value_counts,
                each.null_value_counts,
                each.nan_value_counts,
                bounds(each.lower_bounds),
                bounds(each.upper_bounds),
                each.key_metadata,
                each.split_offsets,
                each.equality_ids,
            )

    return columns, rows()


def _refs(table: IcebergSchema) -> tuple[Columns, Rows]:
    columns = (
        ("name", VARCHAR),
        ("type", VARCHAR),
        ("snapshot_id", BIGINT),
        ("max_reference_age_in_ms", BIGINT),
        ("min_snapshots_to_keep", INTEGER),
        ("max_snapshot_age_in_ms", BIGINT),
    )

    def rows() -> Rows:
        for name, ref in table.loaded.metadata.refs.items():
            yield (
                name,
                ref.snapshot_ref_type.value.upper(),
                ref.snapshot_id,
                ref.max_ref_age_ms,
                ref.min_snapshots_to_keep,
                ref.max_snapshot_age_ms,
            )

    return columns, rows()


_TABLES: dict[str, Callable[[IcebergSchema], tuple[Columns, Rows]]] = {
    "history": _history,
    "snapshots": _snapshots,
    "manifests": _manifests,
    "files": _files,
    "partitions": partitions,
    "refs": _refs,
}
