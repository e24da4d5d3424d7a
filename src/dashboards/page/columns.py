"""A view's rows as columns of JSON: exact, small, and safe inside a script element."""

import base64
import decimal
import gzip
import math
from collections.abc import Collection, Iterable
from typing import Any, Final

import orjson
import pandas as pd

from dashboards.datasets import Dataset
from helpers.errors import InputError

Coded = dict[str, Any]

_SECONDS: Final = len("2019-10-01 00:00:00")
MOST: Final = 2**53 - 1
"""Above it JavaScript's numbers have gaps."""


def coded(dataset: Dataset, frame: pd.DataFrame, used: Collection[str]) -> Coded:
    """Turn the rows of a view into columns.

    Parameters
    ----------
    dataset : Dataset
        Whose columns and types they are.
    frame : pandas.DataFrame
        The rows, as `helpers.athena.query` gives them.
    used : collection of str
        The columns that a visual or a filter needs.

    Returns
    -------
    dict
        ``rows``, and by column: texts and times as ``codes`` into sorted ``words``; whole numbers
        and decimals as whole numbers of their last digit, with its ``scale``; doubles as they are,
        their ``scale`` null.

    Raises
    ------
    InputError
        Where a column is missing, or a sum of it might not be exact.
    """
    columns = {}
    for column in dataset.columns:
        if column.name not in used:
            continue
        if column.name not in frame:
            raise InputError(f"The view {dataset.view} has no column {column.name}.")
        values = [_plain(value) for value in frame[column.name]]
        if column.type in {"STRING", "DATETIME"}:
            columns[column.name] = _words(values, is_time=column.type == "DATETIME")
        else:
            columns[column.name] = _numbers(values, f"{dataset.view}.{column.name}")
    return {"rows": len(frame), "columns": columns}


def packed(coded: Coded) -> str:
    """Write a view's columns as base64 of gzip's JSON: far smaller, and the same each time."""
    return base64.b64encode(gzip.compress(orjson.dumps(coded), mtime=0)).decode()


def as_json(value: Any) -> str:
    """Write JSON that cannot end the script element in which it stands."""
    return orjson.dumps(value).decode().replace("<", "\\u003c")


def _plain(value: Any) -> Any:
    if value is None or pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value


def _words(values: Iterable[Any], *, is_time: bool) -> Coded:
    shown = _SECONDS if is_time else None
    texts = [None if value is None else str(value)[:shown] for value in values]
    there = sorted({text for text in texts if text is not None})
    words = [*there, None] if None in texts else there
    places = {word: place for place, word in enumerate(words)}
    return {"words": words, "codes": [places[text] for text in texts]}


def _numbers(values: list[Any], name: str) -> Coded:
    scale: int | None = 0
    if any(isinstance(value, decimal.Decimal) for value in values):
        places = [-int(value.as_tuple().exponent) for value in values if value is not None]
        scale = max(0, *places)
        factor = decimal.Decimal(10) ** scale
        values = [None if value is None else int(value * factor) for value in values]
    elif any(isinstance(value, float) for value in values):
        if any(value is not None and math.isinf(value) for value in values):
            raise InputError(f"{name} holds a number without end.")
        return {"values": values, "scale": None}
    if sum(abs(value) for value in values if value is not None) > MOST:
        raise InputError(f"{name}: its sum is beyond 2^53, where the page's numbers have gaps.")
    return {"values": values, "scale": scale}
