"""Functions of numbers."""

from __future__ import annotations

from local_aws.athena.trino.functions.model import Function, arg_type

FUNCTIONS: list[Function] = [
    *(
        Function("abs", (kind,), arg_type(0), "abs({0})")
        for kind in ("tinyint", "smallint", "integer", "bigint", "decimal", "real", "double")
    ),
]
