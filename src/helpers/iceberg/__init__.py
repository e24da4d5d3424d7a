"""Iceberg tables in the Glue catalog, by pyiceberg: found, described, committed to.

`catalog` opens them, `data_files` says what a Parquet file holds, `commits` changes a table in one
step, `snapshots` tells its states. Rows are read and changed by Athena, see `helpers.athena`.
"""
