"""What a manifest says of a data file's columns, from the file's footer.

Source: the Iceberg specification, "Manifests" and "Bound serialization". Bounds of texts are cut to
16 characters, the specification's default.
"""

import datetime as dt
import math
from collections.abc import Sequence
from typing import Any

from pyiceberg import types as iceberg
from pyiceberg.conversions import to_bytes
from pyiceberg.utils.datetime import date_to_days, datetime_to_micros, time_to_micros
from pyiceberg.utils.truncate import truncate_upper_bound_text_string

from local_aws.engine.scan.footers import Footer

_TEXT = 16
# bounds of bytes and of zoned times are left out: they prune nothing here
_BOUNDED = (
    *(iceberg.BooleanType, iceberg.IntegerType, iceberg.LongType, iceberg.FloatType),
    *(iceberg.DoubleType, iceberg.DecimalType, iceberg.DateType, iceberg.TimestampType),
    *(iceberg.StringType, iceberg.TimeType, iceberg.TimestamptzType),
)


def statistics(footer: Footer, fields: Sequence[iceberg.NestedField]) -> dict[str, Any]:
    """Return the arguments of a `DataFile` that tell of its columns: those without parts."""
    sizes: dict[int, int] = {}
    counts: dict[int, int] = {}
    nulls: dict[int, int] = {}
    low: dict[int, bytes] = {}
    high: dict[int, bytes] = {}
    for field in fields:
        chunks = footer.chunks(field.name.lower())
        if not field.field_type.is_primitive or not chunks:
            continue
        number = field.field_id
        sizes[number] = sum(chunk.size for chunk in chunks)
        counts[number] = sum(footer.rows)
        if all(chunk.nulls is not None for chunk in chunks):
            nulls[number] = sum(chunk.nulls or 0 for chunk in chunks)
        bounded = [chunk for chunk in chunks if chunk.low is not None]
        # a row group without bounds that is not all NULL leaves the file without them
        unknown = any(
            chunk.low is None and chunk.nulls != rows
            for chunk, rows in zip(chunks, footer.rows, strict=True)
        )
        if bounded and not unknown and isinstance(field.field_type, _BOUNDED):
            lowest = _lower(min(chunk.low for chunk in bounded))
            highest = _upper(max(chunk.high for chunk in bounded))
            if lowest is not None:
                low[number] = to_bytes(field.field_type, lowest)
            if highest is not None:
                high[number] = to_bytes(field.field_type, highest)
    return {
        "column_sizes": sizes,
        "value_counts": counts,
        "null_value_counts": nulls,
        "nan_value_counts": {},
        "lower_bounds": low,
        "upper_bounds": high,
    }


def _lower(value: Any) -> Any:
    return value[:_TEXT] if isinstance(value, str) else _counted(value)


def _upper(value: Any) -> Any:
    return (
        truncate_upper_bound_text_string(value, _TEXT)
        if isinstance(value, str)
        else _counted(value)
    )


def _counted(value: Any) -> Any:
    if isinstance(value, dt.datetime):
        return datetime_to_micros(value.replace(tzinfo=None))
    if isinstance(value, dt.date):
        return date_to_days(value)
    if isinstance(value, dt.time):
        return time_to_micros(value)
    return None if isinstance(value, float) and math.isnan(value) else value
