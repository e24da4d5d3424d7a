"""Views as Athena keeps them in Glue: a Presto view, base64 of JSON in a comment."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from local_aws.engine.context import QueryError
from local_aws.trino.schema import ViewSchema
from local_aws.trino.type_syntax import parse_type
from local_aws.trino.types import TrinoType

_PREFIX = "/* Presto View: "
_SUFFIX = " */"
EXPANDED_TEXT = "/* Presto View */"


def encode_view(sql: str, schema: str, columns: Sequence[tuple[str, TrinoType]]) -> str:
    """Return the text that Glue keeps as ``ViewOriginalText``.

    Parameters
    ----------
    sql
        The view's query.
    schema
        The database that the query's names are read in.
    columns
        Names and types of the view's columns.
    """
    data = {
        "originalSql": sql,
        "catalog": "awsdatacatalog",
        "schema": schema,
        "columns": [{"name": name, "type": str(kind)} for name, kind in columns],
    }
    encoded = base64.b64encode(json.dumps(data, ensure_ascii=False).encode()).decode()
    return f"{_PREFIX}{encoded}{_SUFFIX}"


def decode_view(record: dict[str, Any]) -> ViewSchema:
    """Return the view that a Glue record of type VIRTUAL_VIEW holds.

    Raises
    ------
    QueryError
        For a view that is not Presto's, such as Hive's own, or that cannot be read.
    """
    database, name = str(record["DatabaseName"]), str(record["Name"])
    text = str(record.get("ViewOriginalText") or "").strip()
    if not (text.startswith(_PREFIX) and text.endswith(_SUFFIX)):
        raise QueryError(f"HIVE_UNSUPPORTED_FORMAT: {database}.{name} is a Hive view")
    try:
        data = json.loads(base64.b64decode(text[len(_PREFIX) : -len(_SUFFIX)].strip()))
        columns = tuple(
            (str(each["name"]), parse_type(str(each["type"]))) for each in data.get("columns") or []
        )
        return ViewSchema(
            str(data.get("schema") or database), name, str(data["originalSql"]), columns
        )
    except (binascii.Error, ValueError, KeyError, TypeError) as error:
        raise QueryError(
            f"HIVE_INVALID_VIEW_DATA: Invalid view data for {database}.{name}: {error}"
        ) from error
