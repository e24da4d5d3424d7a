"""CREATE TABLE AS SELECT."""

from collections.abc import Sequence
from dataclasses import replace

from local_aws.engine.bucketing import Buckets
from local_aws.engine.catalog import get_database, get_table
from local_aws.engine.context import (
    EXTERNAL_LOCATION_REFUSED,
    ROWS_WRITTEN,
    Context,
    Outcome,
    QueryError,
)
from local_aws.engine.hive.common import if_not_exists, table_name
from local_aws.engine.hive.tokens import Cursor, padded
from local_aws.engine.scan import open_scans
from local_aws.engine.statements import ctas_iceberg
from local_aws.engine.statements.limits import check_hive_table
from local_aws.engine.statements.made_table import MadeTable, register
from local_aws.engine.statements.names import resolve
from local_aws.engine.statements.new_tables import check_empty, check_last, hive_types
from local_aws.engine.statements.properties import (
    Value,
    check_names,
    names_property,
    read_properties,
    text_property,
    write_format,
)
from local_aws.engine.statements.select import compile_in
from local_aws.engine.statements.view import checked_columns
from local_aws.engine.statements.writing import Place, Rows, write_rows, writing
from local_aws.trino.errors import TrinoError
from local_aws.trino.syntax.parser import parse_query
from local_aws.trino.types import TrinoType

_PROPERTIES = (
    "bucket_count",
    "bucketed_by",
    "compression_level",
    "external_location",
    "field_delimiter",
    "format",
    "is_external",
    "orc_compression",
    "parquet_compression",
    "partitioned_by",
    "table_type",
    "write_compression",
)


def is_ctas(cursor: Cursor) -> bool:
    """Return whether a statement that begins with CREATE is CREATE TABLE … AS …."""
    if not cursor.sees("CREATE", "TABLE"):
        return False
    depth = 0
    for token in cursor.tokens[cursor.at :]:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.key == "AS":
            return True
        if depth == 0 and token.key in ("LOCATION", "TBLPROPERTIES", "STORED", "ROW"):
            return False
    return False


def names_location(cursor: Cursor) -> bool:
    """Return whether the properties of a CTAS hold ``external_location``."""
    words = [token.key for token in cursor.tokens]
    return any(
        word == "EXTERNAL_LOCATION" and words[at - 1] in ("(", ",") and words[at + 1] == "="
        for at, word in enumerate(words[: words.index("AS")])
    )


def create(cursor: Cursor, context: Context) -> Outcome:
    """Run CREATE TABLE … AS SELECT …: files first, then the table, then its partitions."""
    cursor.need("CREATE", "TABLE")
    unless = if_not_exists(cursor)
    database, name = resolve(context, table_name(cursor))
    if cursor.token.key == "COMMENT":
        raise QueryError("NOT_SUPPORTED: COMMENT in CREATE TABLE AS is not supported here")
    properties = read_properties(cursor) if cursor.take("WITH") else {}
    iceberg = ctas_iceberg.is_iceberg(properties)
    if iceberg:
        ctas_iceberg.check(properties)
    else:
        check_hive_table(properties)
        check_names(properties, _PROPERTIES, "table")
    if "external_location" in properties and context.location_enforced:
        raise QueryError(EXTERNAL_LOCATION_REFUSED)  # prepared: any other is refused at its start
    cursor.need("AS")
    sql, start, with_data = _query(cursor)
    done = Outcome("DDL", "CREATE_TABLE_AS_SELECT", ROWS_WRITTEN, manifest=[], update_count=0)
    if get_database(database) is None:
        raise TrinoError("SCHEMA_NOT_FOUND", f"Schema {database} not found", 1, 1)
    if get_table(database, name) is not None:
        if unless:
            return done
        full = f"awsdatacatalog.{database}.{name}"
        message = f"Destination table '{full}' already exists"
        raise TrinoError("TABLE_ALREADY_EXISTS", message, 1, 1)
    compiled = compile_in(parse_query(sql, start), context)
    columns = checked_columns(compiled.columns)
    if iceberg:
        uris, rows = ctas_iceberg.create(
            context, (database, name), properties, compiled, columns, with_data=with_data
        )
        return replace(done, manifest=uris, update_count=rows)
    hive_columns = hive_types(columns)
    partitioned = names_property(properties, "partitioned_by")
    check_last(columns, partitioned)
    target = MadeTable(
        database,
        name,
        _location(context, properties, f"{database}.{name}"),
        write_format(properties),
        Rows(compiled.sql, columns, len(partitioned)),
        _buckets(properties, columns, partitioned),
    )
    with writing(context) as written:
        if with_data:
            open_scans(context, compiled.scans)
            place = Place(target.location, target.file_format, target.buckets)
            write_rows(context, target.rows, place, written)
            context.check_cancelled()
        register(target, hive_columns, written.partitions)
    return Outcome(
        "DDL",
        "CREATE_TABLE_AS_SELECT",
        ROWS_WRITTEN,
        manifest=written.uris,
        update_count=written.rows,
    )


def _query(cursor: Cursor) -> tuple[str, int, bool]:
    """Return the text up to the query's end, where the query begins, and whether data is wanted."""
    start = cursor.token.start
    words = [token.key for token in cursor.tokens[:-1]]
    with_data, cut = True, 0
    if words[-3:] == ["WITH", "NO", "DATA"]:
        with_data, cut = False, 3
    elif words[-2:] == ["WITH", "DATA"]:
        cut = 2
    last = cursor.tokens[len(words) - cut - 1]
    return padded(cursor.sql, 0, last.stop), start, with_data


def _location(context: Context, properties: dict[str, Value], name: str) -> str:
    given = text_property(properties, "external_location")
    if given is not None:
        return check_empty(given, name)
    if context.output_prefix is None:
        raise QueryError("INVALID_TABLE_PROPERTY: external_location is needed: no result location")
    return check_empty(f"{context.output_prefix}tables/{context.query_id}/", name)


def _buckets(
    properties: dict[str, Value],
    columns: Sequence[tuple[str, TrinoType]],
    partitioned: Sequence[str],
) -> Buckets | None:
    names = names_property(properties, "bucketed_by")
    count = properties.get("bucket_count", 0)
    if not names and "bucket_count" not in properties:
        return None
    if not names or not isinstance(count, int) or isinstance(count, bool) or count < 1:
        raise QueryError(
            "INVALID_TABLE_PROPERTY: bucketed_by and bucket_count must be specified together"
        )
    plain = [name for name, _ in columns if name not in partitioned]
    missing = [name for name in names if name not in plain]
    if missing:
        raise QueryError(
            f"INVALID_TABLE_PROPERTY: Bucketing columns [{', '.join(missing)}] not present in "
            "schema"
        )
    return Buckets(names, count)
