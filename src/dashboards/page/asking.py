"""The rows behind the page, asked of Athena view by view, to the last digit."""

from collections.abc import Callable, Mapping
from concurrent import futures
from decimal import Decimal
from typing import Any, Final

import pandas as pd

from dashboards.datasets import DATASETS, Dataset
from helpers import athena, athena_results
from helpers.athena_queries import fetch
from helpers.errors import PlatformError

AT_ONCE: Final = 2
_READ: Final[Mapping[str, Callable[[str], Any]]] = {
    "double": float,
    "float": float,
    "decimal": Decimal,
    **dict.fromkeys(("tinyint", "smallint", "integer", "bigint"), int),
}
"""How a text of Athena's result becomes a value, by its type; all else stays text."""


def ask() -> dict[str, pd.DataFrame | str]:
    """Read every dataset's view, where `helpers.athena.use` said.

    Returns
    -------
    dict of str to pandas.DataFrame or str
        The rows by the dataset's name: whole numbers, `decimal.Decimal`, doubles, and texts, times
        among them; of a view that does not answer, why.
    """
    with futures.ThreadPoolExecutor(AT_ONCE) as pool:
        return dict(zip((one.name for one in DATASETS), pool.map(_rows, DATASETS), strict=True))


def statements() -> dict[str, str]:
    """Give the statement behind each view, as Athena has it.

    Returns
    -------
    dict of str to str
        By the view's name; those that are there.
    """
    with futures.ThreadPoolExecutor(AT_ONCE) as pool:
        said = dict(
            zip((one.view for one in DATASETS), pool.map(_statement, DATASETS), strict=True)
        )
    return {view: statement for view, statement in said.items() if statement}


def _statement(dataset: Dataset) -> str:
    try:
        lines = fetch(athena.run(f"SHOW CREATE VIEW {dataset.view}"))
    except PlatformError:  # its visuals say so
        return ""
    return "\n".join(lines.iloc[:, 0])


def _rows(dataset: Dataset) -> pd.DataFrame | str:
    names = ", ".join(f'"{column.name}"' for column in dataset.columns)
    order = ", ".join(str(place + 1) for place in range(len(dataset.columns)))
    try:
        return _exact(athena.run(f"SELECT {names} FROM {dataset.view} ORDER BY {order}"))  # noqa: S608
    except PlatformError as error:
        return f"The view {dataset.view} does not answer: {error}"


def _exact(execution: Mapping[str, Any]) -> pd.DataFrame:
    """Give Python's own numbers, which the page writes as JSON, and times as their texts."""
    columns, found = athena_results.texts(execution)
    values = {
        name: [None if text is None else _READ.get(kind, str)(text) for text in texts.to_pylist()]
        for (name, kind), texts in zip(columns, found, strict=True)
    }
    return pd.DataFrame(values, dtype=object)
