"""Athena's query language (Trino's SELECT), compiled to DuckDB.

`compile_query` parses a query with this package's own parser (`parser`, `lexer`, `nodes`), binds
names to scopes (`scope`, `relations`, `select`, `grouping`, `tail`, `queries`), finds a Trino type
for every expression and writes DuckDB SQL (`expressions` and the modules that it lists,
`operators`, `casts`, `calls`, `windows`), using the functions of `functions`. What it writes runs
on a connection that `prepare` set up.
"""

from local_aws.trino.compile import compile_query
from local_aws.trino.connection import prepare
from local_aws.trino.errors import TrinoError, translate_runtime_error
from local_aws.trino.schema import Catalog, CompiledQuery, Scan, TableSchema, ViewSchema
from local_aws.trino.types import TrinoType, from_hive, parse_type, to_duckdb

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
