"""The columns of a table, counted exactly by Athena: a statement each, from counts by value.

Distinct and unique values, quantiles (interpolated between two values), entropy and outliers are
those of DataBrew's profile: null and empty texts are missing, of texts the numbers are those of the
length, an outlier is more than three standard deviations from the mean.
"""

import datetime
from collections.abc import Collection, Mapping
from typing import Any, Final

import pandas as pd

from helpers.events import FIELDS, LAKE_TYPES
from helpers.ingest import facts
from helpers.quality import asking

QUANTILES: Final = {"p5": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
TOP: Final = 3
BINS: Final = 20

_COUNTED: Final = """
    WITH counts AS (
        SELECT {value} AS value, COUNT(*) AS n
        FROM {table}
        WHERE {days}
        GROUP BY {value}
    ),
    numbers AS ({numbers}),
    means AS (
        SELECT
            number,
            n,
            SUM(n) OVER (ORDER BY number) AS upto,
            SUM(n) OVER () AS total,
            SUM(n * number) OVER () / SUM(n) OVER () AS mean
        FROM numbers
    ),
    spread AS (
        SELECT
            *,
            SQRT(SUM(n * POWER(number - mean, 2)) OVER () / NULLIF(total - 1, 0)) AS deviation
        FROM means
    ),
    often AS (
        SELECT value, n
        FROM counts
        WHERE value IS NOT NULL
        ORDER BY n DESC, value
        LIMIT {top}
    ),
    of_values AS (
        SELECT
            COALESCE(SUM(n), 0) AS every,
            COUNT(value) AS distinct_values,
            COUNT_IF(n = 1 AND value IS NOT NULL) AS unique_values,
            COALESCE(SUM(n) FILTER (WHERE value IS NOT NULL), 0) AS present,
            LN(SUM(n) FILTER (WHERE value IS NOT NULL))
                - SUM(n * LN(n)) FILTER (WHERE value IS NOT NULL)
                / SUM(n) FILTER (WHERE value IS NOT NULL) AS entropy
        FROM counts
    ),
    of_top AS (
        SELECT
            ARRAY_JOIN(
                ARRAY_AGG(
                    CAST(value AS VARCHAR) || ' (' || CAST(n AS VARCHAR) || ')'
                    ORDER BY n DESC, value
                ),
                ', '
            ) AS top
        FROM often
    ),
    of_numbers AS (
        SELECT
            MIN(number) AS least,
            MAX(number) AS greatest,
            MIN(mean) AS mean,
            MIN(deviation) AS deviation,
            {quantiles},
            COALESCE(SUM(n) FILTER (WHERE ABS(number - mean) > 3 * deviation), 0) AS outliers
        FROM spread
    )
    SELECT *
    FROM of_values
    CROSS JOIN of_top
    CROSS JOIN of_numbers
"""

_VALUES: Final = {
    "string": "NULLIF({name}, '')",
    "timestamp": "CAST({name} AS TIMESTAMP(3))",  # Iceberg's have six digits and would be told so
}
_AS_NUMBER: Final = "SELECT CAST(value AS DOUBLE) AS number, n FROM counts WHERE value IS NOT NULL"
_AS_TIME: Final = "SELECT TO_UNIXTIME(value) AS number, n FROM counts WHERE value IS NOT NULL"
_AS_LENGTH: Final = """
        SELECT CAST(LENGTH(value) AS DOUBLE) AS number, SUM(n) AS n
        FROM counts
        WHERE value IS NOT NULL
        GROUP BY LENGTH(value)
    """

_QUANTILE: Final = """
            MIN(number) FILTER (WHERE upto > FLOOR({share} * (total - 1))) AS {name}_low,
            MIN(number) FILTER (WHERE upto > CEIL({share} * (total - 1))) AS {name}_high,
            MIN({share} * (total - 1)) AS {name}_place"""

_BINS: Final = """
    WITH ends AS (
        SELECT CAST(MIN({column}) AS DOUBLE) AS low, CAST(MAX({column}) AS DOUBLE) AS high
        FROM {table}
        WHERE {days}
    )
    SELECT
        LEAST(CAST(FLOOR(({column} - low) / NULLIF(high - low, 0) * :bins) AS INTEGER), :bins - 1)
            AS bin,
        MIN(low) AS low,
        MIN(high) AS high,
        COUNT(*) AS events
    FROM {table}
    CROSS JOIN ends
    WHERE {days} AND {column} IS NOT NULL
    GROUP BY 1
    ORDER BY 1
"""

RAW_MONTHS: Final = (
    "COALESCE("
    "TRY_CAST(REPLACE(SUBSTR(event_time, 1, 7), '-', '') AS INTEGER), "
    "CAST(year AS INTEGER) * 100 + CAST(month AS INTEGER)"
    ") BETWEEN :first / 100 AND :last / 100"
)
"""The rows of a raw table of the months that some days are in.

A file may hold events of more months than the one that it is registered under, so that every file
is looked into; the month of the file counts for a row whose time cannot be read.
"""


def of_lake(
    days: Collection[datetime.date], *, database: str, bucket: str, table: str
) -> pd.DataFrame:
    """Count the columns of some days of the lake.

    Parameters
    ----------
    days : collection of date
        From the first to the last of them.
    database, bucket, table : str
        Where the lake is.

    Returns
    -------
    pandas.DataFrame
        A row a column: type, rows, missing, distinct and unique values, entropy (nats), least,
        greatest, mean, deviation, quantiles and outliers (numbers as they are, times as times,
        texts by their length), and the values that occur most.
    """
    place = {"database": database, "bucket": bucket, "table": table}
    return _columns(LAKE_TYPES, facts.DAYS, days, place)


def of_raw(
    days: Collection[datetime.date], *, database: str, bucket: str, table: str
) -> pd.DataFrame:
    """Count the columns of the raw rows of the months that some days are in: all are texts.

    They are found in whatever file they lie, see `RAW_MONTHS`.
    """
    place = {"database": database, "bucket": bucket, "table": f"{table}_raw"}
    texts = dict.fromkeys(FIELDS, "string")
    return _columns(texts, RAW_MONTHS, days, place)


def distribution(
    column: str, days: Collection[datetime.date], *, database: str, bucket: str, table: str
) -> pd.DataFrame:
    """Count a number of the lake in ranges of equal width.

    Returns
    -------
    pandas.DataFrame
        low, high, events; `BINS` rows, one where all values are equal, none without a value.
    """
    place = {"database": database, "bucket": bucket, "table": table}
    sql = _BINS.replace("{column}", column)
    rows = asking.ask(sql, {"bins": BINS}, days, **place)
    if rows.empty or pd.isna(rows["bin"]).any():
        return asking.scanned(rows[["low", "high", "events"]], rows)
    low, high = float(rows["low"].iloc[0]), float(rows["high"].iloc[0])
    counts = rows.set_index("bin")["events"].reindex(range(BINS), fill_value=0)
    width = (high - low) / BINS
    edges = [low + width * number for number in range(BINS)]
    found = {"low": edges, "high": [*edges[1:], high], "events": counts.to_numpy()}
    return asking.scanned(pd.DataFrame(found), rows)


def _columns(
    types: Mapping[str, str],
    days_sql: str,
    days: Collection[datetime.date],
    place: Mapping[str, str],
) -> pd.DataFrame:
    asked = {
        name: asking.ask(_statement(name, kind), {}, days, **place, days_sql=days_sql)
        for name, kind in types.items()
    }
    lines = [_line(name, types[name], rows.iloc[0]) for name, rows in asked.items()]
    return asking.scanned(pd.DataFrame(lines), *asked.values())


def _statement(name: str, kind: str) -> str:
    numbers = {"string": _AS_LENGTH, "timestamp": _AS_TIME}.get(kind, _AS_NUMBER)
    quantiles = ",".join(
        _QUANTILE.replace("{share}", f"{share!r}E0").replace("{name}", of)
        for of, share in QUANTILES.items()
    )
    value = _VALUES.get(kind, "{name}").replace("{name}", name)
    return (
        _COUNTED.replace("{value}", value)
        .replace("{numbers}", numbers)
        .replace("{quantiles}", quantiles)
        .replace("{top}", str(TOP))
    )


def _line(name: str, kind: str, row: "pd.Series[Any]") -> dict[str, Any]:
    every, present = int(row["every"]), int(row["present"])
    counted = {
        "column": name,
        "type": kind,
        "rows": every,
        "missing": every - present,
        "distinct": int(row["distinct_values"]),
        "unique": int(row["unique_values"]),
        "entropy": _plain(row["entropy"]),
        "of": "length" if kind == "string" else "value",
    }
    measures = {measure: _plain(row[measure]) for measure in ("least", "greatest", "mean")}
    measures["deviation"] = _plain(row["deviation"])
    measures |= {of: _interpolated(row, of) for of in QUANTILES}
    outliers = {
        "outliers": int(row["outliers"]),
        "top": None if pd.isna(row["top"]) else row["top"],
    }
    return {**counted, **measures, **outliers}


def _interpolated(row: "pd.Series[Any]", name: str) -> float | None:
    low, high, at = (_plain(row[f"{name}_{part}"]) for part in ("low", "high", "place"))
    if low is None or high is None or at is None:
        return None
    return low + (high - low) * (at - int(at))


def _plain(value: Any) -> float | None:
    return None if pd.isna(value) else float(value)
