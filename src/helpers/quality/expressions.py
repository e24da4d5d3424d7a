"""The expressions of DataBrew's rules as Athena's SQL.

The grammar is the developer guide's "Available checks". What the lake is not asked here (medians,
modes, entropy and the like, which need a statement each) is refused with its name; DataBrew itself
takes it.
"""

import json
import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from helpers.errors import InputError
from helpers.events import LAKE_TYPES

COLUMNS: Final = {**LAKE_TYPES, "year": "int", "month": "int", "day": "int"}
DUPLICATES: Final = "duplicates"
_OF_DATASET: Final = (
    "ROWS_COUNT",
    "COLUMNS_COUNT",
    "DUPLICATE_ROWS_COUNT",
    "DUPLICATE_ROWS_PERCENTAGE",
)
_COUNTS: Final = {
    "MISSING_VALUES": "COUNT(*) - COUNT({0})",
    "VALID_VALUES": "COUNT({0})",
    "DISTINCT_VALUES": "COUNT(DISTINCT {0})",
    "DUPLICATE_VALUES": "COUNT({0}) - COUNT(DISTINCT {0})",
}
_NUMBERS: Final = {
    "MIN": "MIN({0})",
    "MAX": "MAX({0})",
    "SUM": "SUM({0})",
    "MEAN": "AVG({0})",
    "STANDARD_DEVIATION": "STDDEV({0})",
    "VARIANCE": "VARIANCE({0})",
}
_OUTLIERS: Final = (
    "COUNT_IF(ABS({0} - (SELECT AVG({0}) FROM {{table}} WHERE {{days}}))"
    " > {1} * (SELECT STDDEV({0}) FROM {{table}} WHERE {{days}}))"
)
_TEXTS: Final = {
    "STARTS_WITH": "STRPOS({0}, {1}) = 1",
    "ENDS_WITH": "SUBSTR({0}, -LENGTH({1})) = {1}",
    "CONTAINS": "STRPOS({0}, {1}) > 0",
    "EQUALS": "{0} = {1}",
    "MATCHES": "REGEXP_LIKE({0}, {1})",
}
_COMPARED: Final = ("==", "!=", "<=", ">=", "<", ">")
_NUMBER: Final = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_TOKEN: Final = re.compile(r"\s*(:\w+|==|!=|<=|>=|[<>(),]|[A-Za-z_]+)")


