"""Functions of arrays."""

from __future__ import annotations

from local_aws.athena.trino.functions.model import Function

FUNCTIONS: list[Function] = [
    Function("cardinality", ("array(T)",), "bigint", "len({0})"),
    Function("transform", ("array(T)", "function(T,U)"), "array(U)", "list_transform({0}, {1})"),
    Function("filter", ("array(T)", "function(T,boolean)"), "array(T)", "list_filter({0}, {1})"),
]
