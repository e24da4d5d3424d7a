"""Athena's query language (Trino's SELECT), compiled to DuckDB."""

from local_aws.athena.trino.errors import TrinoError, translate_runtime_error
from local_aws.athena.trino.schema import Catalog, CompiledQuery, Scan, TableSchema, ViewSchema
from local_aws.athena.trino.types import TrinoType, from_hive, parse_type, to_duckdb

__all__ = [
    "Catalog",
    "CompiledQuery",
    "Scan",
    "TableSchema",
    "TrinoError",
    "TrinoType",
    "ViewSchema",
    "from_hive",
    "parse_type",
    "to_duckdb",
    "translate_runtime_error",
]
