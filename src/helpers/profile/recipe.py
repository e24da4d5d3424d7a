"""The recipe by which DataBrew types raw files: it follows from `events.EVENT`."""

from typing import Any, Final

from helpers.events import EVENT, Column

SPLITS: Final = 2
"""Of a category's path: its levels are `category_code_1` to `category_code_3`."""
NO_CATEGORY: Final = "(none)"
_TYPES: Final = {"timestamp": "timestamp", "bigint": "long", "decimal(10,2)": "double"}
_PARTS: Final = ("YEAR", "MONTH", "DAY", "HOUR")
"""In this order behind `event_time`; the lake has the first three as partitions."""


def steps() -> list[dict[str, Any]]:
    """Give the steps, as CreateRecipe takes them.

    Returns
    -------
    list of dict
        Types of the columns, parts of the time, levels of the category, and a label where an event
        has none. Rows that repeat another are kept, as the lake keeps them.
    """
    typed = [
        _step("CHANGE_DATA_TYPE", sourceColumn=column.name, columnDataType=_TYPES[column.lake])
        for column in EVENT
        if column.lake in _TYPES
    ]
    parts = [
        _step(part, sourceColumn=_time().name, targetColumn=part.lower())
        for part in reversed(_PARTS)
    ]
    path = "category_code"
    levels = _step(
        "SPLIT_COLUMN_SINGLE_DELIMITER", sourceColumn=path, pattern=".", limit=str(SPLITS)
    )
    label = _step(
        "FILL_WITH_CUSTOM",
        sourceColumn=f"{path}_1",
        columnDataType="string",
        value=NO_CATEGORY,
    )
    return [*typed, *parts, levels, label]


def _time() -> Column:
    return next(column for column in EVENT if column.lake == "timestamp")


def _step(operation: str, **parameters: str) -> dict[str, Any]:
    return {"Action": {"Operation": operation, "Parameters": parameters}}
