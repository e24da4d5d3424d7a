"""Functions of maps."""

from __future__ import annotations

from local_aws.athena.trino.functions.model import Function

FUNCTIONS: list[Function] = [
    Function("cardinality", ("map(K,V)",), "bigint", "CAST(cardinality({0}) AS BIGINT)"),
    Function("map_keys", ("map(K,V)",), "array(K)", "map_keys({0})"),
    Function("map_values", ("map(K,V)",), "array(V)", "map_values({0})"),
]
