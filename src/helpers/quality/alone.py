"""What DataBrew's rules cannot say: gaps in time, patterns, missing values, drift of a month."""

import datetime
from collections.abc import Callable, Collection, Mapping
from typing import Any, Final

import pandas as pd

from helpers.errors import InputError
from helpers.quality import asking, judge
from helpers.quality.expressions import COLUMNS
from helpers.quality.judge import FAILED, NO_OTHER, SUCCEEDED
from helpers.quality.rules import Rules

_HOURS: Final = """
    SELECT COUNT(DISTINCT DATE_TRUNC('hour', event_time)) AS present
    FROM {table}
    WHERE {days}
"""

_PATTERN: Final = """
    SELECT COUNT({column}) AS every, COUNT_IF(REGEXP_LIKE({column}, :pattern)) AS present
    FROM {table}
    WHERE {days}
"""

_TOGETHER: Final = """
    SELECT COUNT(*) AS every, COUNT_IF({none}) AS missing
    FROM {table}
    WHERE {days}
"""

_SHARES: Final = """
    SELECT COALESCE(CAST({column} AS VARCHAR), '(none)') AS value, COUNT(*) AS events
    FROM {table}
    WHERE {days}
    GROUP BY COALESCE(CAST({column} AS VARCHAR), '(none)')
"""
Days = Collection[datetime.date]
Ask = Callable[[str, Mapping[str, Any], Days], pd.DataFrame]


def check(
    rules: Rules,
    days: Days,
    other: Days,
    *,
    database: str,
    bucket: str,
    table: str,
) -> pd.DataFrame:
    """Check what is checked here alone.

    Parameters
    ----------
    rules : Rules
        The file of rules.
    days, other : collection of date
        From the first to the last of them: what is checked, and what drift is measured against;
        without other days drift is not measured, and its line says so.
    database, bucket, table : str
        Where the lake is.

    Returns
    -------
    pandas.DataFrame
        rule, tested (hours of the days from the first to the last, or rows), passed, failed, value
        and status. The value is a percentage of what was tested; of drift the distance, see
        `distance`.

    Raises
    ------
    InputError
        For a column that the lake does not have.
    """
    asked: list[pd.DataFrame] = []

    def ask(sql: str, values: Mapping[str, Any], of: Days) -> pd.DataFrame:
        asked.append(asking.ask(sql, values, of, database=database, bucket=bucket, table=table))
        return asked[-1]

    lines = []
    for each in rules.alone:
        kind = next(name for name in each if name in _CHECKS)
        lines.append({"rule": each["Name"], **_CHECKS[kind](each[kind], days, other, ask)})
    return asking.scanned(pd.DataFrame(lines), *asked)


def stopping(rules: Rules, checked: pd.DataFrame) -> pd.DataFrame:
    """Give the lines of those checks that end the ingest where they fail."""
    stops = [each.get("Stops", True) for each in rules.alone]
    return checked[pd.Series(stops, index=checked.index, dtype=bool)]


def sentences(checked: pd.DataFrame) -> list[str]:
    """Say in sentences which of these checks fail, for the report."""
    return [
        f"Checked here alone and not so: {line['rule']} ({judge.found(line)})."
        for _, line in checked.iterrows()
        if line["status"] == FAILED
    ]


def distance(one: "pd.Series[float]", other: "pd.Series[float]") -> float:
    """Give the total variation distance of two distributions.

    Parameters
    ----------
    one, other : pandas.Series
        Shares by value, each of sum 1.

    Returns
    -------
    float
        Half the sum of the differences: 0 where they are the same, 1 where they share no value;
        the share of the events that would have to be of another value.
    """
    return float(one.subtract(other, fill_value=0).abs().sum() / 2)


def _line(tested: int, passed: int, value: float | None, *, holds: bool) -> dict[str, Any]:
    counts = {"tested": tested, "passed": passed, "failed": tested - passed}
    return {**counts, "value": value, "status": SUCCEEDED if holds else FAILED}


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 100.0


def _hours(given: Mapping[str, Any], days: Days, _other: Days, ask: Ask) -> dict[str, Any]:
    # of whole days: a month that begins or ends too late misses hours too
    every = 24 * ((max(days) - min(days)).days + 1)
    present = int(ask(_HOURS, {}, days)["present"].iloc[0])
    holds = every - present <= given["Most"]
    return _line(every, present, _percent(present, every), holds=holds)


def _pattern(given: Mapping[str, Any], days: Days, _other: Days, ask: Ask) -> dict[str, Any]:
    sql = _PATTERN.replace("{column}", _known(given["Column"]))
    row = ask(sql, {"pattern": given["Matches"]}, days).iloc[0]
    every, present = int(row["every"]), int(row["present"])
    share = _percent(present, every)
    return _line(every, present, share, holds=share >= given["LeastPercent"])


def _together(given: Mapping[str, Any], days: Days, _other: Days, ask: Ask) -> dict[str, Any]:
    none = " AND ".join(f"{_known(name)} IS NULL" for name in given["Columns"])
    row = ask(_TOGETHER.replace("{none}", none), {}, days).iloc[0]
    every, missing = int(row["every"]), int(row["missing"])
    share = 100 * missing / every if every else 0.0
    return _line(every, every - missing, share, holds=share <= given["MostPercent"])


def _drift(given: Mapping[str, Any], days: Days, other: Days, ask: Ask) -> dict[str, Any]:
    if not other:
        return {"tested": 0, "passed": 0, "failed": 0, "value": None, "status": NO_OTHER}
    column = _known(given["Column"])
    found = distance(_shares(column, days, ask), _shares(column, other, ask))
    holds = found <= given["MostDistance"]
    return _line(1, int(holds), found, holds=holds)


def _shares(column: str, days: Days, ask: Ask) -> "pd.Series[float]":
    rows = ask(_SHARES.replace("{column}", column), {}, days)
    counts = rows.set_index("value")["events"].astype(float)
    return counts / counts.sum()


_CHECKS: Final[dict[str, Callable[[Mapping[str, Any], Days, Days, Ask], dict[str, Any]]]] = {
    "MissingHours": _hours,
    "Pattern": _pattern,
    "MissingTogether": _together,
    "Drift": _drift,
}


def _known(column: str) -> str:
    if column not in COLUMNS:
        raise InputError(f"The lake has no column {column}: a rule of `CheckedHereAlone` names it.")
    return column
