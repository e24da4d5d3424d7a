"""Trino's `information_schema`: the relations in which a catalog describes itself."""

from local_aws.trino.schema import TableSchema
from local_aws.trino.types import BIGINT, VARCHAR

INFORMATION_SCHEMA = "information_schema"
_COLUMNS = {
    "columns": (
        *("table_catalog", "table_schema", "table_name", "column_name", "ordinal_position"),
        *("column_default", "is_nullable", "data_type", "comment", "extra_info"),
    ),
    "schemata": ("catalog_name", "schema_name"),
    "tables": ("table_catalog", "table_schema", "table_name", "table_type"),
    "views": ("table_catalog", "table_schema", "table_name", "view_definition"),
}
RELATIONS = {
    relation: TableSchema(
        INFORMATION_SCHEMA,
        relation,
        tuple((name, BIGINT if name == "ordinal_position" else VARCHAR) for name in names),
    )
    for relation, names in _COLUMNS.items()
}
