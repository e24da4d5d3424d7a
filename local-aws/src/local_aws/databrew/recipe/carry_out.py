"""Steps of a recipe carried out: a view for each, over the one before."""

import json
from collections.abc import Callable, Sequence

from local_aws.databrew.errors import JobError
from local_aws.databrew.recipe import conditions, steps
from local_aws.databrew.recipe.types import cast, moment_of
from local_aws.databrew.relation import Column, Relation, described, identifier, literal
from local_aws.databrew.store import Document
from local_aws.engine.context import Context


def carried_out(context: Context, relation: Relation, recipe: Sequence[Document]) -> Relation:
    """Return the relation that the steps of a recipe make of another.

    Raises
    ------
    JobError
        For a step on a column that is not there; the message names both.
    """
    for number, step in enumerate(recipe, 1):
        name = step["Action"]["Operation"]
        given = step["Action"].get("Parameters", {})
        try:
            sql = _STEPS[name](relation, step, given)
        except _NoColumnError as missing:
            raise JobError(
                f"Step {number} of the recipe, {name}: there is no column {missing}."
            ) from None
        view = f"step_{number}"
        context.connection.execute(f"CREATE OR REPLACE TEMP VIEW {view} AS {sql}")
        relation = described(context, view)
    return relation


class _NoColumnError(Exception):
    pass


def _column(relation: Relation, name: str) -> Column:
    found = relation.column(name)
    if found is None:
        raise _NoColumnError(name)
    return found


def _replaced(relation: Relation, column: Column, sql: str) -> str:
    columns = [f"{sql} AS {each.sql}" if each == column else each.sql for each in relation.columns]
    return f"SELECT {', '.join(columns)} FROM {relation.name}"


def _added(relation: Relation, after: Column | None, added: Sequence[tuple[str, str]]) -> str:
    """Return all columns and new ones, behind the one that they are made of."""
    new = [f"{sql} AS {identifier(name)}" for name, sql in added]
    names = {name for name, _ in added}
    columns: list[str] = []
    for each in relation.columns:
        columns += [each.sql] if each.name not in names else []
        columns += new if each == after else []
    columns += new if after is None else []
    return f"SELECT {', '.join(columns)} FROM {relation.name}"


def _change_type(relation: Relation, _: Document, given: Document) -> str:
    column = _column(relation, given["sourceColumn"])
    return _replaced(relation, column, cast(column, given["columnDataType"]))


def _split(relation: Relation, _: Document, given: Document) -> str:
    column = _column(relation, given["sourceColumn"])
    limit = int(given["limit"])
    text, by = f"CAST({column.sql} AS VARCHAR)", literal(given["pattern"])
    parts = f"string_split({text}, {by})"
    added = [
        (f"{column.name}_{number}", f"list_extract({parts}, {number})")
        for number in range(1, limit + 1)
    ]
    # the last one has all that is left
    rest = f"nullif(array_to_string({parts}[{limit + 1}:], {by}), '')"
    enough = f"CASE WHEN len({parts}) > {limit} THEN {rest} END"
    return _added(relation, column, [*added, (f"{column.name}_{limit + 1}", enough)])


def _date_part(relation: Relation, step: Document, given: Document) -> str:
    part = steps.DATE_PARTS[step["Action"]["Operation"]]
    column = _column(relation, given["sourceColumn"]) if "sourceColumn" in given else None
    moment = (
        moment_of(column)
        if column
        else f"timezone('UTC', TRY_CAST({literal(given['value'])} AS TIMESTAMPTZ))"
    )
    sql = f"CAST(date_part('{part}', {moment}) AS INTEGER)"
    return _added(relation, column, [(given["targetColumn"], sql)])


def _format_date(relation: Relation, _: Document, given: Document) -> str:
    column = _column(relation, given["sourceColumn"])
    form = steps.DATE_FORMATS[given["targetDateFormat"]]
    return _replaced(relation, column, f"strftime({moment_of(column)}, {literal(form)})")


def _fill(relation: Relation, _: Document, given: Document) -> str:
    column = _column(relation, given["sourceColumn"])
    text = column.sql_type == "VARCHAR"
    present = f"nullif({column.sql}, '')" if text else column.sql
    # a value that is not of the column's type fails the job: it would fill nothing
    value = f"CAST({literal(given['value'])} AS {column.sql_type})"
    return _replaced(relation, column, f"coalesce({present}, {value})")


def _rename(relation: Relation, _: Document, given: Document) -> str:
    column = _column(relation, given["sourceColumn"])
    target = identifier(given["targetColumn"])
    columns = [
        f"{each.sql} AS {target}" if each == column else each.sql for each in relation.columns
    ]
    return f"SELECT {', '.join(columns)} FROM {relation.name}"


def _delete(relation: Relation, _: Document, given: Document) -> str:
    gone = [_column(relation, name) for name in json.loads(given["sourceColumns"])]
    kept = [each.sql for each in relation.columns if each not in gone]
    if not kept:
        raise JobError("The recipe deletes every column.")
    return f"SELECT {', '.join(kept)} FROM {relation.name}"


def _distinct(relation: Relation, _: Document, __: Document) -> str:
    return f"SELECT DISTINCT * FROM {relation.name}"


def _first_of_each(relation: Relation, _: Document, given: Document) -> str:
    column = _column(relation, given["sourceColumn"])
    return (
        f"SELECT * FROM {relation.name} QUALIFY row_number() OVER (PARTITION BY {column.sql}) = 1"
    )


def _remove(relation: Relation, step: Document, given: Document) -> str:
    _column(relation, given["sourceColumn"])
    condition = step["ConditionExpressions"][0]
    column = _column(relation, condition["TargetColumn"])
    test = conditions.test(column, condition)
    return f"SELECT * FROM {relation.name} WHERE NOT coalesce({test}, false)"


_STEPS: dict[str, Callable[[Relation, Document, Document], str]] = {
    "CHANGE_DATA_TYPE": _change_type,
    "SPLIT_COLUMN_SINGLE_DELIMITER": _split,
    **dict.fromkeys(steps.DATE_PARTS, _date_part),
    "FORMAT_DATE": _format_date,
    "FILL_WITH_CUSTOM": _fill,
    "RENAME": _rename,
    "DELETE": _delete,
    "DELETE_DUPLICATE_ROWS": _distinct,
    "REMOVE_DUPLICATES": _first_of_each,
    "REMOVE_VALUES": _remove,
}
