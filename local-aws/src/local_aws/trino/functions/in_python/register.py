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

_MODULES = (
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
    text_format,
    texts,
    urls,
)


def register(connection: duckdb.DuckDBPyConnection) -> None:
    """Make these functions known to a DuckDB instance, as ``py_<name>``.

    Parameters
    ----------
    connection
        The instance's first connection, which must outlive every query: DuckDB does not keep a
        function alive that a closed cursor brought.
    """
    for function, name, parameters, result in (row for each in _MODULES for row in each.REGISTERED):
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
