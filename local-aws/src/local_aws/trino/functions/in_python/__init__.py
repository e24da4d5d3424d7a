"""Functions that DuckDB lacks, in Python: for what is rarely called, as they are slow.

Their names in DuckDB start with ``py_``. A wrong argument raises `errors.error_in_python`.
"""
