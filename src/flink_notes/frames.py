"""From Arrow's tables to rows of Python, and to data frames."""

from collections.abc import Iterable
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from helpers.errors import InputError

_DTYPES: Final = {
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.bool_(): pd.BooleanDtype(),
    pa.string(): pd.StringDtype(),
}
_SECOND: Final = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
_YEAR_1: Final = -62_135_596_800  # seconds from 1970 to the first moment that Python knows
_YEAR_10000: Final = 253_402_300_800
_DAY: Final = 86_400


def frame(table: pa.Table) -> pd.DataFrame:
    """Turn rows into a data frame.

    Parameters
    ----------
    table : pyarrow.Table

    Returns
    -------
    pandas.DataFrame
        Whole numbers, truth values and text in nullable dtypes, TIMESTAMP without
        and TIMESTAMP_LTZ with the zone UTC, DECIMAL, DATE, TIME, ARRAY, MAP and ROW
        as Python objects. A TIMESTAMP beyond microseconds is ``datetime64[ns]``, and
        text where one of its column is not between the years 1678 and 2261.
    """
    places = table.rename_columns([str(place) for place in range(table.num_columns)])
    rows: pd.DataFrame = places.to_pandas(types_mapper=_DTYPES.get, date_as_object=True)
    for place, field in enumerate(table.schema):
        if is_stamp(field):
            rows[str(place)] = _nanoseconds(rows[str(place)])
    rows.columns = pd.Index(table.column_names)  # two of them may have one name
    return rows


def stamp(field: pa.Field) -> pa.Field:
    """Mark a column of text as the one of a TIMESTAMP beyond microseconds."""
    return field.with_metadata({"flink": "TIMESTAMP"})


def is_stamp(field: pa.Field) -> bool:
    """Say whether a column of text is one of a TIMESTAMP beyond microseconds."""
    return field.metadata is not None and field.metadata.get(b"flink") == b"TIMESTAMP"


def table_of(rows: Iterable[tuple[Any, ...]], schema: pa.Schema) -> pa.Table:
    """Make an Arrow table of rows.

    Parameters
    ----------
    rows : iterable of tuple
        Values in the schema's order.
    schema : pyarrow.Schema

    Returns
    -------
    pyarrow.Table

    Raises
    ------
    InputError
        Where Arrow cannot hold a value, such as a MAP with a key that is NULL.
    """
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    try:
        arrays = [pa.array(of, kind) for of, kind in zip(columns, schema.types, strict=True)]
    except pa.ArrowInvalid as error:
        raise InputError(
            f"No frame holds these rows ({error}): CAST the column AS STRING."
        ) from error
    return pa.Table.from_arrays(arrays, schema=schema)


def tuples(table: pa.Table) -> list[tuple[Any, ...]]:
    """Make rows of an Arrow table, also where two columns have one name.

    Raises
    ------
    InputError
        Where a time is not between the years 1 and 9999, which are all that Python knows.
    """
    return list(zip(*map(_python, table.columns), strict=True))


def _nanoseconds(texts: "pd.Series[Any]") -> "pd.Series[Any]":
    try:
        return pd.to_datetime(texts, format="ISO8601").dt.as_unit("ns")
    except (pd.errors.OutOfBoundsDatetime, ValueError):
        return texts


def _python(column: pa.ChunkedArray) -> list[Any]:
    for chunk in column.chunks:
        _check_years(chunk)
    if pa.types.is_float32(column.type):  # 1.1 is to stay 1.1, not the double nearest to it
        return [text and float(text) for text in column.cast(pa.string()).to_pylist()]
    values: list[Any] = column.to_pylist()
    return values


def _check_years(array: pa.Array) -> None:
    if pa.types.is_nested(array.type):
        parts = array.flatten() if pa.types.is_struct(array.type) else _parts(array)
        for part in parts:
            _check_years(part)
        return
    if pa.types.is_date32(array.type):
        found, second = pc.min_max(array.cast(pa.int32()).cast(pa.int64())), 1 / _DAY
    elif pa.types.is_timestamp(array.type):
        found, second = pc.min_max(array.cast(pa.int64())), _SECOND[array.type.unit]
    else:
        return
    least, most = found["min"].as_py(), found["max"].as_py()
    if least is not None and (least < _YEAR_1 * second or most >= _YEAR_10000 * second):
        raise InputError(
            "A time among the rows is not between the years 1 and 9999, where those of Python "
            "end: CAST its column AS STRING."
        )


def _parts(array: pa.Array) -> list[pa.Array]:
    if pa.types.is_map(array.type):
        return [array.keys, array.items]
    return [array.values]
