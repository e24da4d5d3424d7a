"""A condition on rows as SQL of DuckDB: never null, false where a value is missing."""

import json
import re
from typing import Any

from local_aws.databrew.relation import NUMBERS, Column, Relation, literal
from local_aws.databrew.rules import nodes
from local_aws.databrew.rules.nodes import RuleError
from local_aws.databrew.rules.parse import NUMERIC

_TESTS = {
    "STARTS_WITH": "starts_with({0}, {1})",
    "ENDS_WITH": "ends_with({0}, {1})",
    "CONTAINS": "contains({0}, {1})",
    "EQUALS": "{0} = {1}",
    "MATCHES": "regexp_matches({0}, {1})",
}


def condition(expression: nodes.Expression, relation: Relation, selected: str | None) -> str:
    """Return the SQL of an expression.

    Parameters
    ----------
    expression : Expression
        Of conditions on rows.
    relation : Relation
        What it is held against.
    selected : str or None
        The column that selectors chose.

    Raises
    ------
    RuleError
        For a column that is not there, or whose type cannot be compared so.
    """
    if isinstance(expression, nodes.Both):
        parts = [condition(part, relation, selected) for part in expression.parts]
        return "(" + f" {expression.word} ".join(parts) + ")"
    negation = "NOT " if expression.negated else ""
    return f"coalesce({negation}({_test(expression, relation, selected)}), false)"


def column(wanted: nodes.Column, relation: Relation, selected: str | None) -> Column:
    """Return a column of the relation.

    Raises
    ------
    RuleError
        Where there is none of its name.
    """
    name = wanted.name if wanted.name is not None else str(selected)
    found = relation.column(name)
    if found is None:
        raise RuleError(f"there is no column {name}")
    return found


def _test(each: nodes.Condition, relation: Relation, selected: str | None) -> str:
    subject = each.subject
    if isinstance(subject, nodes.Length):
        sql = f"length({_text(column(subject.column, relation, selected))})"
        return _compared(sql, each, relation, selected)
    if isinstance(subject, nodes.Aggregate):
        raise RuleError("an aggregate is not of rows")
    found = column(subject, relation, selected)
    if each.operator == "IN":
        return _listed(found, each.operands[0])
    if each.operator in NUMERIC:
        return _compared(_number(found), each, relation, selected)
    other = each.operands[0]
    if isinstance(other, nodes.Column):
        right = _text(column(other, relation, selected))
    else:
        right = literal(str(other))
    return _TESTS[each.operator].format(_text(found), right)


def _compared(sql: str, each: nodes.Condition, relation: Relation, selected: str | None) -> str:
    values = [
        _number(column(other, relation, selected))
        if isinstance(other, nodes.Column)
        else _decimal(str(other))
        for other in each.operands
    ]
    if each.operator == "IS_BETWEEN":
        return f"{sql} BETWEEN {values[0]} AND {values[1]}"
    return f"{sql} {each.operator} {values[0]}"


def _decimal(text: str) -> str:
    # as it was written: a whole number beside a BIGINT is compared as one
    whole = re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", text)
    return text if whole else f"{nodes.number(text)!r}::DOUBLE"


def _number(found: Column) -> str:
    if found.type in NUMBERS or found.sql_type.startswith("DECIMAL"):
        return found.sql
    raise RuleError(f"{found.name} is of type {found.sql_type.lower()}, not a number")


def _text(found: Column) -> str:
    if found.type != "string":
        raise RuleError(f"{found.name} is of type {found.sql_type.lower()}, not a text")
    return f"nullif({found.sql}, '')"


def _listed(found: Column, values: Any) -> str:
    if found.type == "string":
        texts = [v if isinstance(v, str) else json.dumps(v) for v in values]
        return f"{_text(found)} IN ({', '.join(map(literal, texts))})"
    if found.type == "boolean":
        return f"{found.sql} IN ({', '.join(literal(str(v).lower()) for v in values)})"
    return f"{_number(found)} IN ({', '.join(_decimal(str(v)) for v in values)})"
