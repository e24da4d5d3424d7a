"""Amazon Athena, engine version 3: the API in front, Trino's SQL over DuckDB behind."""
