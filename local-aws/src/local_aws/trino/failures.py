"""What failed while a compiled query ran, said in Trino's words."""

from __future__ import annotations

import re

from local_aws.trino.errors import INVALID_ARGUMENT, TrinoError, marked_error
from local_aws.trino.java import java_number

# DuckDB says what went wrong in its message alone (its exceptions have no code), so its words are
# what can be read. Each expression below takes from them what Trino's message tells too, and what
# it needs to choose between two errors of Trino's; the rest of DuckDB's words is left to change.
_BITS = {"8": "tinyint", "16": "smallint", "32": "integer", "64": "bigint"}
_OPERATIONS = {
    "addition": ("addition", "+"),
    "subtraction": ("subtraction", "-"),
    "multiplication": ("multiplication", "*"),
}
# "Overflow in addition of INT64 (9223372036854775807 + 1)!": the width is Trino's type, and the
# operands are told as they are. Of "DECIMAL(18) (1 * 2)" Trino tells neither.
_OVERFLOW = re.compile(r"Overflow in (\w+) of (?:INT|DECIMAL)?(\d+)? ?\(?(.*?)\)?[.!]?$")


def _overflow(text: str) -> TrinoError | None:
    found = _OVERFLOW.search(text)
    if found is None:
        return None
    operation, bits, values = found.groups()
    kind = _BITS.get(bits or "", "bigint")
    if "DECIMAL" in text:
        return TrinoError("NUMERIC_VALUE_OUT_OF_RANGE", "Decimal overflow")
    return TrinoError("NUMERIC_VALUE_OUT_OF_RANGE", f"{kind} {operation} overflow: {values}")


_TYPES = {"INT8": "tinyint", "INT16": "smallint", "INT32": "integer", "INT64": "bigint"}
_NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
# "Type DOUBLE with value 1e+20 can't be cast because the value is out of range for the destination
# type INT64": which error Trino has for it depends on both types and on the value.
_RANGE = re.compile(
    r"Type (\w+?)(?:\([\d,]+\))? with value (\S+) can't be cast .*destination type (\w+)"
)


def _out_of_range(text: str) -> TrinoError | None:
    """Say that a number does not fit an integer type."""
    found = _RANGE.search(text)
    if found is None:
        return None
    source, value, target = found.groups()
    kind = _TYPES.get(target, target.lower())
    if source == "INT128":
        return TrinoError("NUMERIC_VALUE_OUT_OF_RANGE", f"{kind} addition overflow: {value}")
    if source in ("DOUBLE", "FLOAT"):
        number = java_number(value) if value[-1].isdigit() else _NOT_FINITE.get(value, value)
        if value == "nan" and kind != "bigint":
            message = f"Cannot cast {'real' if source == 'FLOAT' else 'double'} NaN to {kind}"
            return TrinoError("INVALID_CAST_ARGUMENT", message)
        if kind == "bigint":
            return TrinoError("INVALID_CAST_ARGUMENT", f"Unable to cast {number} to {kind}")
        message = f"Out of range for {kind}: {number}"
        return TrinoError("NUMERIC_VALUE_OUT_OF_RANGE", message)
    return TrinoError("NUMERIC_VALUE_OUT_OF_RANGE", f"Out of range for {kind}: {value}")


# the folders of a path, where an error tells a file; not those of s3://bucket/key
_FOLDERS = re.compile(r"(?<![\w:/.])/(?:[^\s'\"/:]+/)+")
# how DuckDB begins an exception of a function in Python, whose name says whether the value was
# wrong or the function is
_IN_PYTHON = re.compile(r"^Python exception occurred while executing the UDF: (\w+): ")
# DuckDB's kinds of errors by how its messages begin; a Binder, Catalog or Parser error is a fault
# of the compiler's and stays GENERIC_INTERNAL_ERROR, as does another exception of Python's.
_KINDS = {
    "Conversion": "INVALID_CAST_ARGUMENT",
    "Invalid Input": "INVALID_FUNCTION_ARGUMENT",
    "Out of Range": "NUMERIC_VALUE_OUT_OF_RANGE",
    "Not implemented": "NOT_SUPPORTED",
    "Out of Memory": "EXCEEDED_LOCAL_MEMORY_LIMIT",
}


def translate_runtime_error(error: Exception) -> TrinoError:
    """Say a DuckDB exception, raised while a compiled query ran, as Trino would.

    What has no known counterpart keeps DuckDB's first line under the name of its kind, without
    the folders of this machine.
    """
    if isinstance(error, TrinoError):
        return error
    text = str(error)
    first = text.split("\n", maxsplit=1)[0]
    marked = marked_error(text)
    if marked:
        return marked
    if "division by zero" in text.lower():  # of the operators and of Python's functions
        return TrinoError("DIVISION_BY_ZERO", "Division by zero")
    known = _overflow(first) or _out_of_range(first)
    if known:
        return known
    for pattern, name, message in _KNOWN:
        found = re.search(pattern, first)
        if found:
            return TrinoError(name, found.expand(message))
    kind, _, message = first.partition(" Error: ")
    message = _FOLDERS.sub("", message or first)
    raised = _IN_PYTHON.match(message)
    if raised and raised[1] not in ("ValueError", "OverflowError"):
        return TrinoError("GENERIC_INTERNAL_ERROR", message)
    name = _KINDS.get(kind, "GENERIC_INTERNAL_ERROR")
    return TrinoError(name, _IN_PYTHON.sub("", message))


