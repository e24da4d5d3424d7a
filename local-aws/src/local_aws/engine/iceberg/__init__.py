"""Apache Iceberg tables: metadata by pyiceberg, data files by DuckDB, the catalog in Glue.

`catalog` finds and commits tables, `schema` shows them to the compiler, `plan` and `scan` read
them, `data_files` writes them; a module for each kind of statement stands on these.
"""
