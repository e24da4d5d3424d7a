"""A lake with the dashboard's views over it."""

from typing import Any, Final

import pandas as pd
import polars as pl

from dashboards import views
from helpers import athena, insights
from support import lake, statements

BUCKET: Final = "dashboards-test"


def make(events: pl.DataFrame, database: str, **values: Any) -> list[str]:
    """Make a lake of events, the insights' views and those of the dashboard; say which.

    Parameters
    ----------
    events : polars.DataFrame
        As `support.lake.write` takes them.
    database : str
        The Glue database.
    **values : object
        Of `dashboards.views.Values`.
    """
    lake.write(BUCKET, database, events)
    for notebook in insights.notebooks():
        athena.create_view(statements.of_notebook(notebook)[0], database=database, bucket=BUCKET)
    return views.create(views.Values(**values), database=database, bucket=BUCKET)


def rows(dataset: str, database: str) -> pd.DataFrame:
    """Give the rows of a dataset."""
    return athena.query(f"SELECT * FROM dashboard_{dataset}", database=database, bucket=BUCKET)
