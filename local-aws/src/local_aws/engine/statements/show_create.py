"""The statements that would create a table or a view again."""

from collections.abc import Mapping
from typing import Any

from local_aws.engine.catalog import Table
from local_aws.engine.statements.formats import LAZY_SIMPLE
from local_aws.engine.views import decode_view

_DELIMITERS = (
    ("field.delim", "FIELDS TERMINATED BY"),
    ("escape.delim", "ESCAPED BY"),
    ("collection.delim", "COLLECTION ITEMS TERMINATED BY"),
    ("mapkey.delim", "MAP KEYS TERMINATED BY"),
    ("line.delim", "LINES TERMINATED BY"),
    ("serialization.null.format", "NULL DEFINED AS"),
)
_ESCAPES = {"\\": "\\\\", "'": "\\'", "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}


def table_text(table: Table) -> str:
    """Return the CREATE EXTERNAL TABLE of a table, laid out as Hive does."""
    storage = table.storage
    parts = [f"CREATE EXTERNAL TABLE `{table.name}`(\n{_columns(table.columns)})"]
    properties = dict(table.parameters)
    comment = properties.pop("comment", None)
    properties.pop("EXTERNAL", None)
    if comment:
        parts.append(f"COMMENT {quoted(comment)}")
    if table.partition_keys:
        parts.append(f"PARTITIONED BY ( \n{_columns(table.partition_keys)})")
    buckets = storage.get("BucketColumns") or []
    if buckets:
        names = ", \n".join(f"  {name}" for name in buckets)
        parts.append(f"CLUSTERED BY ( \n{names}) \nINTO {storage.get('NumberOfBuckets')} BUCKETS")
    parts.append(_row_format(storage.get("SerdeInfo") or {}))
    parts.append(
        f"STORED AS INPUTFORMAT \n  {quoted(storage.get('InputFormat') or '')} \n"
        f"OUTPUTFORMAT \n  {quoted(storage.get('OutputFormat') or '')}"
    )
    parts.append(f"LOCATION\n  {quoted(table.location)}")
    parts.append(f"TBLPROPERTIES (\n{_properties(properties)})")
    return "\n".join(parts)


def view_text(table: Table) -> str:
    """Return the CREATE VIEW of a view."""
    return f"CREATE VIEW {table.database}.{table.name} AS\n{decode_view(table.record).sql}"


def _columns(columns: list[dict[str, Any]]) -> str:
    lines = []
    for column in columns:
        comment = column.get("Comment")
        said = "" if comment is None else f" COMMENT {quoted(comment)}"
        lines.append(f"  `{column['Name']}` {column.get('Type')}{said}")
    return ", \n".join(lines)


def _row_format(serde: Mapping[str, Any]) -> str:
    library = serde.get("SerializationLibrary") or ""
    properties = dict(serde.get("Parameters") or {})
    known = {key for key, _ in _DELIMITERS} | {"serialization.format"}
    if library == LAZY_SIMPLE and "field.delim" in properties and properties.keys() <= known:
        lines = [
            f"  {words} {quoted(properties[key])}"
            for key, words in _DELIMITERS
            if key in properties
        ]
        return "ROW FORMAT DELIMITED \n" + " \n".join(lines) + " "
    if properties.get("serialization.format") == "1":  # Hive's default, which it does not print
        del properties["serialization.format"]
    text = f"ROW FORMAT SERDE \n  {quoted(library)} "
    if properties:
        text += f"\nWITH SERDEPROPERTIES ( \n{_properties(properties)}) "
    return text


def _properties(properties: Mapping[str, str]) -> str:
    pairs = sorted(properties.items())
    return ", \n".join(f"  {quoted(key)}={quoted(value)}" for key, value in pairs)


def quoted(text: str) -> str:
    """Return a text as a literal of Hive's dialect."""
    return "'" + "".join(_ESCAPES.get(char, char) for char in text) + "'"
