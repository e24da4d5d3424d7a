"""Aggregate functions."""

from __future__ import annotations

from collections.abc import Sequence

from local_aws.athena.trino.decimals import divide
from local_aws.athena.trino.functions.model import Call, Function, aggregate, arg_type
from local_aws.athena.trino.types import MAX_PRECISION, TrinoType, decimal


def _sum_type(types: Sequence[TrinoType]) -> TrinoType:
    return decimal(MAX_PRECISION, types[0].args[1])


def _avg_decimal(call: Call) -> str:
    """Mean of decimals, rounded half up at their scale, as Trino has it (DuckDB's is a double)."""
    inside = f"{call.d}{call[0]}{call.o}"
    total = f"sum({inside}){call.w}"
    count = f"count({inside}){call.w}"
    mean = divide(total, call.type.args[1], count, 0, call.type)
    return f"CASE WHEN {count} > 0 THEN {mean} END"


FUNCTIONS: list[Function] = [
    aggregate("count", (), "bigint", "count(*){w}"),
    aggregate("count", ("T",), "bigint", "count({d}{0}{o}){w}"),
    aggregate("count_if", ("boolean",), "bigint", "count({d}CASE WHEN {0} THEN TRUE END{o}){w}"),
    aggregate("sum", ("bigint",), "bigint", "CAST(sum({d}{0}{o}){w} AS BIGINT)"),
    aggregate("sum", ("double",), "double", "sum({d}{0}{o}){w}"),
    aggregate("sum", ("real",), "real", "CAST(sum({d}{0}{o}){w} AS FLOAT)"),
    aggregate("sum", ("decimal",), _sum_type, "sum({d}{0}{o}){w}"),
    aggregate("avg", ("bigint",), "double", "avg({d}{0}{o}){w}"),
    aggregate("avg", ("double",), "double", "avg({d}{0}{o}){w}"),
    aggregate("avg", ("real",), "real", "CAST(avg({d}{0}{o}){w} AS FLOAT)"),
    aggregate("avg", ("decimal",), arg_type(0), _avg_decimal),
    aggregate("min", ("T",), "T", "min({d}{0}{o}){w}"),
    aggregate("max", ("T",), "T", "max({d}{0}{o}){w}"),
    aggregate("arbitrary", ("T",), "T", "any_value({d}{0}{o}){w}"),
    aggregate("any_value", ("T",), "T", "any_value({d}{0}{o}){w}"),
    aggregate("array_agg", ("T",), "array(T)", "list({d}{0}{o}){w}"),
    aggregate("bool_and", ("boolean",), "boolean", "bool_and({d}{0}{o}){w}"),
    aggregate("every", ("boolean",), "boolean", "bool_and({d}{0}{o}){w}"),
    aggregate("bool_or", ("boolean",), "boolean", "bool_or({d}{0}{o}){w}"),
]
