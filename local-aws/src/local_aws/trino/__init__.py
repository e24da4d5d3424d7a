"""Athena's query language (Trino's SELECT), compiled to DuckDB.

`compile_query` runs over what `syntax` parsed: `analysis` walks the tree, finds what names mean and
which Trino type everything has, and asks `functions` (the library) and `emit` (casts, comparisons,
operators) for DuckDB text. What is asked of an expression later stands in its `Expr` beside the
text. Each folder imports those to its left alone: `syntax`, `emit`, `functions`, `analysis`. What
comes out runs on a connection that `prepare` set up.
"""

from local_aws.trino.compile import compile_query
from local_aws.trino.connection import prepare
from local_aws.trino.errors import TrinoError
from local_aws.trino.failures import translate_runtime_error
from local_aws.trino.schema import Catalog, CompiledQuery, Scan, TableSchema, ViewSchema
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.type_syntax import from_hive, parse_type
from local_aws.trino.types import TrinoType

__all__ = [
    "Catalog",
    "CompiledQuery",
    "Scan",
    "TableSchema",
    "TrinoError",
    "TrinoType",
    "ViewSchema",
    "compile_query",
    "from_hive",
    "parse_type",
    "prepare",
    "to_duckdb",
    "translate_runtime_error",
]
