"""Data files of the formats ORC and Avro, made of Parquet files with the same field ids.

Source: the Iceberg specification, "Appendix A: Format-specific Requirements".
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import fastavro
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import orc
from pyarrow import types as arrow
from pyiceberg import types as iceberg

from local_aws.engine.context import Context
from local_aws.engine.scan.footers import FIELD_ID

_ROWS: Final = 20_000
_PLAIN: Final[dict[type, Any]] = {
    iceberg.BooleanType: "boolean",
    iceberg.IntegerType: "int",
    iceberg.LongType: "long",
    iceberg.FloatType: "float",
    iceberg.DoubleType: "double",
    iceberg.StringType: "string",
    iceberg.BinaryType: "bytes",
    iceberg.DateType: {"type": "int", "logicalType": "date"},
    iceberg.TimeType: {"type": "long", "logicalType": "time-micros"},
    iceberg.TimestampType: {
        **{"type": "long", "logicalType": "timestamp-micros", "adjust-to-utc": False}
    },
    iceberg.TimestamptzType: {
        **{"type": "long", "logicalType": "timestamp-micros", "adjust-to-utc": True}
    },
}


def write_orc(context: Context, source: Path, target: Path, codec: str) -> None:
    """Write the rows of a Parquet file as ORC, ids as attributes of its types."""
    rows = pq.ParquetFile(source)
    schema = pa.schema([_of_orc(field) for field in rows.schema_arrow])
    with orc.ORCWriter(str(target), compression=codec) as writer:
        for batch in rows.iter_batches(_ROWS):
            context.check_cancelled()
            columns = [
                column.cast(to.type) for column, to in zip(batch.columns, schema, strict=True)
            ]
            writer.write(pa.table(columns, schema=schema))


def _of_orc(field: pa.Field) -> pa.Field:
    said = {"iceberg.id": (field.metadata or {})[FIELD_ID], "iceberg.required": "false"}
    kind = field.type
    if arrow.is_struct(kind):
        kind = pa.struct([_of_orc(kind.field(at)) for at in range(kind.num_fields)])
    elif arrow.is_map(kind):
        kind = pa.map_(_of_orc(kind.key_field), _of_orc(kind.item_field))
    elif arrow.is_list(kind):
        kind = pa.list_(_of_orc(kind.value_field))
    elif arrow.is_time(kind):
        kind = pa.int64()
        said["iceberg.long-type"] = "TIME"
    return pa.field(field.name, kind, field.nullable, said)


def write_avro(
    context: Context,
    source: Path,
    target: Path,
    codec: str,
    fields: Sequence[iceberg.NestedField],
) -> None:
    """Write the rows of a Parquet file as Avro, ids beside the names of its schema."""
    kind = iceberg.StructType(*fields)
    schema = fastavro.parse_schema(_record("table", fields))
    with target.open("wb") as raw:
        writer = fastavro.write.Writer(raw, schema, codec=codec)
        for batch in pq.ParquetFile(source).iter_batches(_ROWS):
            context.check_cancelled()
            for row in batch.to_pylist():
                writer.write(_valued(row, kind))
        writer.flush()


def _record(name: str, fields: Sequence[iceberg.NestedField]) -> dict[str, Any]:
    members = [
        {
            "name": field.name,
            "type": ["null", _of_avro(field.field_type, field.field_id)],
            "default": None,
            "field-id": field.field_id,
        }
        for field in fields
    ]
    return {"type": "record", "name": name, "fields": members}


def _of_avro(kind: iceberg.IcebergType, number: int) -> Any:
    """Return the Avro type of values; the field's number makes names that no other one has."""
    if isinstance(kind, iceberg.StructType):
        return _record(f"r{number}", kind.fields)
    if isinstance(kind, iceberg.ListType):
        inner = _of_avro(kind.element_type, kind.element_id)
        return {"type": "array", "items": ["null", inner], "element-id": kind.element_id}
    if isinstance(kind, iceberg.MapType):
        key = {
            "name": "key",
            "type": _of_avro(kind.key_type, kind.key_id),
            "field-id": kind.key_id,
        }
        value = {
            "name": "value",
            "type": ["null", _of_avro(kind.value_type, kind.value_id)],
            "default": None,
            "field-id": kind.value_id,
        }
        name = f"k{kind.key_id}_v{kind.value_id}"
        pair = {"type": "record", "name": name, "fields": [key, value]}
        return {"type": "array", "logicalType": "map", "items": pair}
    if isinstance(kind, iceberg.DecimalType):
        logical = {"logicalType": "decimal", "precision": kind.precision, "scale": kind.scale}
        size = (int("9" * kind.precision).bit_length() + 8) // 8  # with the sign's bit
        return {"type": "fixed", "name": f"decimal_{number}", "size": size, **logical}
    return _PLAIN[type(kind)]


def _valued(value: Any, kind: iceberg.IcebergType) -> Any:
    """Return a value of Arrow as fastavro takes it."""
    if value is None:
        return None
    if isinstance(kind, iceberg.StructType):
        return {
            field.name: _valued(each, field.field_type)
            for field, each in zip(kind.fields, value.values(), strict=True)
        }
    if isinstance(kind, iceberg.ListType):
        return [_valued(each, kind.element_type) for each in value]
    if isinstance(kind, iceberg.MapType):
        return [
            {"key": _valued(key, kind.key_type), "value": _valued(each, kind.value_type)}
            for key, each in value
        ]
    return value.replace(tzinfo=UTC) if isinstance(value, datetime) else value
