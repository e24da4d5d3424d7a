"""Rules held against the lake: in one statement, and a sample of the rows that fail."""

import datetime
import re
from collections.abc import Callable, Collection, Mapping
from operator import ge, gt, le, lt
from typing import Any, Final

import pandas as pd

from helpers.errors import InputError
from helpers.events import FIELDS
from helpers.quality import asking
from helpers.quality.expressions import COLUMNS, DUPLICATES, Expression
from helpers.quality.rules import Rules
from helpers.words import count

SUCCEEDED: Final = "SUCCEEDED"
FAILED: Final = "FAILED"
NO_OTHER: Final = "no other month"
"""Of a rule that compares with another month, where the lake has none."""
_THRESHOLDS: Final[dict[str, Callable[[float, float], bool]]] = {
    "GREATER_THAN_OR_EQUAL": ge,
    "GREATER_THAN": gt,
    "LESS_THAN_OR_EQUAL": le,
    "LESS_THAN": lt,
}


def ready(rules: Rules) -> Rules:
    """Make sure that all rules can be asked, before any is: gives them back.

    Parameters
    ----------
    rules : Rules
        The rules.

    Raises
    ------
    InputError
        For an expression that is none, a column that the lake does not have, or a threshold that
        is none.
    """
    for rule, _, _ in _expressions(rules):
        given = rule.get("Threshold", {"Value": 100})
        if not (
            isinstance(given, dict)
            and isinstance(given.get("Value"), int | float)
            and given.get("Type", "LESS_THAN") in _THRESHOLDS
            and given.get("Unit", "COUNT") in {"COUNT", "PERCENTAGE"}
        ):
            raise InputError(
                f"The rule {rule['Name']!r}: a Threshold has a number as Value, one of "
                f"{', '.join(_THRESHOLDS)} as Type, and COUNT or PERCENTAGE as Unit."
            )
    return rules


def judge(
    rules: Rules, days: Collection[datetime.date], *, database: str, bucket: str, table: str
) -> pd.DataFrame:
    """Hold a ruleset against some days of the lake, as DataBrew would.

    Parameters
    ----------
    rules : Rules
        The rules; those that are disabled are left out.
    days : collection of date
        From the first to the last of them.
    database, bucket, table : str
        Where the lake is.

    Returns
    -------
    pandas.DataFrame
        rule, column (of the selected ones), tested (rows; 1 of an aggregate), passed, failed,
        value (of the aggregate; of rows the percentage that passed) and status. A row of which
        nothing is known does not pass.

    Raises
    ------
    InputError
        For an expression that is none, or a column that the lake does not have.
    """
    expressions = _expressions(rules)
    asked = ["COUNT(*) AS every"]
    values: dict[str, Any] = {}
    for number, (_, _, each) in enumerate(expressions):
        values |= each.values
        if each.is_aggregate:
            asked += [f"{each.sql} AS test_{number}", f"{each.value} AS value_{number}"]
        else:
            asked.append(f"COUNT_IF(COALESCE({each.sql}, false)) AS test_{number}")
    place = {"database": database, "bucket": bucket, "table": table}
    counted: list[pd.DataFrame] = []
    if any(each.asks_duplicates for _, _, each in expressions):
        values[DUPLICATES], counted = asking.duplicates(days, **place)
    sql = f"SELECT {', '.join(asked)} FROM {{table}} WHERE {{days}}"  # noqa: S608 - names are checked
    rows = asking.ask(sql, values, days, **place)
    found = rows.iloc[0]
    lines = [
        {"rule": rule["Name"], "column": column or "", **_line(rule, each, number, found)}
        for number, (rule, column, each) in enumerate(expressions)
    ]
    return asking.scanned(pd.DataFrame(lines), rows, *counted)


def enforce(*judged: pd.DataFrame) -> None:
    """Make sure that every rule holds.

    Parameters
    ----------
    *judged : pandas.DataFrame
        As `judge` and `helpers.quality.alone.check` give them.

    Raises
    ------
    InputError
        With each rule that fails, its column and what was found.
    """
    failed = [
        line
        for frame in judged
        for _, line in frame.iterrows()
        if line["status"] not in {SUCCEEDED, NO_OTHER}
    ]
    if failed:
        said = "; ".join(f"{_named(line)}: {found(line)}" for line in failed)
        raise InputError(
            f"{count(len(failed), 'rule')} of quality {'fails' if len(failed) == 1 else 'fail'}: "
            f"{said}. The days are in the lake: mend the raw file and load it again, or let the "
            "rules be shown alone (rules_stop: false)."
        )


