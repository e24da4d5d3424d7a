"""What of Flink's types Arrow and Python can carry, and as what the others come."""

from typing import Any, Final

from flink_notes import java
from helpers.errors import InputError

_MICROSECONDS: Final = 6  # Python's datetimes end there, and 64 bits of nanoseconds in 2262
_STAMPS: Final = ("TIMESTAMP_WITHOUT_TIME_ZONE", "TIMESTAMP_WITH_LOCAL_TIME_ZONE")
_LOCAL: Final = _STAMPS[1]
_INTERVALS: Final = ("INTERVAL_YEAR_MONTH", "INTERVAL_DAY_TIME")
_VARIANT: Final = "VARIANT"
_SCALARS: Final = {
    "CHAR",
    "VARCHAR",
    "BOOLEAN",
    "BINARY",
    "VARBINARY",
    "DECIMAL",
    "TINYINT",
    "SMALLINT",
    "INTEGER",
    "BIGINT",
    "FLOAT",
    "DOUBLE",
    "DATE",
    "TIME_WITHOUT_TIME_ZONE",
    *_STAMPS,
}
_NESTED: Final = ("ARRAY", "MAP", "MULTISET", "ROW")


def root(logical: Any) -> str:
    """Name the root of a logical type, such as ``MAP``."""
    return str(logical.getTypeRoot().toString())


def is_variant(logical: Any) -> bool:
    """Say whether a column is a VARIANT, which the reader takes as JSON."""
    return root(logical) == _VARIANT


def stamps(operation: Any) -> dict[int, bool]:
    """Find the columns of a query that are a TIMESTAMP beyond microseconds.

    Returns
    -------
    dict of int to bool
        By place from 0, whether it is a TIMESTAMP_LTZ.
    """
    types = [kind.getLogicalType() for kind in operation.getResolvedSchema().getColumnDataTypes()]
    return {i: root(kind) == _LOCAL for i, kind in enumerate(types) if _is_long_stamp(kind)}


def carried(operation: Any, zone: str) -> Any:
    """Cast what Arrow cannot carry to text, in the query itself.

    Parameters
    ----------
    operation : py4j.java_gateway.JavaObject
        A query.
    zone : str
        The session's time zone.

    Returns
    -------
    py4j.java_gateway.JavaObject
        The query, with text for INTERVAL and for TIMESTAMP beyond microseconds, also within
        ARRAY, MAP and ROW.

    Raises
    ------
    InputError
        Where a TIMESTAMP_LTZ beyond microseconds would come in another zone than UTC.
    """
    schema = operation.getResolvedSchema()
    types = [data_type.getLogicalType() for data_type in schema.getColumnDataTypes()]
    texts = [_text(logical, zone, top=True) for logical in types]
    if all(text is logical for text, logical in zip(texts, types, strict=True)):
        return operation
    names = [str(name) for name in schema.getColumnNames()]
    if len(set(names)) < len(names):
        raise InputError(
            "INTERVAL, and TIMESTAMP beyond microseconds, reach Python where no two columns have "
            "one name: give them names with AS."
        )
    table = java.jvm().org.apache.flink.table
    conversions = table.types.utils.TypeConversions
    cast = table.functions.BuiltInFunctionDefinitions.CAST
    columns = java.jvm().java.util.ArrayList()
    kinds = []
    for place, (logical, text) in enumerate(zip(types, texts, strict=True)):
        kind = conversions.fromLogicalToDataType(logical)
        column = table.expressions.FieldReferenceExpression(names[place], kind, 0, place)
        if text is not logical:
            kind = conversions.fromLogicalToDataType(text)
            target = table.expressions.TypeLiteralExpression(kind)
            pair = java.jvm().java.util.ArrayList([column, target])
            column = table.expressions.CallExpression.permanent(cast, pair, kind)
        columns.add(column)
        kinds.append(kind)
    new = table.catalog.ResolvedSchema.physical(
        schema.getColumnNames(), java.jvm().java.util.ArrayList(kinds)
    )
    return table.operations.ProjectQueryOperation(columns, operation, new)


def for_arrow(row: Any) -> Any:
    """Name the types of a row as Arrow's writer knows them, for the same bytes.

    Parameters
    ----------
    row : py4j.java_gateway.JavaObject
        The ``RowType`` of a result.

    Returns
    -------
    py4j.java_gateway.JavaObject
        A ``RowType`` where a MULTISET is a MAP, no key of a MAP is null, and a BINARY has any
        length.

    Raises
    ------
    InputError
        Where a column has a type that is not carried at all, such as RAW.
    """
    return _row(row, [_arrow(child, top=True) for child in row.getChildren()])


def _text(logical: Any, zone: str, *, top: bool = False) -> Any:
    """Give the type to cast to; the very same object where it is carried as it is."""
    kind = root(logical)
    if _is_long_stamp(logical) and kind == _LOCAL and not (top and zone == "UTC"):
        raise InputError(
            f"Rows with {logical.asSummaryString()} reach Python as columns of their own in the "
            "zone UTC alone: CAST to TIMESTAMP_LTZ(6), or RESET 'table.local-time-zone'."
        )
    if kind in _INTERVALS or _is_long_stamp(logical):
        return _types().VarCharType(logical.isNullable(), _types().VarCharType.MAX_LENGTH)
    if kind not in _NESTED:
        return logical
    before = list(logical.getChildren())
    after = [_text(child, zone) for child in before]
    if all(new is old for new, old in zip(after, before, strict=True)):
        return logical
    return _nested(logical, after)


def _is_long_stamp(logical: Any) -> bool:
    return root(logical) in _STAMPS and logical.getPrecision() > _MICROSECONDS


def _arrow(logical: Any, *, top: bool = False) -> Any:
    kind = root(logical)
    if kind in _NESTED:
        after = [_arrow(child) for child in logical.getChildren()]
        if kind == "MULTISET":
            counts = _types().IntType(False)
            return _types().MapType(logical.isNullable(), after[0].copy(False), counts)
        if kind == "MAP":
            return _types().MapType(logical.isNullable(), after[0].copy(False), after[1])
        return _nested(logical, after)
    if kind == "BINARY":  # Arrow knows none of no length, as X'' is
        return _types().VarBinaryType(logical.isNullable(), _types().VarBinaryType.MAX_LENGTH)
    if kind == _VARIANT and top:
        return _types().BigIntType(logical.isNullable())  # some bits, in whose place JSON comes
    if kind in _SCALARS:
        return logical
    hint = (
        "take what is in it, as in CAST(v['name'] AS STRING)."
        if kind == _VARIANT
        else "CAST the column AS STRING, or leave it out."
    )
    raise InputError(f"Rows with {logical.asSummaryString()} do not reach Python: {hint}")


def _nested(logical: Any, children: list[Any]) -> Any:
    kind = root(logical)
    if kind == "ARRAY":
        return _types().ArrayType(logical.isNullable(), *children)
    if kind == "MAP":
        return _types().MapType(logical.isNullable(), *children)
    if kind == "MULTISET":
        return _types().MultisetType(logical.isNullable(), *children)
    return _row(logical, children)


def _row(logical: Any, children: list[Any]) -> Any:
    field = getattr(_types(), "RowType$RowField")
    named = zip(logical.getFieldNames(), children, strict=True)
    fields = java.jvm().java.util.ArrayList([field(name, child) for name, child in named])
    return _types().RowType(logical.isNullable(), fields)


def _types() -> Any:
    return java.jvm().org.apache.flink.table.types.logical
