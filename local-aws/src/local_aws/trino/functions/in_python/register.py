"""Making the functions of this folder known to DuckDB: NULL in is NULL out."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling

from local_aws.trino.functions import text_format
from local_aws.trino.functions.in_python import (
    binaries,
    date_parser,
    durations,
    hashes,
    histogram,
    iso_dates,
    json_answers,
    json_text,
    map_order,
    numbers,
    patterns,
    tdigest,
    texts,
    urls,
)
from local_aws.trino.functions.in_python.model import Registered

_FUNCTIONS: list[Registered] = [
    *patterns.REGISTERED,
    *texts.REGISTERED,
    *urls.REGISTERED,
    *numbers.REGISTERED,
    *binaries.REGISTERED,
    (lambda data: hashes.xxhash64(data).to_bytes(8, "big"), "xxhash64", ["BLOB"], "BLOB"),
    (hashes.murmur3, "murmur3", ["BLOB"], "BLOB"),
    (hashes.checksum, "checksum", ["BLOB[]"], "BLOB"),
    (
        json_answers.answer,
        "json_path",
        ["VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR[]", "VARCHAR[]"],
        "VARCHAR",
    ),
    (json_text.parsed, "json_parse", ["VARCHAR"], "VARCHAR"),
    (json_text.array_item, "json_array_get", ["VARCHAR", "BIGINT"], "VARCHAR"),
    (json_text.extracted, "json_extract", ["VARCHAR", "VARCHAR"], "VARCHAR"),
    (json_text.scalar, "json_extract_scalar", ["VARCHAR", "VARCHAR"], "VARCHAR"),
    (
        histogram.numeric_histogram,
        "numeric_histogram",
        ["BIGINT", "DOUBLE[]", "DOUBLE[]"],
        "MAP(DOUBLE, DOUBLE)",
    ),
    (map_order.of_texts, "map_order_of_texts", ["VARCHAR[]"], "BIGINT[]"),
    (map_order.of_numbers, "map_order_of_numbers", ["BIGINT[]"], "BIGINT[]"),
    (tdigest.quantiles, "quantiles", ["DOUBLE[]", "DOUBLE[]", "DOUBLE[]"], "DOUBLE[]"),
    (text_format.formatted, "format", ["VARCHAR", "VARCHAR", "VARCHAR[]"], "VARCHAR"),
    (text_format.number_text, "format_number", ["DOUBLE"], "VARCHAR"),
    (date_parser.mysql, "date_parse", ["VARCHAR", "VARCHAR"], "BIGINT"),
    (date_parser.joda, "parse_datetime", ["VARCHAR", "VARCHAR"], "STRUCT(t BIGINT, z VARCHAR)"),
    (durations.zone_abbreviation, "zone_abbreviation", ["VARCHAR", "BIGINT"], "VARCHAR"),
    (iso_dates.iso_timestamp, "iso_timestamp", ["VARCHAR"], "STRUCT(t BIGINT, z VARCHAR)"),
    (iso_dates.iso_date, "iso_date", ["VARCHAR"], "INTEGER"),
    (durations.duration, "parse_duration", ["VARCHAR"], "BIGINT"),
    (durations.human_readable, "human_readable_seconds", ["DOUBLE"], "VARCHAR"),
]


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Make these functions known to a DuckDB instance, as ``py_<name>``.

    Parameters
    ----------
    connection
        The instance's first connection, which must outlive every query: DuckDB does not keep a
        function alive that a closed cursor brought.
    """
    for function, name, parameters, result in _FUNCTIONS:
        connection.create_function(
            f"py_{name}",
            _null_for_null(function),
            list(parameters),
            result,
            null_handling=FunctionNullHandling.SPECIAL,
        )


def _null_for_null(function: Callable[..., Any]) -> Callable[..., Any]:
    def called(*args: Any) -> Any:
        return None if any(arg is None for arg in args) else function(*args)

    called.__signature__ = inspect.signature(function)  # type: ignore[attr-defined]  # DuckDB counts
    return called