class Expression:
    """One rule's expression on one column, or on those that it names.

    Attributes
    ----------
    sql : str
        True or false in each row, or of an aggregate for all rows; ``{table}`` and ``{days}`` stand
        for what is asked.
    is_aggregate : bool
        Which of the two.
    value : str or None
        The SQL of the aggregate that is compared first.
    values : dict
        What stands in the SQL as ``:name``.
    asks_duplicates : bool
        Whether `DUPLICATES` stands in it too: how many rows repeat another.

    Parameters
    ----------
    rule : mapping
        As CreateRuleset takes it.
    prefix : str
        Of the names of values, so that rules do not share them.
    selected : str, optional
        The column that a selector chose.

    Raises
    ------
    InputError
        Where the expression is none, or asks what is not asked here.
    """

    def __init__(self, rule: Mapping[str, Any], prefix: str, selected: str | None = None) -> None:
        self._rule, self._prefix, self._selected = rule, prefix, selected
        self.values: dict[str, Any] = {}
        self.value: str | None = None
        self.is_aggregate = self.asks_duplicates = self._is_of_rows = False
        self._tokens = self._read(rule["CheckExpression"])
        self.sql = self._joined()
        if self._tokens:
            raise self._wrong(f"{self._tokens[0]!r} is one word too many")
        if self.is_aggregate and self._is_of_rows:
            raise self._wrong("conditions on aggregates and on rows do not mix")
        if self.is_aggregate and "Threshold" in rule:
            raise self._wrong("a Threshold belongs to conditions on rows, not to aggregates")

    def _wrong(self, what: str) -> InputError:
        return InputError(f"The rule {self._rule['Name']!r}: {what}.")

    def _read(self, text: str) -> list[str]:
        tokens, at = [], 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            if found is None:
                raise self._wrong(f"{text[at:].strip()!r} is nothing that an expression may hold")
            tokens.append(found[1])
            at = found.end()
        return tokens

    def _next(self) -> str:
        return self._tokens[0].upper() if self._tokens else ""

    def _take(self, *wanted: str) -> str:
        word = self._next()
        if wanted and word not in wanted:
            raise self._wrong(f"{word or 'the end'!r} stands where {' or '.join(wanted)} should")
        if not word:
            raise self._wrong("the expression ends too soon")
        del self._tokens[0]
        return word

    def _joined(self) -> str:
        parts = [self._primary()]
        while self._next() in {"AND", "OR"}:
            parts += [self._take(), self._primary()]
        return " ".join(parts)

    def _primary(self) -> str:
        if self._next() == "(":
            self._take("(")
            inner = self._joined()
            self._take(")")
            return f"({inner})"
        if self._next() == "AGG":
            self.is_aggregate = True
            self._take()
            value = self._aggregate()
            self.value = self.value or value
            return self._compared(value, self._value)
        self._is_of_rows = True
        if self._next() == "LENGTH":
            self._take()
            self._take("(")
            subject = f"LENGTH({self._column()})"
            self._take(")")
            return self._compared(subject, self._number)
        return self._of_rows(self._column() if self._next().startswith(":") else self._chosen())

    def _aggregate(self) -> str:
        self._take("(")
        column = None
        if self._next().startswith(":"):
            column = self._column()
            self._take(",")
        name, parameter = self._take(), None
        if self._next() == ",":
            self._take()
            parameter = self._value()
        self._take(")")
        if name in _OF_DATASET and (column or self._selected):
            raise self._wrong(f"{name} is of the dataset, not of a column")
        kind, _, unit = name.rpartition("_")
        if name == "ROWS_COUNT":
            return "COUNT(*)"
        if name == "COLUMNS_COUNT":
            return str(len(COLUMNS))
        if kind == "DUPLICATE_ROWS":
            self.asks_duplicates = True
            return self._counted(f":{DUPLICATES}", unit)
        column = column or self._chosen()
        if kind in _COUNTS:
            return self._counted(_COUNTS[kind].format(column), unit)
        if kind == "Z_SCORE_OUTLIERS":
            sql = _OUTLIERS.format(self._real(column), parameter or "3")
            return self._counted(sql, unit)
        if name in _NUMBERS and parameter is None:
            return _NUMBERS[name].format(self._real(column))
        raise self._wrong(f"{name} is not asked of the lake; DataBrew takes it")

    def _counted(self, count: str, unit: str) -> str:
        if unit == "COUNT":
            return f"({count})"
        return f"COALESCE(100E0 * ({count}) / NULLIF(COUNT(*), 0), 0E0)"  # of no row nothing

    def _compared(self, subject: str, operand: Callable[[], str]) -> str:
        word = self._take(*_COMPARED, "IS_BETWEEN", "IS")
        if word in _COMPARED:
            return f"{subject} {'=' if word == '==' else word} {operand()}"
        if word == "IS":
            self._take("BETWEEN")
        low = operand()
        self._take("AND")
        return f"{subject} BETWEEN {low} AND {operand()}"

    def _of_rows(self, subject: str) -> str:
        word = self._next()
        negated = word.startswith("NOT")
        if word == "NOT":
            self._take()
        elif negated:
            self._tokens[0] = word.removeprefix("NOT_")
        if not negated and self._next() in (*_COMPARED, "IS_BETWEEN", "IS"):
            return self._compared(subject, self._number)
        word = self._take(*_TEXTS, "IN")
        if word == "IN":
            test = f"{subject} IN ({self._list()})"
        else:
            read = _pattern if word == "MATCHES" else str
            test = _TEXTS[word].format(subject, self._operand(read))
        return f"NOT ({test})" if negated else test

    def _substituted(self) -> tuple[str, str]:
        name = self._tokens[0] if self._tokens else ""
        self._take()
        given = self._rule.get("SubstitutionMap", {})
        if not name.startswith(":") or name not in given:
            raise self._wrong(f"{name or 'its end'!r} has no value in the SubstitutionMap")
        return name[1:], given[name]

    def _column(self) -> str:
        name, text = self._substituted()
        if not re.fullmatch("`.+`", text):
            raise self._wrong(f":{name} is no column: put its name between backticks")
        if self._selected:
            raise self._wrong("ColumnSelectors choose the column: the expression names none")
        return self._known(text[1:-1])

    def _chosen(self) -> str:
        if self._selected is None:
            raise self._wrong("it names no column and has no ColumnSelectors")
        return self._known(self._selected)

    def _known(self, name: str) -> str:
        if name not in COLUMNS:
            raise self._wrong(f"the lake has no column {name}")
        return name

    def _real(self, column: str) -> str:
        text = COLUMNS[column] == "string"
        return f"CAST(LENGTH({column}) AS DOUBLE)" if text else f"CAST({column} AS DOUBLE)"

    def _operand(self, read: Callable[[str], Any]) -> str:
        name, text = self._substituted()
        if re.fullmatch("`.+`", text):
            return self._known(text[1:-1])
        try:
            self.values[self._prefix + name] = read(text)
        except ValueError as error:
            raise self._wrong(f":{name} is {text!r}, which is no {error}") from None
        return f":{self._prefix}{name}"

    def _number(self) -> str:
        return self._operand(_number)

    def _value(self) -> str:
        operand = self._operand(_number)
        if not operand.startswith(":"):
            raise self._wrong("an aggregate has to do with values, not with another column")
        return operand

    def _list(self) -> str:
        name, text = self._substituted()
        try:
            values: Sequence[Any] = json.loads(text)
        except ValueError:
            values = ()
        if not isinstance(values, list) or not values:
            raise self._wrong(f":{name} is no list as a JSON text")
        if not all(isinstance(each, str | int | float) for each in values):
            raise self._wrong(f":{name} holds more than texts, numbers, true and false")
        self.values |= {f"{self._prefix}{name}_{n}": value for n, value in enumerate(values)}
        return ", ".join(f":{self._prefix}{name}_{n}" for n in range(len(values)))


def _number(text: str) -> int | float:
    # Python reads more as a number: NaN, infinity, digits of other scripts, 1_000
    found = float(text) if _NUMBER.fullmatch(text) else math.inf
    if math.isinf(found):
        raise ValueError("number")
    return int(text) if re.fullmatch(r"[+-]?[0-9]+", text) else found


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"regular expression: {error}") from None
    return text
