"""CREATE TABLE and CREATE DATABASE."""

from dataclasses import replace

from local_aws.engine.hive.ast import Column, CreateDatabase, CreateTable, Properties, Storage
from local_aws.engine.hive.common import (
    columns,
    comment,
    hive_type,
    if_not_exists,
    properties,
    table_name,
)
from local_aws.engine.hive.tokens import Cursor


def read_create(cursor: Cursor) -> CreateTable | CreateDatabase:
    """Read CREATE [EXTERNAL] TABLE or CREATE DATABASE."""
    cursor.need("CREATE")
    if cursor.take("DATABASE") or cursor.take("SCHEMA"):
        return _database(cursor)
    external = cursor.take("EXTERNAL")
    cursor.need("TABLE")
    return _table(cursor, external)


def _database(cursor: Cursor) -> CreateDatabase:
    unless = if_not_exists(cursor)
    name = cursor.name()
    text = comment(cursor)
    location = cursor.string() if cursor.take("LOCATION") else None
    given = properties(cursor) if cursor.take("WITH", "DBPROPERTIES") else {}
    return CreateDatabase(name, unless, text, location, given)


def _table(cursor: Cursor, external: bool) -> CreateTable:
    unless = if_not_exists(cursor)
    name = table_name(cursor)
    if cursor.sees("LIKE"):
        cursor.fail("(")
    cols = columns(cursor) if cursor.sees("(") else ()
    text = comment(cursor)
    partitions: tuple[Column, ...] = ()
    transforms: tuple[str, ...] = ()
    if cursor.take("PARTITIONED", "BY"):
        if external or _has_type(cursor):
            partitions = _partitions(cursor)
        else:
            transforms = _transforms(cursor)
    text = text or comment(cursor)
    buckets, count = _buckets(cursor) if cursor.take("CLUSTERED", "BY") else ((), None)
    storage = _storage(cursor)
    location = cursor.string() if cursor.take("LOCATION") else None
    given = properties(cursor) if cursor.take("TBLPROPERTIES") else {}
    return CreateTable(
        *(name, external, unless, cols, partitions, storage, text, buckets, count, location, given),
        transforms=transforms,
    )


def _has_type(cursor: Cursor) -> bool:
    """Whether the first name behind PARTITIONED BY has a type, which hidden partitions lack."""
    return cursor.ahead(2).text not in ("(", ",", ")")


def _transforms(cursor: Cursor) -> tuple[str, ...]:
    """Read ``(name, transform(…), …)``, as Iceberg tables are partitioned."""
    cursor.need("(")
    found = []
    while True:
        # no word is reserved here: awswrangler partitions by a column `partition`, not quoted
        word = cursor.token.kind == "word"
        text = cursor.next().value.lower() if word else cursor.name()
        if cursor.take("("):
            inner = [cursor.next().value]
            while not cursor.sees(")"):
                cursor.need(",")
                inner.append(cursor.next().value)
            cursor.need(")")
            text = f"{text}({','.join(inner)})"
        found.append(text)
        if not cursor.take(","):
            break
    cursor.need(")")
    return tuple(found)


def _partitions(cursor: Cursor) -> tuple[Column, ...]:
    cursor.need("(")
    found = []
    while True:
        name = cursor.name()
        if cursor.sees("("):  # a transform such as day(ts), which only Iceberg tables have
            cursor.fail("a type")
        found.append(Column(name, hive_type(cursor), comment(cursor)))
        if not cursor.take(","):
            break
    cursor.need(")")
    return tuple(found)


def _buckets(cursor: Cursor) -> tuple[tuple[str, ...], int]:
    cursor.need("(")
    names = [cursor.name()]
    while cursor.take(","):
        names.append(cursor.name())
    cursor.need(")")
    cursor.need("INTO")
    count = cursor.integer()
    cursor.need("BUCKETS")
    return tuple(names), count


def _storage(cursor: Cursor) -> Storage:
    storage = Storage()
    while True:
        if cursor.take("ROW", "FORMAT"):
            storage = _row_format(cursor, storage)
        elif cursor.take("STORED", "AS"):
            storage = _stored_as(cursor, storage)
        elif cursor.take("WITH", "SERDEPROPERTIES"):
            storage = replace(storage, properties={**storage.properties, **properties(cursor)})
        else:
            return storage


def _row_format(cursor: Cursor, storage: Storage) -> Storage:
    if cursor.take("SERDE"):
        return replace(storage, serde=cursor.string())
    cursor.need("DELIMITED")
    return replace(storage, delimited=_delimited(cursor))


def _delimited(cursor: Cursor) -> Properties:
    found: Properties = {}
    while True:
        if cursor.take("FIELDS", "TERMINATED", "BY"):
            found["field.delim"] = found["serialization.format"] = cursor.string()
            if cursor.take("ESCAPED", "BY"):
                found["escape.delim"] = cursor.string()
        elif cursor.take("COLLECTION", "ITEMS", "TERMINATED", "BY"):
            found["collection.delim"] = cursor.string()
        elif cursor.take("MAP", "KEYS", "TERMINATED", "BY"):
            found["mapkey.delim"] = cursor.string()
        elif cursor.take("LINES", "TERMINATED", "BY"):
            found["line.delim"] = cursor.string()
        elif cursor.take("NULL", "DEFINED", "AS"):
            found["serialization.null.format"] = cursor.string()
        else:
            return found


def _stored_as(cursor: Cursor, storage: Storage) -> Storage:
    if cursor.take("INPUTFORMAT"):
        reads = cursor.string()
        cursor.need("OUTPUTFORMAT")
        return replace(storage, input_format=reads, output_format=cursor.string())
    return replace(storage, stored_as=cursor.name().upper())
