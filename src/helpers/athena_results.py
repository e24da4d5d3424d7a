"""The rows of an answer exactly as Athena's file has them, in the types of pandas.

awswrangler reads the same file by pandas' parser, which loses the last bit of every third double.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from botocore.exceptions import BotoCoreError, ClientError
from pyarrow import csv

from helpers import aws
from helpers.errors import ServiceError
from helpers.paths import split_s3

_LONGEST_ROW: Final = 64 << 20
"""Bytes of a row with its quotes doubled; Athena's limit of a row is 32 MB."""
_NANOSECONDS: Final = (datetime(1678, 1, 1), datetime(2262, 1, 1))
"""The whole years that 64 bits of nanoseconds since 1970 can say."""
_SECONDS: Final = len("2019-10-01 00:00:00")
_UTC: Final = " UTC"


def texts(execution: Mapping[str, Any]) -> tuple[list[tuple[str, str]], list[pa.ChunkedArray]]:
    """Read an answer as the texts that its file holds.

    Parameters
    ----------
    execution : mapping
        Athena's ``QueryExecution`` of a SELECT that has succeeded.

    Returns
    -------
    tuple of list and list
        Name and type of each column as Athena tells them (a name may come twice), and its texts;
        NULL is null, the empty text is not.

    Raises
    ------
    ServiceError
        Where the file cannot be fetched.
    """
    bucket, key = split_s3(execution["ResultConfiguration"]["OutputLocation"])
    try:
        body = aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
        told = aws.client("athena").get_query_results(
            QueryExecutionId=execution["QueryExecutionId"], MaxResults=1
        )
    except (ClientError, BotoCoreError) as error:
        raise ServiceError(f"The result could not be read: {error}") from error
    told_columns = told["ResultSet"]["ResultSetMetadata"]["ColumnInfo"]
    columns = [(column["Name"], column["Type"]) for column in told_columns]
    places = [str(place) for place in range(len(columns))]
    table = csv.read_csv(
        pa.BufferReader(body),
        csv.ReadOptions(column_names=places, skip_rows_after_names=1, block_size=_LONGEST_ROW),
        # of a single column a NULL is an empty line
        csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        csv.ConvertOptions(
            column_types=dict.fromkeys(places, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    return columns, table.columns


def read(execution: Mapping[str, Any]) -> pd.DataFrame:
    """Read an answer.

    Parameters
    ----------
    execution : mapping
        As `texts`.

    Returns
    -------
    pandas.DataFrame
        Whole numbers and booleans in pandas' nullable types, `decimal.Decimal`, dates, bytes, and
        texts: arrays, maps, rows and JSON among them, and times with another zone than UTC. Times
        count nanoseconds; where one lies beyond their years, microseconds. Doubles are float64,
        where NULL is NaN; with a NaN among them Float64, which tells both apart. A column with a
        value that its type here cannot hold (a date before the year 1) stays text.

    Raises
    ------
    ServiceError
        As `texts`.
    """
    columns, found = texts(execution)
    series = [_typed(kind, column) for (_, kind), column in zip(columns, found, strict=True)]
    frame = pd.concat(series, axis=1)
    frame.columns = pd.Index([name for name, _ in columns])
    return frame


def _typed(kind: str, column: pa.ChunkedArray) -> "pd.Series[Any]":
    try:
        return _TYPES.get(kind, _text)(column)
    except (pa.ArrowInvalid, ValueError):
        return _text(column)


def _text(column: pa.ChunkedArray) -> "pd.Series[Any]":
    return _nullable(column, pd.StringDtype("python"))


def _nullable(column: pa.ChunkedArray, dtype: Any) -> "pd.Series[Any]":
    found: pd.Series[Any] = column.to_pandas(types_mapper=lambda _: dtype)
    return found


def _cast(to: pa.DataType, dtype: Any) -> Callable[[pa.ChunkedArray], "pd.Series[Any]"]:
    return lambda column: _nullable(column.cast(to), dtype)


def _real(to: pa.DataType, dtype: Any) -> Callable[[pa.ChunkedArray], "pd.Series[Any]"]:
    def read_real(column: pa.ChunkedArray) -> "pd.Series[Any]":
        numbers = column.cast(to)
        if pc.any(pc.is_nan(numbers)).as_py():
            return _nullable(numbers, dtype)
        found: pd.Series[Any] = numbers.to_pandas()
        return found

    return read_real


def _objects(read_one: Callable[[str], Any]) -> Callable[[pa.ChunkedArray], "pd.Series[Any]"]:
    def read_all(column: pa.ChunkedArray) -> "pd.Series[Any]":
        values = [None if text is None else read_one(text) for text in column.to_pylist()]
        return pd.Series(values, dtype=object)

    return read_all


def _date(column: pa.ChunkedArray) -> "pd.Series[Any]":
    return pd.Series(column.cast(pa.date32()).to_pylist(), dtype=object)


def _time(column: pa.ChunkedArray) -> "pd.Series[Any]":
    ends = pc.min_max(pc.utf8_slice_codeunits(column, 0, _SECONDS).cast(pa.timestamp("s"))).as_py()
    low, high = _NANOSECONDS
    fits = ends["min"] is None or (low <= ends["min"] and ends["max"] < high)
    # Arrow does not see that nanoseconds overflow
    found: pd.Series[Any] = column.cast(pa.timestamp("ns" if fits else "us")).to_pandas()
    return found


def _time_with_zone(column: pa.ChunkedArray) -> "pd.Series[Any]":
    if not pc.all(pc.ends_with(column, _UTC), min_count=0).as_py():
        # of the hour that comes twice a year Athena's text does not say which
        return _text(column)
    return _time(pc.utf8_slice_codeunits(column, 0, -len(_UTC))).dt.tz_localize("UTC")


_TYPES: Final[Mapping[str, Callable[[pa.ChunkedArray], "pd.Series[Any]"]]] = {
    "tinyint": _cast(pa.int8(), pd.Int8Dtype()),
    "smallint": _cast(pa.int16(), pd.Int16Dtype()),
    "integer": _cast(pa.int32(), pd.Int32Dtype()),
    "bigint": _cast(pa.int64(), pd.Int64Dtype()),
    "boolean": _cast(pa.bool_(), pd.BooleanDtype()),
    "float": _real(pa.float32(), pd.Float32Dtype()),
    "double": _real(pa.float64(), pd.Float64Dtype()),
    "decimal": _objects(Decimal),
    "varbinary": _objects(bytes.fromhex),
    "date": _date,
    "timestamp": _time,
    "timestamp with time zone": _time_with_zone,
}
"""How a text of the file becomes a value, by Athena's type; all else stays text."""
