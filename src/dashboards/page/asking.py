"""The rows behind the page, asked of Athena view by view."""

from concurrent import futures

import pandas as pd

from dashboards.datasets import DATASETS, Dataset
from helpers import athena
from helpers.athena_queries import fetch
from helpers.errors import PlatformError

AT_ONCE = 2


def ask() -> dict[str, pd.DataFrame | str]:
    """Read every dataset's view, where `helpers.athena.use` said.

    Returns
    -------
    dict of str to pandas.DataFrame or str
        The rows by the dataset's name; of a view that does not answer, why.
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
        return fetch(athena.run(f"SELECT {names} FROM {dataset.view} ORDER BY {order}"))  # noqa: S608
    except PlatformError as error:
        return f"The view {dataset.view} does not answer: {error}"
