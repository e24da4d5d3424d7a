"""How values become those of the columns that they are written into.

Source: the SQL standard's store assignment, as Trino carries it out: a value of any type that has
a common type with the column's is converted, and fails where it does not fit.
"""

from local_aws.engine.scan.sql import sized_text
from local_aws.trino.emit.casts import find_conversion
from local_aws.trino.errors import raise_in_sql
from local_aws.trino.type_coercion import can_coerce, common_super_type
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType

_TEXTS = ("varchar", "char")


def fits(source: TrinoType, target: TrinoType) -> bool:
    """Return whether a column takes values of a type."""
    if source.name in _TEXTS and target.name in _TEXTS:
        return True
    if target.name not in _TEXTS and _has_bounded_text(target):
        return can_coerce(source, target)
    return common_super_type(source, target) is not None


def _has_bounded_text(kind: TrinoType) -> bool:
    if kind.name in _TEXTS:
        return bool(kind.args)
    parts = [part[1] if kind.name == "row" else part for part in kind.args]
    return any(isinstance(part, TrinoType) and _has_bounded_text(part) for part in parts)


def assigned(sql: str, source: TrinoType, target: TrinoType) -> str:
    """Return DuckDB text of a value as the column has it, which fails where it does not fit."""
    if target.name in _TEXTS:
        text = f"CAST({sql} AS {to_duckdb(target)})"
        if not target.args:
            return text
        failure = raise_in_sql(
            "INVALID_CAST_ARGUMENT",
            f"'Cannot truncate non-space characters when casting from {source} to {target} on "
            "INSERT'",
        )
        too_long = f"length(rtrim({text}, ' ')) > {target.args[0]}"
        return f"CASE WHEN {too_long} THEN {failure} ELSE {sized_text(text, target)} END"
    convert = find_conversion(source, target)
    return f"CAST({sql} AS {to_duckdb(target)})" if convert is None else convert(sql)
