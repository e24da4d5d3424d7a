"""What several statements share: names, property lists, columns, types, partition specs."""

from local_aws.engine.hive.ast import Column, Comparison, Properties, Spec, TableName
from local_aws.engine.hive.tokens import Cursor

_LENGTHS = {"varchar": 65535, "char": 255}
_TYPES = {
    *("boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "string"),
    *("binary", "date", "timestamp"),
}


def table_name(cursor: Cursor, *, of_view: bool = False) -> TableName:
    """Read ``[catalog.][database.]table``; the catalog may only be Athena's own.

    Hive also takes database and table in one pair of backticks.
    """
    quoted = cursor.token.text.startswith("`")
    parts = [cursor.name(of_view=of_view)]
    while cursor.take("."):
        parts.append(cursor.name(of_view=of_view))
    if len(parts) == 1 and quoted and parts[0].count(".") == 1:
        parts = parts[0].split(".")
    if len(parts) == 3 and parts[0] == "awsdatacatalog":
        parts = parts[1:]
    if len(parts) > 2:
        cursor.fail("a name of at most database.table")
    return TableName(parts[0] if len(parts) == 2 else None, parts[-1])


def if_not_exists(cursor: Cursor) -> bool:
    """Read IF NOT EXISTS where it stands."""
    return cursor.take("IF", "NOT", "EXISTS")


def if_exists(cursor: Cursor) -> bool:
    """Read IF EXISTS where it stands."""
    return cursor.take("IF", "EXISTS")


def comment(cursor: Cursor) -> str | None:
    """Read COMMENT 'text' where it stands."""
    return cursor.string() if cursor.take("COMMENT") else None


def properties(cursor: Cursor) -> Properties:
    """Read ``('key' = 'value', …)``."""
    cursor.need("(")
    found = {}
    while True:
        key = cursor.string()
        cursor.need("=")
        found[key] = cursor.string()
        if not cursor.take(","):
            break
    cursor.need(")")
    return found


def columns(cursor: Cursor) -> tuple[Column, ...]:
    """Read ``(name type [COMMENT 'text'], …)``."""
    cursor.need("(")
    found = []
    while True:
        found.append(column(cursor))
        if not cursor.take(","):
            break
    cursor.need(")")
    return tuple(found)


def column(cursor: Cursor) -> Column:
    """Read ``name type [COMMENT 'text']``."""
    name = cursor.name()
    return Column(name, hive_type(cursor), comment(cursor))


def hive_type(cursor: Cursor) -> str:
    """Read a Hive type and return its canonical text, as Glue stores it."""
    token = cursor.token
    name = token.value.lower() if token.kind == "word" else ""
    if name in _TYPES:
        cursor.next()
        if name == "double":
            cursor.take("PRECISION")
        return name
    if name in ("decimal", "dec", "numeric"):
        cursor.next()
        precision, scale = _numbers(cursor, (10, 0))
        if not 1 <= precision <= 38 or scale > precision:
            cursor.fail("decimal of 1 to 38 digits, of which the scale has no more")
        return f"decimal({precision},{scale})"
    if name in _LENGTHS:
        cursor.next()
        (length,) = _numbers(cursor, ())
        if not 1 <= length <= _LENGTHS[name]:
            cursor.fail(f"{name} of 1 to {_LENGTHS[name]} characters")
        return f"{name}({length})"
    if name in ("array", "map", "struct"):
        return _nested(cursor, name)
    cursor.fail("a type")


def _nested(cursor: Cursor, name: str) -> str:
    cursor.next()
    cursor.need("<")
    parts: list[str] = []
    while True:
        field = ""
        if name == "struct":
            field = f"{cursor.name()}:"
            cursor.need(":")
        inner = hive_type(cursor)
        if name == "map" and not parts and "<" in inner:
            cursor.fail("a primitive type for the keys of a map")
        if name == "struct":
            comment(cursor)
        parts.append(field + inner)
        if not cursor.take(","):
            break
    wanted = {"array": 1, "map": 2}.get(name, len(parts))
    if len(parts) != wanted:
        cursor.fail(f"{wanted} types in {name}")
    cursor.need(">")
    return f"{name}<{','.join(parts)}>"


def _numbers(cursor: Cursor, default: tuple[int, ...]) -> list[int]:
    """Read the numbers in brackets behind a type; without a default there is one."""
    if default and not cursor.sees("("):
        return list(default)
    cursor.need("(")
    found = [cursor.integer()]
    while len(found) < len(default) and cursor.take(","):
        found.append(cursor.integer())
    cursor.need(")")
    return [*found, *default[len(found) :]]


def partition_spec(cursor: Cursor) -> Spec:
    """Read ``PARTITION (name = value, …)``."""
    compared = comparisons(cursor)
    if any(operator != "=" for _, operator, _ in compared):
        cursor.fail("=")
    return tuple((name, value) for name, _, value in compared)


def comparisons(cursor: Cursor) -> tuple[Comparison, ...]:
    """Read ``PARTITION (name operator value, …)``."""
    cursor.need("PARTITION", "(")
    found = []
    while True:
        name = cursor.name()
        operator = cursor.next().text
        if operator not in ("=", "<", ">", "<=", ">=", "<>", "!="):
            cursor.at -= 1
            cursor.fail("=")
        found.append((name, operator, constant(cursor)))
        if not cursor.take(","):
            break
    cursor.need(")")
    return tuple(found)


def constant(cursor: Cursor) -> str:
    """Read a string or a number, as text; ``date '…'`` and ``timestamp '…'`` lose their word."""
    token = cursor.token
    if token.key in ("DATE", "TIMESTAMP") and cursor.ahead(1).kind == "string":
        cursor.next()
        return cursor.next().value
    if token.text == "-" and cursor.ahead(1).kind == "number":
        cursor.next()
        return f"-{cursor.next().text}"
    if token.kind not in ("string", "number"):
        cursor.fail("a constant")
    return cursor.next().value
