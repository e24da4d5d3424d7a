"""Aggregate functions."""

from __future__ import annotations

from collections.abc import Sequence

from local_aws.trino.emit.decimals import divide
from local_aws.trino.functions.array_lambdas import fold
from local_aws.trino.functions.model import Call, Function, aggregate, arg_type, not_supported
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import DOUBLE, MAX_PRECISION, TrinoType, array, decimal

_ORDERED_TWO = ("T", "K")


def _sum_type(types: Sequence[TrinoType]) -> TrinoType:
    return decimal(MAX_PRECISION, types[0].args[1])


def _avg_decimal(call: Call) -> str:
    """Mean of decimals, rounded half up at their scale, as Trino has it (DuckDB's is a double)."""
    inside = f"{call.d}{call[0]}{call.o}"
    total = f"sum({inside}){call.w}"
    count = f"count({inside}){call.w}"
    mean = divide(total, _sum_type([call.type]), count, decimal(19, 0), call.type)
    return f"CASE WHEN {count} > 0 THEN {mean} END"


def _by(call: Call) -> str:
    """Value at the greatest or least key; a NULL value counts, a NULL key does not."""
    name = "arg_max" if call.name == "max_by" else "arg_min"
    packed = f"CASE WHEN {call[1]} IS NOT NULL THEN struct_pack(v := {call[0]}) END"
    if len(call.args) == 2:
        return f"({name}({call.d}{packed}, {call[1]}{call.o}){call.w}).v"
    kept = f"{name}({call.d}{packed}, {call[1]}, CAST({call[2]} AS INTEGER){call.o}){call.w}"
    return f"list_transform({kept}, lambda p_: p_.v)"


def _extreme_by_order(call: Call) -> str:
    """Greatest or least number; NaN, which Trino passes over, only where there is nothing else."""
    name, x = call.name, call[0]
    real = f"{name}({call.d}CASE WHEN NOT isnan({x}) THEN {x} END{call.o}){call.w}"
    return f"coalesce({real}, {name}({call.d}{x}{call.o}){call.w})"


def _reduce_agg(call: Call) -> str:
    """Fold over the values that are not NULL; in one process nothing is to be combined."""
    state, element = to_duckdb(call.args[1].type), to_duckdb(call.args[0].type)
    folded = fold(f"list({call[0]}){call.w}", call.args[2], call[1], state, element, "s_.s")
    return f"CASE WHEN count({call[0]}){call.w} > 0 THEN {folded} END"


def _array_of_first(types: Sequence[TrinoType]) -> TrinoType:
    return array(types[0])


def _refused(name: str, args: tuple[str, ...]) -> Function:
    def refuse(call: Call) -> str:
        raise call.fail(f"Function '{name}' is not supported", "NOT_SUPPORTED")

    return aggregate(name, args, lambda _: DOUBLE, refuse)


FUNCTIONS: list[Function] = [
    aggregate("count", (), "bigint", "count(*){w}"),
    aggregate("count", ("T",), "bigint", "count({d}{0}{o}){w}"),
    aggregate("count_if", ("boolean",), "bigint", "count({d}CASE WHEN {0} THEN TRUE END{o}){w}"),
    aggregate("sum", ("bigint",), "bigint", "CAST(sum({d}{0}{o}){w} AS BIGINT)"),
    aggregate("sum", ("double",), "double", "sum({d}{0}{o}){w}"),
    aggregate("sum", ("real",), "real", "CAST(sum({d}{0}{o}){w} AS FLOAT)"),
    aggregate("sum", ("decimal",), _sum_type, "sum({d}{0}{o}){w}"),
    *(
        aggregate("sum", (kind,), kind, f"CAST(sum({{d}}{{0}}{{o}}){{w}} AS {duck})")
        for kind, duck in (
            ("interval day to second", "BIGINT"),
            ("interval year to month", "INTEGER"),
        )
    ),
    aggregate("avg", ("bigint",), "double", "avg({d}{0}{o}){w}"),
    aggregate("avg", ("double",), "double", "avg({d}{0}{o}){w}"),
    aggregate("avg", ("real",), "real", "CAST(avg({d}{0}{o}){w} AS FLOAT)"),
    aggregate("avg", ("decimal",), arg_type(0), _avg_decimal),
    *(
        aggregate("avg", (kind,), kind, f"CAST(round(avg({{d}}{{0}}{{o}}){{w}}) AS {duck})")
        for kind, duck in (
            ("interval day to second", "BIGINT"),
            ("interval year to month", "INTEGER"),
        )
    ),
    *(
        aggregate(name, (kind,), kind, _extreme_by_order)
        for name in ("min", "max")
        for kind in ("double", "real")
    ),
    *(aggregate(name, ("T",), "T", f"{name}({{d}}{{0}}{{o}}){{w}}") for name in ("min", "max")),
    *(
        aggregate(
            name, ("T", "bigint"), "array(T)", f"{name}({{d}}{{0}}, CAST({{1}} AS INTEGER)){{w}}"
        )
        for name in ("min", "max")
    ),
    *(aggregate(name, _ORDERED_TWO, "T", _by) for name in ("max_by", "min_by")),
    *(
        aggregate(name, (*_ORDERED_TWO, "bigint"), _array_of_first, _by)
        for name in ("max_by", "min_by")
    ),
    aggregate("arbitrary", ("T",), "T", "any_value({d}{0}{o}){w}"),
    aggregate("any_value", ("T",), "T", "any_value({d}{0}{o}){w}"),
    aggregate("array_agg", ("T",), "array(T)", "list({d}{0}{o}){w}"),
    aggregate("bool_and", ("boolean",), "boolean", "bool_and({d}{0}{o}){w}"),
    aggregate("every", ("boolean",), "boolean", "bool_and({d}{0}{o}){w}"),
    aggregate("bool_or", ("boolean",), "boolean", "bool_or({d}{0}{o}){w}"),
    aggregate("reduce_agg", ("T", "S", "function(S,T,S)", "function(S,S,S)"), "S", _reduce_agg),
    *(
        aggregate(f"bitwise_{name}_agg", ("bigint",), "bigint", f"bit_{name}({{d}}{{0}}){{w}}")
        for name in ("and", "or", "xor")
    ),
    _refused("approx_set", ("T",)),
    _refused("merge", ("T",)),
    *(_refused("tdigest_agg", ("double",) * count) for count in (1, 2)),
    *(_refused("qdigest_agg", ("double",) * count) for count in (1, 2, 3)),
    _refused("merge", ("T",)),
    not_supported("value_at_quantile", ("T", "double")),
    not_supported("values_at_quantiles", ("T", "array(double)")),
    not_supported("empty_approx_set", ()),
]
