"""What reading files needs of DuckDB beyond SQL, in Python: for lines and values that are rare."""

import re
from datetime import datetime, timedelta
from typing import Final

import duckdb
from duckdb.func import FunctionNullHandling

from local_aws.engine.scan import quoted, regex_text
from local_aws.trino.functions.in_python import date_parser

_EPOCH: Final = datetime(1970, 1, 1)
_MILLIS: Final = "millis"
_NUMBER: Final = re.compile(r"(-?\d+)(\.\d+)?")


def timestamp(text: str | None, pattern: str) -> datetime | None:
    """Read a time by a pattern of Joda's; None where the text is not of it.

    ``millis`` stands for a number of milliseconds since 1970.

    Examples
    --------
    >>> timestamp("24/12/2019 18:30", "dd/MM/yyyy HH:mm")
    datetime.datetime(2019, 12, 24, 18, 30)
    >>> timestamp("1.5e3", "millis")
    """
    if text is None:
        return None
    try:
        if pattern.lower() == _MILLIS:
            found = _NUMBER.fullmatch(text)
            return found and _EPOCH + timedelta(milliseconds=int(found[1]))
        micros = int(date_parser.joda(text, pattern)["t"])
        return _EPOCH + timedelta(microseconds=micros)
    except (ValueError, OverflowError):
        return None


def utf8(data: bytes) -> str:
    r"""Read bytes as UTF-8, with U+FFFD for what is none.

    Examples
    --------
    >>> ascii(utf8(b"a\xffb"))
    "'a\\ufffdb'"
    """
    return data.decode("utf-8", "replace")


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Make these functions known to a DuckDB instance; NULL in is NULL out."""
    connection.create_function(
        "hive_timestamp",
        timestamp,
        ["VARCHAR", "VARCHAR"],
        "TIMESTAMP",
        null_handling=FunctionNullHandling.SPECIAL,
    )
    connection.create_function(
        "hive_regex",
        regex_text.groups,
        ["VARCHAR"] * 3,
        "VARCHAR[]",
        null_handling=FunctionNullHandling.SPECIAL,
    )
    connection.create_function("hive_utf8", utf8, ["BLOB"], "VARCHAR")
    connection.create_function("hive_csv", quoted.split, ["VARCHAR"] * 4, "VARCHAR[]")
