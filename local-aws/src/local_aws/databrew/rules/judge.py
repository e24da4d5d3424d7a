"""Rules held against a relation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import eq, ge, gt, le, lt, ne

import duckdb

from local_aws.databrew.profile.columns import ColumnStatistics
from local_aws.databrew.profile.configuration import is_selected
from local_aws.databrew.relation import Relation
from local_aws.databrew.rules import nodes, parse
from local_aws.databrew.rules.nodes import RuleError
from local_aws.databrew.rules.row_sql import column, condition
from local_aws.databrew.store import Document

SUCCEEDED, FAILED, ERROR = "SUCCEEDED", "FAILED", "ERROR"
_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "==": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}
_THRESHOLDS = {
    "GREATER_THAN_OR_EQUAL": ge,
    "GREATER_THAN": gt,
    "LESS_THAN_OR_EQUAL": le,
    "LESS_THAN": lt,
}
Counter = Callable[[str], ColumnStatistics]


@dataclass(frozen=True)
class Verdict:
    """What came of a rule, on one column where selectors chose it.

    Attributes
    ----------
    status : str
        SUCCEEDED, FAILED, or ERROR where it could not be held against the data.
    failed : int or None
        Rows that do not satisfy it; None for aggregates.
    column : str or None
        The selected column.
    """

    status: str
    failed: int | None = None
    column: str | None = None


class Judge:
    """Holds rules against one relation; what was counted of a column is counted once.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        Where the relation is.
    relation : Relation
        The dataset.
    rows : int
        How many rows it has.
    counted : callable
        Gives the statistics of a column by its name.
    duplicates : callable
        Gives the number of rows that repeat another.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        relation: Relation,
        rows: int,
        counted: Counter,
        duplicates: Callable[[], int],
    ) -> None:
        self._connection, self._relation, self._rows = connection, relation, rows
        self._counted, self._duplicates = cache(counted), cache(duplicates)

    def verdicts(self, rule: Document) -> Sequence[Verdict]:
        """Return a rule's verdicts: one, or one for each column that its selectors choose."""
        expression = parse.rule(rule)
        if "ColumnSelectors" not in rule:
            return [self._verdict(rule, expression, None)]
        chosen = [
            each.name
            for each in self._relation.columns
            if is_selected(rule["ColumnSelectors"], each.name)
        ]
        return [self._verdict(rule, expression, name) for name in chosen] or [Verdict(ERROR)]

    def _verdict(
        self, rule: Document, expression: nodes.Expression, selected: str | None
    ) -> Verdict:
        try:
            if isinstance(parse.conditions(expression)[0].subject, nodes.Aggregate):
                holds = self._holds(expression, selected)
                return Verdict(SUCCEEDED if holds else FAILED, column=selected)
            test = condition(expression, self._relation, selected)
            counted = self._connection.execute(
                f"SELECT count(*) FILTER ({test}) FROM {self._relation.name}"
            ).fetchone()
        except (RuleError, duckdb.Error):
            return Verdict(ERROR, column=selected)
        passed = counted[0] if counted else 0
        enough = _is_enough(rule.get("Threshold"), passed, self._rows)
        return Verdict(SUCCEEDED if enough else FAILED, self._rows - passed, selected)

    def _holds(self, expression: nodes.Expression, selected: str | None) -> bool:
        if isinstance(expression, nodes.Both):
            parts = (self._holds(part, selected) for part in expression.parts)
            return all(parts) if expression.word == "AND" else any(parts)
        if not isinstance(expression.subject, nodes.Aggregate):
            raise RuleError("conditions on aggregates and on rows do not mix in one rule")
        value = self._value(expression.subject, selected)
        bounds = [nodes.number(str(operand)) for operand in expression.operands]
        if value is None:  # of no value there is no minimum: it is not what it should be
            return False
        if expression.operator == "IS_BETWEEN":
            return bounds[0] <= value <= bounds[1]
        return _COMPARISONS[expression.operator](value, bounds[0])

    def _value(self, wanted: nodes.Aggregate, selected: str | None) -> float | None:
        if wanted.column is None:
            return self._of_dataset(wanted.statistic)
        found = column(wanted.column, self._relation, selected)
        counted = self._counted(found.name)
        name = wanted.statistic
        if name.endswith(("_COUNT", "_PERCENTAGE")):
            kind, _, unit = name.rpartition("_")
            count = self._count(kind, counted, wanted.parameter)
            return count if unit == "COUNT" else self._share(count)
        if found.type is None or found.type == "boolean":
            raise RuleError(f"{found.name} has no {name}")
        numbers = counted.numbers
        if name == "QUANTILE":
            return numbers.quantiles[wanted.parameter or 0.5]
        values: dict[str, Callable[[], float | None]] = {
            "MIN": lambda: numbers.min,
            "MAX": lambda: numbers.max,
            "MEAN": lambda: numbers.mean,
            "MEDIAN": lambda: numbers.quantiles[0.5],
            "MODE": lambda: next((value for value, _ in numbers.most_common("1")), None),
            "SUM": lambda: numbers.sum,
            "STANDARD_DEVIATION": lambda: numbers.deviation,
            "VARIANCE": lambda: numbers.variance,
            "ENTROPY": lambda: counted.values.entropy,
            "KURTOSIS": lambda: numbers.kurtosis,
            "SKEWNESS": lambda: numbers.skewness,
            "MEDIAN_ABSOLUTE_DEVIATION": lambda: numbers.absolute_deviation,
        }
        return values[name]()

    def _of_dataset(self, statistic: str) -> float:
        if statistic == "ROWS_COUNT":
            return self._rows
        if statistic == "COLUMNS_COUNT":
            return len(self._relation.columns)
        count = self._duplicates()
        return count if statistic == "DUPLICATE_ROWS_COUNT" else self._share(count)

    def _count(self, kind: str, counted: ColumnStatistics, parameter: float | None) -> int:
        values = counted.values
        if kind == "Z_SCORE_OUTLIERS":
            if counted.column.type in {None, "boolean"}:
                raise RuleError(f"{counted.column.name} has no z-scores")
            return counted.numbers.outliers(3.0 if parameter is None else parameter)
        return {
            "MISSING_VALUES": counted.missing,
            "VALID_VALUES": values.total,
            "DISTINCT_VALUES": values.distinct,
            "UNIQUE_VALUES": values.unique,
            "DUPLICATE_VALUES": values.total - values.distinct,
        }[kind]

    def _share(self, count: int) -> float:
        return 100 * count / self._rows if self._rows else 0.0


def _is_enough(threshold: Document | None, passed: int, rows: int) -> bool:
    """Say whether enough rows satisfy a rule: without a threshold all of them."""
    if threshold is None:
        return passed == rows
    value: float = passed
    if threshold.get("Unit", "COUNT") == "PERCENTAGE":
        value = 100 * passed / rows if rows else 100.0
    compare = _THRESHOLDS[threshold.get("Type", "GREATER_THAN_OR_EQUAL")]
    return bool(compare(value, threshold["Value"]))
