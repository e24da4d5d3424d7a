"""The condition of a REMOVE_VALUES step as SQL."""

import json

from local_aws.databrew.errors import JobError
from local_aws.databrew.relation import NUMBERS, Column, literal
from local_aws.databrew.store import Document

_ORDER = {
    "LESS_THAN": "<",
    "LESS_THAN_EQUAL": "<=",
    "GREATER_THAN": ">",
    "GREATER_THAN_EQUAL": ">=",
}
_TEXTS = {"CONTAINS": "contains", "STARTS_WITH": "starts_with", "ENDS_WITH": "ends_with"}


def test(column: Column, given: Document) -> str:
    """Return the SQL that is true in the rows that a condition is about.

    Raises
    ------
    JobError
        For a value that is not of the column's kind.
    """
    name, value = given["Condition"], given.get("Value", "")
    text = f"CAST({column.sql} AS VARCHAR)"
    if name == "IS_MISSING":
        return f"{column.sql} IS NULL OR {text} = ''"
    if name == "IS_INVALID":
        return "false"  # a column has one type here, and what is not of it became null
    if name in {"IS", "IS_NOT"}:
        return f"{'NOT ' if name == 'IS_NOT' else ''}({text} IN ({_values(value)}))"
    if name == "IS_BETWEEN":
        low, high = _list(value, 2)
        return f"{_number(column)} BETWEEN {_float(low)} AND {_float(high)}"
    if name in _ORDER:
        return f"{_number(column)} {_ORDER[name]} {_float(value)}"
    negated = name.startswith("NOT_")
    found = f"{_TEXTS[name.removeprefix('NOT_')]}({text}, {literal(value)})"
    return f"NOT ({found})" if negated else found


def _values(value: str) -> str:
    """Return the texts that IS names: a JSON list, or one."""
    listed = _list(value) if value.startswith("[") else [value]
    return ", ".join(literal(each) for each in listed)


def _list(value: str, length: int | None = None) -> list[str]:
    try:
        found = json.loads(value)
    except ValueError:
        found = None
    if not isinstance(found, list) or length not in {None, len(found)}:
        raise JobError(f"A condition's value {value!r} is no such list.")
    return [each if isinstance(each, str) else json.dumps(each) for each in found]


def _number(column: Column) -> str:
    if column.type in NUMBERS or column.sql_type.startswith("DECIMAL"):
        return column.sql
    raise JobError(f"The column {column.name} is not a number, so that it has no order.")


def _float(value: str) -> str:
    try:
        return repr(float(value))
    except ValueError:
        raise JobError(f"A condition's value {value!r} is no number.") from None
