"""The views behind the dashboard, made by Athena over the lake and over the insights' views."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from dashboards.datasets import BY_NAME, DATASETS, SQL, Dataset
from helpers import athena, aws
from helpers.athena_sql import fill
from helpers.errors import ServiceError

ALERTS: Final = BY_NAME["alerts"]
_BELOW: Final = tuple(
    SQL / f"dashboard_{name}.sql" for name in ("top_brands", "categories", "cart_pairs")
)
"""What several datasets stand on: which brands and categories have rows of their own, and what each
pair of user and product came to. No datasets themselves."""
_ALERT_HISTORY: Final = "alert_history"
_TYPES: Final = {
    "STRING": "varchar",
    "INTEGER": "bigint",
    "DECIMAL": "double",
    "DATETIME": "timestamp",
}


@dataclass(frozen=True)
class Values:
    """What the views' statements are filled with.

    Attributes
    ----------
    time_zone : str
        IANA zone of local hours and weekdays.
    later_days : int
        A purchase within so many days after is bought later.
    min_views : int
        Brands with fewer views get no verdict.
    top_brands : int
        So many brands have rows of their own.
    top_categories : int
        So many categories of the second level, and of the third, have rows of their own.
    top_products : int
        So many products of a brand and category have rows of their own.
    """

    time_zone: str = "UTC"
    later_days: int = 7
    min_views: int = 200
    top_brands: int = 200
    top_categories: int = 30
    top_products: int = 10


def statements(values: Values) -> dict[str, str]:
    """Give each view's statement with the values in it, in the order in which they are made.

    Parameters
    ----------
    values : Values
        What is put where ``:name`` stands.

    Returns
    -------
    dict of str to str
        ``CREATE OR REPLACE VIEW …`` by the view's name.
    """
    files = [*_BELOW, *(dataset.sql for dataset in DATASETS)]
    return {path.stem: _filled(path, values) for path in files}


def create(
    values: Values | None = None, *, database: str | None = None, bucket: str | None = None
) -> list[str]:
    """Make all views, the insights' views being there.

    Where the Glue database has no table ``alert_history`` (a deployment makes it), the view of
    alerts has no row.

    Parameters
    ----------
    values : Values, optional
        The defaults without.
    database, bucket : str, optional
        As for `helpers.athena.query`.

    Returns
    -------
    list of str
        What was made, a sentence a view.

    Raises
    ------
    InputError, ServiceError
        As `helpers.athena.query`.
    """
    place = athena.at(database, bucket)
    said = []
    for name, statement in statements(values or Values()).items():
        sql, note = statement, ""
        if name == ALERTS.view and not _has_table(place.database, _ALERT_HISTORY):
            sql, note = without_rows(ALERTS), f", without rows: there is no table {_ALERT_HISTORY}"
        athena.run(sql, database=place.database, bucket=place.bucket)
        said.append(f"{name} is a view of {place.database}{note}")
    return said


def without_rows(dataset: Dataset) -> str:
    """Write a view that has the columns of a dataset and no row.

    Parameters
    ----------
    dataset : Dataset
        Whose columns.

    Returns
    -------
    str
        ``CREATE OR REPLACE VIEW …``.
    """
    columns = ",\n".join(
        f"    CAST(NULL AS {_TYPES[column.type]}) AS {column.name}" for column in dataset.columns
    )
    return f"CREATE OR REPLACE VIEW {dataset.view} AS\nSELECT\n{columns}\nWHERE FALSE"


def _filled(path: Path, values: Values) -> str:
    filling: dict[str, Any] = asdict(values)
    return fill(path.read_text(encoding="utf-8"), filling).text


def _has_table(database: str, name: str) -> bool:
    glue = aws.client("glue")
    try:
        glue.get_table(DatabaseName=database, Name=name)
    except glue.exceptions.EntityNotFoundException:
        return False
    except (ClientError, BotoCoreError) as error:
        raise ServiceError(f"Glue does not say whether there is a table {name}: {error}") from error
    return True
