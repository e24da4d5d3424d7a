"""Aggregates that Trino estimates: percentiles, histograms, distinct and most frequent values."""

from __future__ import annotations

from collections.abc import Sequence

from local_aws.trino.emit.cast_texts import java_text
from local_aws.trino.errors import INVALID_ARGUMENT, TrinoError, raise_in_sql
from local_aws.trino.functions.model import Call, Function, aggregate
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import BIGINT, map_of

_LEAST_ERROR, _MOST_ERROR = 0.0040625, 0.26
_NUMBERS = ("bigint", "double", "real")
_MOST_DIGESTED = 100_000


def _percentile(call: Call) -> str:
    """Percentile by Trino's digest; by exact rank where a digest would depend on reading order."""
    x, share = call[0], call.args[-1]
    many = share.type.name == "array"
    shares = share.sql if many else f"[{share.sql}]"
    if len(call.args) == 3:
        items = _present(f"struct_pack(v := {x}, w := {call[1]})", (x, call[1]), call)
        low = "list_filter(list_transform(l_, lambda i_: i_.w), lambda w_: w_ < 1)[1]"
        light = raise_in_sql(INVALID_ARGUMENT, f"'weight must be >= 1, was ' || {java_text(low)}")
        parts = [f"list_transform(l_, lambda i_: CAST(i_.{name} AS DOUBLE))" for name in "vw"]
        arms = f"WHEN {low} IS NOT NULL THEN {light}"
    else:
        items = _present(x, (x,), call)
        parts = ["CAST(l_ AS DOUBLE[])", "CAST([] AS DOUBLE[])"]
        rank = "s_[least(len(s_), CAST(floor(p_ * len(s_)) AS BIGINT) + 1)]"
        ranked = f"list_transform({shares}, lambda p_: CAST({rank} AS DOUBLE))"
        exact = f"list_transform([list_sort(l_)], lambda s_: {ranked})[1]"
        arms = f"WHEN len(l_) > {_MOST_DIGESTED} THEN {exact}"
    wrong = raise_in_sql(INVALID_ARGUMENT, "'Percentile must be between 0 and 1'")
    bad = f"len(list_filter({shares}, lambda p_: p_ NOT BETWEEN 0 AND 1)) > 0"
    made = (
        f"CASE WHEN len(l_) > 0 THEN CASE WHEN {bad} THEN {wrong} {arms} "
        f"ELSE py_quantiles({parts[0]}, {parts[1]}, {shares}) END END"
    )
    rounded = "round(q_)" if call.args[0].type == BIGINT else "q_"
    kind = to_duckdb(call.args[0].type)
    found = f"list_transform([{items}], lambda l_: {made})[1]"
    listed = f"list_transform({found}, lambda q_: CAST({rounded} AS {kind}))"
    return listed if many else f"({listed})[1]"


def _buckets(call: Call) -> str:
    """Histogram of a number of buckets, which are merged as Trino merges them."""
    count = call.literal(0, "number of buckets")
    if count < 2:
        raise TrinoError(
            INVALID_ARGUMENT, "numeric_histogram bucket count must be greater than one"
        )
    weight = call[2] if len(call.args) > 2 else "1e0"
    items = _present(f"struct_pack(v := {call[1]}, w := {weight})", (call[1], weight), call)
    parts = ", ".join(f"list_transform(l_, lambda i_: i_.{name})" for name in "vw")
    made = f"CASE WHEN len(l_) > 0 THEN py_numeric_histogram({count}, {parts}) END"
    return f"list_transform([{items}], lambda l_: {made})[1]"


def _present(item: str, needed: Sequence[str], call: Call) -> str:
    """List of an item of each row, in the call's order, of the rows where nothing is NULL."""
    known = " AND ".join(f"{each} IS NOT NULL" for each in needed)
    listed = f"list(CASE WHEN {known} THEN {item} END{call.o}){call.w}"
    return f"list_filter({listed}, lambda i_: i_ IS NOT NULL)"


def _approx_distinct(call: Call) -> str:
    """Exact count: Trino's estimate has an error of 2.3 %, of which the true number is free."""
    if len(call.args) > 1:
        error = float(call.literal(1, "standard error"))
        if not _LEAST_ERROR <= error <= _MOST_ERROR:
            message = f"Max standard error must be in [{_LEAST_ERROR}, {_MOST_ERROR}]: {error}"
            raise TrinoError(INVALID_ARGUMENT, message)
    if call.windowed:
        return f"CAST(len(list_distinct(list({call[0]}){call.w})) AS BIGINT)"
    return f"count(DISTINCT {call[0]}){call.w}"


def _most_frequent(call: Call) -> str:
    """Count all values and keep the most frequent: exact where Trino's answer is."""
    entries = f"map_entries(histogram({call[1]}){call.w})"
    ordered = (
        f"list_sort(list_transform({entries}, lambda e_: "
        "struct_pack(n := -CAST(e_.value AS BIGINT), k := e_.key)))"
    )
    kept = f"list_transform({ordered}[1:{call[0]}], lambda e_: struct_pack(k := e_.k, v := -e_.n))"
    return f"map_from_entries({kept})"


FUNCTIONS: list[Function] = [
    aggregate(
        "approx_most_frequent",
        ("bigint", "T", "bigint"),
        lambda types: map_of(types[1], BIGINT),
        _most_frequent,
    ),
    aggregate("approx_distinct", ("T",), "bigint", _approx_distinct),
    aggregate("approx_distinct", ("T", "double"), "bigint", _approx_distinct),
    *(
        aggregate("approx_percentile", (kind, *weight, share), returns.format(kind), _percentile)
        for kind in _NUMBERS
        for weight in ((), ("double",))
        for share, returns in (("double", "{}"), ("array(double)", "array({})"))
    ),
    *(
        aggregate("numeric_histogram", ("bigint", *numbers), "map(double,double)", _buckets)
        for numbers in (("double",), ("double", "double"))
    ),
]
