"""DuckDB text of typed values: casts, comparisons, operators. Knows no tree and no names."""