def found(line: "pd.Series[Any]") -> str:
    """Say what was found of a rule: how many failed, or the value that was compared."""
    if line["tested"] > 1:
        return f"{line['failed']:,} of {line['tested']:,} failed"
    return "there is no value" if pd.isna(line["value"]) else f"found {line['value']:,.4g}"


def _named(line: "pd.Series[Any]") -> str:
    return f"{line['rule']} ({line['column']})" if line.get("column") else str(line["rule"])


def sentences(judged: pd.DataFrame) -> list[str]:
    """Say in sentences which rules hold, for the report."""
    failed = judged[judged["status"] != SUCCEEDED]
    rules = count(judged["rule"].nunique(), "rule")
    if failed.empty:
        return [f"All of {rules} of quality hold."]
    names = ", ".join(dict.fromkeys(failed["rule"]))
    fails = failed["rule"].nunique()
    return [f"Of {rules} of quality {fails} {'fails' if fails == 1 else 'fail'}: {names}."]


def failing(
    rules: Rules,
    days: Collection[datetime.date],
    *,
    database: str,
    bucket: str,
    table: str,
    most: int = 3,
) -> pd.DataFrame:
    """Give a few rows that fail each rule on rows.

    Returns
    -------
    pandas.DataFrame
        rule, and the columns of an event; at most so many rows a rule, always the same ones.
    """
    parts, asked = [], []
    for rule, _, each in _expressions(rules):
        if each.is_aggregate:
            continue
        sql = (
            f"SELECT {', '.join(FIELDS)} FROM {{table}} WHERE {{days}} "  # noqa: S608 - as above
            f"AND NOT COALESCE({each.sql}, false) ORDER BY {', '.join(FIELDS)} LIMIT {int(most)}"
        )
        place = {"database": database, "bucket": bucket, "table": table}
        rows = asking.ask(sql, each.values, days, **place)
        asked.append(rows)
        if len(rows):
            rows.insert(0, "rule", rule["Name"])
            parts.append(rows)
    found = (
        pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["rule", *FIELDS])
    )
    return asking.scanned(found, *asked)


def _expressions(rules: Rules) -> list[tuple[Mapping[str, Any], str | None, Expression]]:
    found = []
    for number, rule in enumerate(rules.ruleset["Rules"]):
        if rule.get("Disabled"):
            continue
        for column in _selected(rule):
            prefix = f"r{number}_"
            found.append((rule, column, Expression(rule, prefix, column)))
    return found


def _selected(rule: Mapping[str, Any]) -> list[str | None]:
    if "ColumnSelectors" not in rule:
        return [None]
    for each in rule["ColumnSelectors"]:
        if len(each) != 1 or not each.keys() <= {"Name", "Regex"}:
            raise InputError(f"The rule {rule['Name']!r}: a selector has a Name or a Regex.")
        try:
            re.compile(each.get("Regex", ""))
        except re.error as error:
            what = f"{each['Regex']!r} is no regular expression: {error}"
            raise InputError(f"The rule {rule['Name']!r}: {what}.") from None
    chosen: list[str | None] = [
        name
        for name in COLUMNS
        if any(
            each.get("Name") == name or ("Regex" in each and re.fullmatch(each["Regex"], name))
            for each in rule["ColumnSelectors"]
        )
    ]
    if not chosen:
        raise InputError(f"The rule {rule['Name']!r} selects no column of the lake.")
    return chosen


def _line(
    rule: Mapping[str, Any], each: Expression, number: int, found: "pd.Series[Any]"
) -> dict[str, Any]:
    every, tested = int(found["every"]), found[f"test_{number}"]
    if each.is_aggregate:
        holds = not pd.isna(tested) and bool(tested)
        value = found[f"value_{number}"]
        counts = {"tested": 1, "passed": int(holds), "failed": int(not holds)}
        shown = None if pd.isna(value) else float(value)
        return {**counts, "value": shown, "status": SUCCEEDED if holds else FAILED}
    passed = int(tested)
    share = 100 * passed / every if every else 100.0
    threshold = rule.get("Threshold", {"Value": 100, "Unit": "PERCENTAGE"})
    compare = _THRESHOLDS[threshold.get("Type", "GREATER_THAN_OR_EQUAL")]
    measured = share if threshold.get("Unit", "COUNT") == "PERCENTAGE" else passed
    holds = compare(measured, threshold["Value"])
    counts = {"tested": every, "passed": passed, "failed": every - passed}
    return {**counts, "value": share, "status": SUCCEEDED if holds else FAILED}
