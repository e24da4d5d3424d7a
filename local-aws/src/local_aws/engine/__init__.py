"""What is under Athena: tables of the Glue catalog as files in S3, asked and written by DuckDB."""
