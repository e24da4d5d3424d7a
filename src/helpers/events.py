"""The table of an event: what a column is stands here and, where SQL is shown whole, there too.

Field lists, types and comments of raw files, lake, simulator and alerts follow from it. Written out
again are the note's DDL and the generator's lines; tests hold them to this table.
"""

from dataclasses import dataclass
from typing import Final

import polars as pl

EVENT_TYPES: Final = ("view", "cart", "remove_from_cart", "purchase")

TIME_FORMAT: Final = "%Y-%m-%d %H:%M:%S UTC"
"""How the data set writes a time."""

STAMP: Final = "txn_timestamp"
"""The field of the stream that says when an action happened: event time, perhaps moved."""
STAMP_FORMAT: Final = "%Y-%m-%dT%H:%M:%S"
"""ISO 8601 in UTC without a zone: what Flink's JSON format reads as TIMESTAMP."""
NOW: Final = "now"
UNMOVED: Final = "unmoved"
"""What a replay takes in place of the time of its first event."""
PARTITION_KEYS: Final = (
    "user_id", "category_id", "product_id", "user_session", "category_code", "brand"
)  # fmt: skip
"""The fields that can decide the shard of a record."""


@dataclass(frozen=True)
class Column:
    """One column of an event.

    Attributes
    ----------
    name : str
        The data set's own.
    lake : str
        Its type in the lake, as Glue calls it.
    frame : polars.DataType
        Its type in a frame of events.
    comment : str
        What it says.
    required : bool
        Whether a row without it is no event.
    encoding : str
        Of its Parquet pages, as the format calls it. ``RLE_DICTIONARY`` where values repeat,
        ``DELTA_BINARY_PACKED`` for whole numbers that are near to each other, or that few questions
        read: it is cheap to write.
    bounds : bool
        Whether row groups keep its least and greatest value: queries skip by it.
    """

    name: str
    lake: str
    frame: pl.DataType
    comment: str
    required: bool = False
    encoding: str = "PLAIN"
    bounds: bool = False


_TEXT: Final = pl.String()
_WHOLE: Final = pl.Int64()

EVENT: Final = (
    Column(
        "event_time",
        "timestamp",
        pl.Datetime("ms"),
        "when it happened, UTC",
        required=True,
        encoding="DELTA_BINARY_PACKED",
        bounds=True,
    ),
    Column(
        "event_type",
        "string",
        pl.Enum(EVENT_TYPES),
        "view, cart, remove_from_cart or purchase",
        required=True,
        encoding="RLE_DICTIONARY",
        bounds=True,
    ),
    Column(
        "product_id",
        "bigint",
        _WHOLE,
        "product",
        required=True,
        encoding="DELTA_BINARY_PACKED",
        bounds=True,
    ),
    Column(
        "category_id",
        "bigint",
        _WHOLE,
        "category of the product",
        required=True,
        encoding="RLE_DICTIONARY",
        bounds=True,
    ),
    Column(
        "category_code",
        "string",
        _TEXT,
        "path of the category's name, null where it has none",
        encoding="RLE_DICTIONARY",
    ),
    Column(
        "brand",
        "string",
        _TEXT,
        "brand in lower case, null where unknown",
        encoding="RLE_DICTIONARY",
    ),
    Column(
        "price",
        "decimal(10,2)",
        pl.Float64(),
        "price of one piece, in the shop's currency",
        required=True,
    ),
    Column(
        "user_id",
        "bigint",
        _WHOLE,
        "visitor, the same one at every visit",
        required=True,
        bounds=True,
    ),
    Column(
        "user_session",
        "string",
        _TEXT,
        "visit, a new one after a long pause",
        encoding="RLE_DICTIONARY",
    ),
)
"""The columns of a raw file, in their order."""

LAKE: Final = (
    *EVENT,
    Column(
        "session_start",
        "boolean",
        pl.Boolean(),
        "true for one event of each visit and UTC day: they count the day's visits",
    ),
)
"""The columns of the lake's files, in their order."""

FIELDS: Final = tuple(column.name for column in EVENT)
FRAME: Final = {column.name: column.frame for column in EVENT}
"""The schema of a frame of events."""
LAKE_TYPES: Final = {column.name: column.lake for column in LAKE}
"""The lake's columns with their types, as Glue calls them."""
