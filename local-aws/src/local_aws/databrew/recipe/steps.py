"""Which steps a recipe may have here, with the parameters of each; all others are refused by name.

Names and parameters are those of the developer guide's "Recipe step and function reference".
"""

import json
import re
from typing import NamedTuple

from local_aws.databrew.errors import invalid
from local_aws.databrew.store import Document
from local_aws.protocol.errors import not_supported

DATE_PARTS = {
    "YEAR": "year",
    "MONTH": "month",
    "DAY": "day",
    "HOUR": "hour",
    "MINUTE": "minute",
    "SECOND": "second",
    "WEEK_DAY": "isodow",
}
TYPES = {
    "byte": "TINYINT",
    "short": "SMALLINT",
    "int": "INTEGER",
    "long": "BIGINT",
    "float": "FLOAT",
    "double": "DOUBLE",
    "decimal": "DECIMAL(38,18)",
    "string": "VARCHAR",
    "boolean": "BOOLEAN",
    "timestamp": "TIMESTAMP",
    "date": "DATE",
}
FILLED = ("date", "number", "boolean", "unsupported", "string", "timestamp")
CONDITIONS = frozenset(
    {
        "IS",
        "IS_NOT",
        "IS_BETWEEN",
        "CONTAINS",
        "NOT_CONTAINS",
        "STARTS_WITH",
        "NOT_STARTS_WITH",
        "ENDS_WITH",
        "NOT_ENDS_WITH",
        "LESS_THAN",
        "LESS_THAN_EQUAL",
        "GREATER_THAN",
        "GREATER_THAN_EQUAL",
        "IS_INVALID",
        "IS_MISSING",
    }
)
# how a format of FORMAT_DATE is written in DuckDB
DATE_FORMATS = {
    "mm/dd/yyyy": "%m/%d/%Y",
    "mm-dd-yyyy": "%m-%d-%Y",
    "dd/mm/yyyy": "%d/%m/%Y",
    "dd-mm-yyyy": "%d-%m-%Y",
    "yyyy-mm-dd": "%Y-%m-%d",
    "yyyy/mm/dd": "%Y/%m/%d",
    "dd month yyyy": "%d %B %Y",
    "month yyyy": "%B %Y",
    "dd month": "%d %B",
}


class _Parameters(NamedTuple):
    needed: frozenset[str]
    free: frozenset[str] = frozenset()


_OF_DATES = _Parameters(frozenset({"targetColumn"}), frozenset({"sourceColumn", "value"}))
_STEPS = {
    "CHANGE_DATA_TYPE": _Parameters(frozenset({"sourceColumn", "columnDataType"})),
    "SPLIT_COLUMN_SINGLE_DELIMITER": _Parameters(
        frozenset({"sourceColumn", "pattern", "limit"}), frozenset({"includeInSplit"})
    ),
    **dict.fromkeys(DATE_PARTS, _OF_DATES),
    "FORMAT_DATE": _Parameters(frozenset({"sourceColumn", "targetDateFormat"})),
    "FILL_WITH_CUSTOM": _Parameters(frozenset({"sourceColumn", "columnDataType", "value"})),
    "RENAME": _Parameters(frozenset({"sourceColumn", "targetColumn"})),
    "DELETE": _Parameters(frozenset({"sourceColumns"})),
    "DELETE_DUPLICATE_ROWS": _Parameters(frozenset()),
    "REMOVE_DUPLICATES": _Parameters(frozenset({"sourceColumn"})),
    "REMOVE_VALUES": _Parameters(frozenset({"sourceColumn"})),
}


def check(step: Document) -> None:
    """Refuse a step that cannot be carried out, whatever the columns are.

    Raises
    ------
    ServiceError
        By name for an operation that is not one of ours; ValidationException for parameters that
        it has not, or lacks.
    """
    action = step["Action"]
    name, given = action["Operation"], action.get("Parameters", {})
    if name not in _STEPS:
        raise not_supported(f"the recipe step {name}")
    known = _STEPS[name]
    if missing := sorted(known.needed - given.keys()):
        raise invalid(f"The recipe step {name} needs {', '.join(missing)}.")
    if unknown := sorted(given.keys() - known.needed - known.free):
        raise invalid(f"The recipe step {name} has no parameter {', '.join(unknown)}.")
    _check_values(name, given)
    _check_conditions(name, step.get("ConditionExpressions", []))


def _check_values(name: str, given: Document) -> None:
    kinds = FILLED if name == "FILL_WITH_CUSTOM" else tuple(TYPES)
    if "columnDataType" in given and given["columnDataType"] not in kinds:
        raise invalid(f"columnDataType of {name} is one of {', '.join(kinds)}.")
    if name in DATE_PARTS and ("sourceColumn" in given) == ("value" in given):
        raise invalid(f"The recipe step {name} has either a sourceColumn or a value.")
    if name == "SPLIT_COLUMN_SINGLE_DELIMITER":
        if not re.fullmatch("[1-9]|1[0-9]|20", given["limit"]):
            raise invalid(f"limit of {name} is a whole number from 1 to 20.")
        if given.get("includeInSplit", "false") != "false":
            raise not_supported(f"includeInSplit of the recipe step {name}")
    if name == "FORMAT_DATE" and given["targetDateFormat"] not in DATE_FORMATS:
        raise not_supported(f"the targetDateFormat {given['targetDateFormat']}")
    if name == "DELETE":
        try:
            columns = json.loads(given["sourceColumns"])
        except ValueError:
            columns = None
        named = isinstance(columns, list) and all(isinstance(each, str) for each in columns)
        if not named or not columns:
            raise invalid("sourceColumns of DELETE is a list of names as a JSON text.")


def _check_conditions(name: str, given: list[Document]) -> None:
    if name != "REMOVE_VALUES":
        if given:
            raise not_supported(f"ConditionExpressions of the recipe step {name}")
        return
    if not given:
        raise invalid("The recipe step REMOVE_VALUES needs ConditionExpressions.")
    if len(given) > 1:
        raise not_supported("more than one of the ConditionExpressions of REMOVE_VALUES")
    condition = given[0]["Condition"]
    if condition not in CONDITIONS:
        raise invalid(f"There is no condition {condition}.")
    if condition not in {"IS_INVALID", "IS_MISSING"} and "Value" not in given[0]:
        raise invalid(f"The condition {condition} needs a Value.")
