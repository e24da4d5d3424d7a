"""Values cast as DataBrew casts them: what cannot be converted becomes null."""

from local_aws.databrew.recipe.steps import TYPES
from local_aws.databrew.relation import INTEGERS, Column

_BOUNDS = {"byte": 8, "short": 16, "int": 32, "long": 64}


def cast(column: Column, kind: str) -> str:
    """Return the SQL of a column's values as another type.

    Parameters
    ----------
    column : Column
        The column as it is.
    kind : str
        One of `steps.TYPES`.
    """
    text = column.sql_type == "VARCHAR"
    if kind in _BOUNDS and text:
        # a fraction is cut off, never rounded, and no digit is lost on the way
        return f"TRY_CAST(regexp_replace(trim({column.sql}), '\\.\\d*$', '') AS {TYPES[kind]})"
    if kind in _BOUNDS and column.type not in INTEGERS and column.sql_type != "BOOLEAN":
        return f"TRY_CAST(trunc({column.sql}) AS {TYPES[kind]})"
    if kind in {"timestamp", "date"}:
        moment = moment_of(column)
        return moment if kind == "timestamp" else f"CAST({moment} AS DATE)"
    return f"TRY_CAST({column.sql} AS {TYPES[kind]})"


def moment_of(column: Column) -> str:
    """Return the SQL of a column's values as times in UTC; a zone in a text is minded."""
    if column.sql_type == "VARCHAR":
        return f"timezone('UTC', TRY_CAST(trim({column.sql}) AS TIMESTAMPTZ))"
    return f"TRY_CAST({column.sql} AS TIMESTAMP)"
