"""The expressions of rules, read.

The grammar is that of the developer guide's "Available checks": conditions joined by AND and OR,
each about an aggregate (``AGG(…)``), the length of a text (``LENGTH(:col)``) or a value; words in
any case. Columns and values stand in the substitution map alone, columns between backticks. A rule
with column selectors names no column: it is about each of those selected.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from local_aws.databrew.rules.nodes import (
    Aggregate,
    Both,
    Column,
    Condition,
    Expression,
    Length,
    RuleError,
    number,
)

OF_DATASET = frozenset(
    {"ROWS_COUNT", "COLUMNS_COUNT", "DUPLICATE_ROWS_COUNT", "DUPLICATE_ROWS_PERCENTAGE"}
)
COUNTED = (
    "MISSING_VALUES",
    "DUPLICATE_VALUES",
    "VALID_VALUES",
    "DISTINCT_VALUES",
    "UNIQUE_VALUES",
    "Z_SCORE_OUTLIERS",
)
OF_COLUMN = frozenset(
    {f"{name}_{unit}" for name in COUNTED for unit in ("COUNT", "PERCENTAGE")}
    | {"MIN", "MAX", "MEDIAN", "MEAN", "MODE", "STANDARD_DEVIATION", "ENTROPY", "SUM"}
    | {"KURTOSIS", "SKEWNESS", "VARIANCE", "MEDIAN_ABSOLUTE_DEVIATION", "QUANTILE"}
)
QUANTILES = ("0.25", "0.5", "0.75")
NUMERIC = ("==", "!=", "<", "<=", ">", ">=", "IS_BETWEEN")
TEXTUAL = ("STARTS_WITH", "ENDS_WITH", "CONTAINS", "EQUALS", "MATCHES")

_TOKEN = re.compile(r"\s*(:[A-Za-z0-9_]+|==|!=|<=|>=|<|>|\(|\)|,|[A-Za-z_]+)")


def rule(given: dict[str, Any]) -> Expression:
    """Read the expression of a rule, and check what belongs to it.

    Parameters
    ----------
    given : dict
        The rule as CreateRuleset takes it.

    Raises
    ------
    RuleError
        For an expression that is none, a reference without a value, selectors beside a named
        column, a threshold of an aggregate.
    """
    selected = "ColumnSelectors" in given
    expression = _Parser(given["CheckExpression"], given.get("SubstitutionMap", {}), selected).all()
    subjects = [condition.subject for condition in conditions(expression)]
    aggregates = [isinstance(subject, Aggregate) for subject in subjects]
    if any(aggregates) and not all(aggregates):
        raise RuleError("conditions on aggregates and on rows do not mix in one rule")
    if any(aggregates) and "Threshold" in given:
        raise RuleError("a Threshold belongs to conditions on rows, not to aggregates")
    for selector in given.get("ColumnSelectors", []):
        if len(selector) != 1:
            raise RuleError("a column selector has either a Name or a Regex")
        if "Regex" in selector:
            compiled(selector["Regex"])
    return expression


def compiled(pattern: str) -> re.Pattern[str]:
    """Compile a regular expression of a rule or a selector.

    Raises
    ------
    RuleError
        Where it is none.
    """
    try:
        return re.compile(pattern)
    except re.error as error:
        raise RuleError(f"{pattern!r} is no regular expression: {error}") from None


def conditions(expression: Expression) -> Sequence[Condition]:
    """Return all conditions of an expression, in their order."""
    if isinstance(expression, Condition):
        return [expression]
    return [each for part in expression.parts for each in conditions(part)]


class _Parser:
    def __init__(self, text: str, values: dict[str, str], selected: bool) -> None:
        self._text, self._values, self._selected = text, values, selected
        self._tokens: list[str] = []
        at = 0
        while text[at:].strip():
            token = _TOKEN.match(text, at)
            if token is None:
                raise RuleError(f"{text[at:].strip()!r} is nothing that an expression may hold")
            self._tokens.append(token[1])
            at = token.end()
        self._at = 0

    def all(self) -> Expression:
        expression = self._joined("OR")
        if self._at < len(self._tokens):
            raise RuleError(f"{self._tokens[self._at]!r} is one word too many in {self._text!r}")
        return expression

    def _word(self) -> str:
        return self._tokens[self._at].upper() if self._at < len(self._tokens) else ""

    def _take(self, *wanted: str) -> str:
        word = self._word()
        if word not in wanted:
            found = repr(self._tokens[self._at]) if word else "its end"
            raise RuleError(f"{self._text!r} has {found} where {' or '.join(wanted)} is wanted")
        self._at += 1
        return word

    def _joined(self, word: str) -> Expression:
        parts = [self._joined("AND") if word == "OR" else self._primary()]
        while self._word() == word:
            self._at += 1
            parts.append(self._joined("AND") if word == "OR" else self._primary())
        return parts[0] if len(parts) == 1 else Both(word, tuple(parts))

    def _primary(self) -> Expression:
        if self._word() == "(":
            self._at += 1
            expression = self._joined("OR")
            self._take(")")
            return expression
        return self._condition(self._subject())

    def _subject(self) -> Aggregate | Length | Column:
        word = self._word()
        if word == "AGG":
            return self._aggregate()
        if word == "LENGTH":
            self._at += 1
            if self._word() != "(" and self._selected:
                return Length(Column(None))
            self._take("(")
            column = self._named_column()
            self._take(")")
            return Length(column)
        if word.startswith(":"):
            return self._named_column()
        if not self._selected:
            raise RuleError("it names no column and has no ColumnSelectors")
        return Column(None)

    def _aggregate(self) -> Aggregate:
        self._take("AGG")
        self._take("(")
        column = None
        if self._word().startswith(":"):
            column = self._named_column()
            self._take(",")
        statistic = self._take(*sorted(OF_DATASET | OF_COLUMN))
        parameter = None
        if self._word() == ",":
            self._at += 1
            parameter = self._parameter(statistic)
        self._take(")")
        if statistic in OF_DATASET:
            if column or self._selected:
                raise RuleError(f"{statistic} is of the dataset, not of a column")
            return Aggregate(statistic, None, None)
        if column is None and not self._selected:
            raise RuleError(f"{statistic} is of a column: name it, or select some")
        if statistic == "QUANTILE" and parameter is None:
            raise RuleError(f"QUANTILE needs one of {', '.join(QUANTILES)}")
        return Aggregate(statistic, column or Column(None), parameter)

    def _parameter(self, statistic: str) -> float:
        text = self._reference()
        if not isinstance(text, str):
            raise RuleError(f"the parameter of {statistic} is a number, not a column")
        if statistic == "QUANTILE" and text not in QUANTILES:
            raise RuleError(f"QUANTILE takes {', '.join(QUANTILES)}, not {text}")
        if statistic != "QUANTILE" and not statistic.startswith("Z_SCORE_OUTLIERS"):
            raise RuleError(f"{statistic} takes no parameter")
        return number(text)

    def _condition(self, subject: Aggregate | Length | Column) -> Condition:
        operator, negated = self._operator()
        numeric = not isinstance(subject, Column)
        if numeric and operator not in NUMERIC:
            raise RuleError(f"{operator} compares texts, not numbers")
        if operator == "IN":
            return Condition(subject, operator, (self._list(),), negated)
        operands = [self._reference()]
        if operator == "IS_BETWEEN":
            self._take("AND")
            operands.append(self._reference())
        for operand in operands:
            if operator in NUMERIC and isinstance(operand, str):
                number(operand)
            if isinstance(subject, Aggregate) and isinstance(operand, Column):
                raise RuleError("an aggregate is compared with a value, not with a column")
            if operator == "MATCHES" and isinstance(operand, str):
                compiled(operand)
        return Condition(subject, operator, tuple(operands), negated)

    def _operator(self) -> tuple[str, bool]:
        word = self._word()
        negated = word == "NOT" or word.startswith("NOT_")
        if word == "NOT":
            self._at += 1
        elif negated:
            self._tokens[self._at] = word.removeprefix("NOT_")
        if self._word() == "IS":  # the service prints IS_BETWEEN as two words in its reports
            self._at += 1
            self._take("BETWEEN")
            return "IS_BETWEEN", negated
        wanted = (*TEXTUAL, "IN") if negated else (*NUMERIC, *TEXTUAL, "IN")
        return self._take(*wanted), negated

    def _list(self) -> tuple[Any, ...]:
        text = self._reference()
        try:
            found = json.loads(text) if isinstance(text, str) else None
        except ValueError:
            found = None
        if not isinstance(found, list) or not found:
            raise RuleError('IN takes a list as a JSON text, such as ["a","b"]')
        if not all(isinstance(each, str | int | float) for each in found):
            raise RuleError("the list of an IN holds texts, numbers, true and false alone")
        return tuple(found)

    def _reference(self) -> str | Column:
        name = self._tokens[self._at] if self._at < len(self._tokens) else ""
        if not name.startswith(":"):
            raise RuleError(
                f"{self._text!r} has {name or 'its end'!r} where a :reference is wanted"
            )
        self._at += 1
        if name not in self._values:
            raise RuleError(f"{name} has no value in the SubstitutionMap")
        value = self._values[name]
        if len(value) > 2 and value[0] == value[-1] == "`":
            return Column(value[1:-1])
        return value

    def _named_column(self) -> Column:
        name = self._tokens[self._at] if self._at < len(self._tokens) else ""
        column = self._reference()
        if not isinstance(column, Column):
            raise RuleError(f"{name} is no column: put its name between backticks")
        if self._selected:
            raise RuleError("ColumnSelectors choose the column: the expression names none")
        return column