_CAST = "INVALID_CAST_ARGUMENT"
_ARGUMENT = INVALID_ARGUMENT
# the first that is found counts: what tells more stands first
_KNOWN = [
    # a damaged file of Parquet; the pages inside it are decoded without a word on which file it is
    (
        r'Failed to read file "(.*?)": (.*)',
        "HIVE_CURSOR_ERROR",
        r"Failed to read Parquet file: \1: \2",
    ),
    (
        r"(Parquet file is likely corrupted.*|Failed to decompress .*|Payload value bigger.*"
        r"|Input is invalid/unsupported GZIP.*|Varint-decoding.*|TProtocolException.*)",
        "HIVE_CURSOR_ERROR",
        r"Failed to read Parquet file: \1",
    ),
    # a subquery that is a value; DuckDB adds how to allow it
    (
        r"More than one row returned by a subquery",
        "SUBQUERY_MULTIPLE_ROWS",
        "Scalar sub-query has returned multiple rows",
    ),
    # text that holds no integer, or one too large: checked text is all digits, so it is the latter
    *(
        (rf"Could not convert string '(.*)' to {duck}", _CAST, rf"Cannot cast '\1' to {told}")
        for duck, told in (
            ("INT8", "TINYINT"),
            ("INT16", "SMALLINT"),
            ("INT32", "INT"),
            ("INT64", "BIGINT"),
        )
    ),
    # a decimal too large for an integer type, which Trino calls by its whole name here
    *(
        (
            rf"Failed to cast decimal value (\S+) to type {duck}",
            _CAST,
            rf"Cannot cast '\1' to {told}",
        )
        for duck, told in (
            ("INT8", "TINYINT"),
            ("INT16", "SMALLINT"),
            ("INT32", "INTEGER"),
            ("INT64", "BIGINT"),
        )
    ),
    # any other text: no UUID, or a number that a decimal has no room for
    (r"Could not convert string ['\"](.*)['\"] to (\S+)", _CAST, r"Cannot cast '\1' to \2"),
    # a text that looks like a date and is none, as 2019-02-30; DuckDB adds the format it expects
    (
        r"(?:invalid )?(date|time|timestamp) field (?:value out of range|format): \"(.*?)\"",
        _CAST,
        r"Value cannot be cast to \1: \2",
    ),
    # a decimal that the digits of another have no room for
    (
        r"Casting value \"(.*)\" to type DECIMAL\((\d+),(\d+)\) failed",
        _CAST,
        r"Cannot cast DECIMAL '\1' to DECIMAL(\2, \3)",
    ),
    # a double that a decimal has no room for
    (
        r"Could not cast value (\S+) (?:from \w+ )?to DECIMAL\((\d+),(\d+)\)",
        _CAST,
        r"Cannot cast '\1' to DECIMAL(\2, \3)",
    ),
    # and to any other type
    (r"Could not cast value (\S+)", _CAST, r"Cannot cast value \1"),
    # the least integer has no absolute value
    (
        r"Overflow on abs\((-\d+)\)",
        "NUMERIC_VALUE_OUT_OF_RANGE",
        r"Value \1 is out of range for abs(bigint)",
    ),
    # "Window ROWS PRECEDING expression cannot be negative": an offset that is no literal
    (
        r"Window \w+ \w+ expression cannot be (?:negative|NULL)",
        "INVALID_WINDOW_FRAME",
        "Window frame offset value must not be negative or null",
    ),
    # arguments that DuckDB's functions check themselves, in other words than Trino's
    (r"Argument for ntile must be greater", _ARGUMENT, "Buckets must be greater than 0"),
    (r"Invalid escape string", _ARGUMENT, "Escape string must be a single character"),
    (
        r"Like pattern must not end with escape character",
        _ARGUMENT,
        "Escape character must be followed by '%', '_' or the escape character itself",
    ),
    (r"Unknown TimeZone '(.*)'!", _ARGUMENT, r"'\1' is not a valid time zone"),
    # arithmetic that leaves the years that a timestamp has
    (r"not in timestamp range", "NUMERIC_VALUE_OUT_OF_RANGE", "Timestamp is out of range"),
    # max(x, n) and its kin; then maps and JSON that are made while the query runs
    (r"n value must be > 0", _ARGUMENT, "third argument must be a positive integer"),
    (r"Map keys must be unique", _ARGUMENT, "Duplicate map keys are not allowed"),
    (r"Map keys can not be NULL", _ARGUMENT, "map key cannot be null"),
    (r"Malformed JSON(.*)", _ARGUMENT, r"Cannot convert value to JSON\1"),
    # also where it is wrapped in an error of another kind
    (r"Out of Memory Error", "EXCEEDED_LOCAL_MEMORY_LIMIT", "Query exceeded the memory limit"),
]
