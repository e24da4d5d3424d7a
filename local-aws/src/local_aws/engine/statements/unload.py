"""UNLOAD: a query's rows as files, without a table."""

from local_aws.engine.context import ROWS_WRITTEN, Context, Outcome, QueryError
from local_aws.engine.hive.tokens import Cursor, padded
from local_aws.engine.scan import open_scans
from local_aws.engine.statements.names import current_database
from local_aws.engine.statements.new_tables import check_empty, check_last, hive_types
from local_aws.engine.statements.properties import (
    check_names,
    names_property,
    read_properties,
    write_format,
)
from local_aws.engine.statements.select import compile_in
from local_aws.engine.statements.view import checked_columns
from local_aws.engine.statements.writing import Place, Rows, write_rows, writing
from local_aws.trino.syntax.parser import parse_query

_PROPERTIES = ("format", "compression", "compression_level", "field_delimiter", "partitioned_by")


def unload(cursor: Cursor, context: Context) -> Outcome:
    """Run UNLOAD (query) TO 's3://…' WITH (…)."""
    cursor.need("UNLOAD", "(")
    start = cursor.token.start
    depth = 1
    while depth and cursor.token.kind != "end":
        depth += {"(": 1, ")": -1}.get(cursor.next().text, 0)
    stop = cursor.ahead(-1).start
    cursor.need("TO")
    location = cursor.string()
    properties = read_properties(cursor) if cursor.take("WITH") else {}
    cursor.end()
    check_names(properties, _PROPERTIES, "UNLOAD")
    if "format" not in properties:
        raise QueryError("INVALID_TABLE_PROPERTY: UNLOAD needs the property 'format'")
    file_format = write_format(properties)
    if file_format.name == "AVRO" and "compression" in properties:
        raise QueryError("INVALID_TABLE_PROPERTY: compression does not apply to AVRO in UNLOAD")
    compiled = compile_in(parse_query(padded(cursor.sql, 0, stop), start), context)
    columns = checked_columns(compiled.columns)
    hive_types(columns)
    partitioned = names_property(properties, "partitioned_by")
    check_last(columns, partitioned)
    where = check_empty(location, f"{current_database(context)}.unload_{context.query_id}")
    with writing(context) as written:
        open_scans(context, compiled.scans)
        rows = Rows(compiled.sql, columns, len(partitioned))
        write_rows(context, rows, Place(where, file_format), written)
    return Outcome("DML", "UNLOAD", ROWS_WRITTEN, manifest=written.uris, update_count=written.rows)
