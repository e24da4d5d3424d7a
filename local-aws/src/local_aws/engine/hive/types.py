"""Hive's names for Trino's types."""

from local_aws.trino.types import TrinoType

_NAMES = {
    "boolean": "boolean",
    "tinyint": "tinyint",
    "smallint": "smallint",
    "integer": "int",
    "bigint": "bigint",
    "real": "float",
    "double": "double",
    "date": "date",
    "timestamp": "timestamp",
    "varbinary": "binary",
}


def to_hive(kind: TrinoType) -> str | None:
    """Return a type as Glue and Hive write it, None where Hive has no such type.

    Examples
    --------
    >>> from local_aws.trino.types import parse_type
    >>> to_hive(parse_type("row(a integer, b array(varchar))"))
    'struct<a:int,b:array<string>>'
    """
    if kind.name in ("array", "map", "row"):
        return _nested(kind)
    if kind.name == "decimal":
        return f"decimal({kind.args[0]},{kind.args[1]})"
    if kind.name in ("varchar", "char"):
        return f"{kind.name}({kind.args[0]})" if kind.args else "string"
    return _NAMES.get(kind.name)


def _nested(kind: TrinoType) -> str | None:
    if kind.name == "row":
        fields = [(name, to_hive(inner)) for name, inner in kind.args]
        if any(not name or inner is None for name, inner in fields):
            return None
        return f"struct<{','.join(f'{name}:{inner}' for name, inner in fields)}>"
    parts = [to_hive(inner) for inner in kind.args]
    if None in parts:
        return None
    return f"{kind.name}<{','.join(str(part) for part in parts)}>"
