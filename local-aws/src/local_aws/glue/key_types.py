"""The types of partition keys that GetPartitions compares, and their values.

Source: the Glue API reference, GetPartitions, "Supported Partition Key Types". Integers and
decimals are compared as numbers, dates and timestamps in time's order, all else as text.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Any

from local_aws.glue.errors import GlueError, invalid

# what Hive writes in the place of NULL
NULL_VALUE = "__HIVE_DEFAULT_PARTITION__"
_FAMILIES = {
    **dict.fromkeys(("string", "varchar", "char"), "String"),
    **dict.fromkeys(("tinyint", "smallint", "int", "bigint", "long"), "Integral"),
    "decimal": "Decimal",
    "date": "Date",
    "timestamp": "Timestamp",
}
_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_TIMESTAMP = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2})(\.[0-9]{1,9})?")


def family(kind: str) -> str:
    """Return what a type is compared as: String, Integral, Decimal, Date or Timestamp.

    Raises
    ------
    GlueError
        InvalidInputException for a type that cannot be filtered, such as float.
    """
    found = _FAMILIES.get(kind.partition("(")[0].strip())
    if found is None:
        raise invalid(f"Unknown type : '{kind}'")
    return found


def literal_value(text: str, kind: str) -> Any:
    """Return the value of a literal that is compared with a key, None for NULL.

    Raises
    ------
    GlueError
        InvalidInputException for a text that is no value of the type.
    """
    try:
        return _value(text, family(kind))
    except ValueError as error:
        raise invalid(str(error)) from error


def partition_value(text: str, kind: str) -> Any:
    """Return a partition's value of a key, None for NULL.

    Raises
    ------
    GlueError
        InvalidStateException for a text that is no value of the type.
    """
    try:
        return _value(text, family(kind))
    except ValueError as error:
        raise GlueError("InvalidStateException", str(error)) from error


def _value(text: str, compared_as: str) -> Any:
    if text == NULL_VALUE:
        return None
    if compared_as == "Integral":
        if not _INTEGER.fullmatch(text):
            raise ValueError(f'"{text}" is not an integer.')
        return int(text)
    if compared_as == "Decimal":
        if not _DECIMAL.fullmatch(text):
            raise ValueError(f"{text} is not a decimal.")
        return Decimal(text)
    if compared_as == "Date":
        return _date(text)
    if compared_as == "Timestamp":
        match = _TIMESTAMP.fullmatch(text)
        if match is None:
            raise ValueError(
                "Timestamp format must be yyyy-mm-dd hh:mm:ss[.fffffffff] "
                f"{text} is not a timestamp."
            )
        return match[1], (match[2] or ".").ljust(10, "0")
    return text


def _date(text: str) -> date:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ValueError(f"{text} is not a date.")
