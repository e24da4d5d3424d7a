"""Aggregate functions."""

from __future__ import annotations

from collections.abc import Sequence

from local_aws.trino.emit.cast_texts import java_text
from local_aws.trino.emit.decimals import divide
from local_aws.trino.errors import INVALID_ARGUMENT, TrinoError, raise_in_sql
from local_aws.trino.functions.array_lambdas import fold
from local_aws.trino.functions.array_sets import distinct
from local_aws.trino.functions.model import Call, Function, aggregate, arg_type, not_supported
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import BIGINT, DOUBLE, MAX_PRECISION, TrinoType, array, decimal, map_of

_SHORT_DECIMAL = 18
_LONGEST = 1_048_576  # bytes of a listagg
_MOST_DIGESTED = 100_000
_MOST_PLACED = 10_000  # entries of a map that are worth the time of putting them in Trino's order
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


def _made_map(entries: str, key: str, call: Call) -> str:
    """Map of a list of entries, which Trino gives in the order of a hash table's slots.

    Where rows are grouped, the order depends on how Trino splits the work, and is left as it is.
    """
    kind, name = call.args[0].type, f"e_.{key}"
    texts = kind.name == "varchar"
    number = _as_long(name, kind)
    if call.grouped or not (texts or number):
        return f"map_from_entries({entries})"
    keys = f"list_transform(m_, lambda e_: {name if texts else number})"
    order = f"py_map_order_of_{'texts' if texts else 'numbers'}({keys})"
    placed = f"map_from_entries(list_transform({order}, lambda o_: m_[o_]))"
    made = f"CASE WHEN len(m_) > {_MOST_PLACED} THEN map_from_entries(m_) ELSE {placed} END"
    return f"list_transform([{entries}], lambda m_: {made})[1]"


def _as_long(x: str, kind: TrinoType) -> str:
    """Text of the 64-bit integer that Trino holds a value as; nothing for other types."""
    if kind.name == "decimal" and kind.args[0] <= _SHORT_DECIMAL:
        return f"CAST({x} * CAST(1{'0' * kind.args[1]} AS HUGEINT) AS BIGINT)"
    return {
        "date": f"CAST({x} - DATE '1970-01-01' AS BIGINT)",
        "timestamp": f"epoch_us({x})",
        **dict.fromkeys(("tinyint", "smallint", "integer", "bigint"), f"CAST({x} AS BIGINT)"),
    }.get(kind.name, "")


def _map_agg(call: Call) -> str:
    """Map of keys to the value that came first; NULL keys are passed over."""
    pairs = (
        f"list(CASE WHEN {call[0]} IS NOT NULL THEN struct_pack(k := {call[0]}, v := {call[1]}) END"
        f"{call.o}){call.w}"
    )
    kept = f"list_filter({pairs}, lambda p_: p_ IS NOT NULL)"
    keys = f"list_transform({kept}, lambda q_: q_.k)"
    first = f"list_filter({kept}, lambda r_, i_: list_position({keys}, r_.k) = i_)"
    made = _made_map(first, "k", call)
    return f"CASE WHEN len({kept}) > 0 THEN {made} END"


def _multimap_agg(call: Call) -> str:
    pairs = (
        f"list(CASE WHEN {call[0]} IS NOT NULL THEN struct_pack(k := {call[0]}, v := {call[1]}) END"
        f"{call.o}){call.w}"
    )
    kept = f"list_filter({pairs}, lambda p_: p_ IS NOT NULL)"
    keys = distinct(f"list_transform({kept}, lambda q_: q_.k)")
    values = f"list_transform(list_filter({kept}, lambda r_: r_.k = k_), lambda s_: s_.v)"
    made = f"list_transform({keys}, lambda k_: struct_pack(k := k_, v := {values}))"
    return f"CASE WHEN len({kept}) > 0 THEN {_made_map(made, 'k', call)} END"


def _map_union(call: Call) -> str:
    entries = f"flatten(list(map_entries({call[0]})){call.w})"
    keys = f"list_transform({entries}, lambda q_: q_.key)"
    first = f"list_filter({entries}, lambda r_, i_: list_position({keys}, r_.key) = i_)"
    return f"map_from_entries({first})"


def _histogram(call: Call) -> str:
    found = f"CAST(histogram({call.d}{call[0]}{call.o}){call.w} AS {to_duckdb(call.type)})"
    return found if call.grouped else _made_map(f"map_entries({found})", "key", call)


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


def _listagg(call: Call) -> str:
    """Text of all values; Trino's has a greatest size, at which it fails or is cut off."""
    separator = call[1] if len(call.args) > 1 else "''"
    if len(call.args) < 4:
        joined = f"string_agg({call.d}{call[0]}, {separator}{call.o}){call.w}"
        message = (
            "Concatenated string has the length in bytes larger than the maximum output length "
        )
        wrong = raise_in_sql("EXCEEDED_FUNCTION_MEMORY_LIMIT", f"'{message}{_LONGEST}'")
        fits = f"CASE WHEN strlen(t_) > {_LONGEST} THEN {wrong} ELSE t_ END"
        return f"list_transform([{joined}], lambda t_: {fits})[1]"
    listed = f"list({call.d}{call[0]}{call.o}){call.w}"
    texts = f"list_filter({listed}, lambda t_: t_ IS NOT NULL)"
    cut = f"py_truncated(l_, {separator}, {call[2]}, {call[3]}, {_LONGEST})"
    return f"list_transform([{texts}], lambda l_: CASE WHEN len(l_) > 0 THEN {cut} END)[1]"


def _pairs(template: str, least: int = 1) -> str:
    """Statistic of pairs {0}, {1}, NULL below a number of whole pairs."""
    count = "count(CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN 1 END){w}"
    return f"CASE WHEN {count} >= {least} THEN {template} END"


_N = "count({d}{0}){w}"
_MEAN = "avg({d}{0}){w}"
# DuckDB's skewness is the sample's; Trino's is the population's.
_SKEWNESS = (
    f"CASE WHEN {_N} >= 3 THEN skewness({{d}}{{0}}){{w}} * ({_N} - 2) "
    f"/ sqrt(CAST({_N} AS DOUBLE) * ({_N} - 1)) END"
)
_KURTOSIS = f"CASE WHEN {_N} >= 4 THEN kurtosis({{d}}{{0}}){{w}} END"


def _approx_distinct(call: Call) -> str:
    """Exact count: Trino's estimate has an error of 2.3 %, of which the true number is free."""
    if len(call.args) > 1:
        error = float(call.literal(1, "standard error"))
        if not _LEAST_ERROR <= error <= _MOST_ERROR:
            message = f"Max standard error must be in [{_LEAST_ERROR}, {_MOST_ERROR}]: {error}"
            raise TrinoError(INVALID_ARGUMENT, message)
    return f"count(DISTINCT {call[0]}){call.w}" if not _windowed(call) else _approx_over(call)


def _windowed(call: Call) -> bool:
    return " OVER (" in call.w


def _approx_over(call: Call) -> str:
    return f"CAST(len(list_distinct(list({call[0]}){call.w})) AS BIGINT)"


def _reduce_agg(call: Call) -> str:
    """Fold over the values that are not NULL; in one process nothing is to be combined."""
    state, element = to_duckdb(call.args[1].type), to_duckdb(call.args[0].type)
    folded = fold(f"list({call[0]}){call.w}", call.args[2], call[1], state, element, "s_.s")
    return f"CASE WHEN count({call[0]}){call.w} > 0 THEN {folded} END"


def _most_frequent(call: Call) -> str:
    """Count all values and keep the most frequent: exact where Trino's answer is."""
    entries = f"map_entries(histogram({call[1]}){call.w})"
    ordered = (
        f"list_sort(list_transform({entries}, lambda e_: "
        "struct_pack(n := -CAST(e_.value AS BIGINT), k := e_.key)))"
    )
    kept = f"list_transform({ordered}[1:{call[0]}], lambda e_: struct_pack(k := e_.k, v := -e_.n))"
    return f"map_from_entries({kept})"


def _checksum(call: Call) -> str:
    """Checksum of all rows, NULL where there is none; numbers are hashed by their 64 bits."""
    x, kind = call[0], call.args[0].type
    bits = f"CAST({x} AS BIGINT)" if kind.name == "boolean" else _as_long(x, kind)
    if bits:
        unsigned = f"(CAST({bits} AS HUGEINT) & {2**64 - 1})"
        data = f"py_binary_reverse(unhex(lpad(hex({unsigned}), 16, '0')))"
    elif kind.name == "double":
        data = f"py_binary_reverse(py_to_ieee754({x} + 0e0, 8))"
    elif kind.name in ("varchar", "varbinary"):
        data = f"encode({x})" if kind.name == "varchar" else x
    else:
        raise call.fail(f"checksum of {kind} is not supported", "NOT_SUPPORTED")
    made = f"list({call.d}{data}{call.o}){call.w}"
    return f"CASE WHEN count(*){call.w} > 0 THEN py_checksum({made}) END"


def _array_of_first(types: Sequence[TrinoType]) -> TrinoType:
    return array(types[0])


_LEAST_ERROR, _MOST_ERROR = 0.0040625, 0.26
_NUMBERS = ("bigint", "double", "real")

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
    aggregate("map_agg", ("K", "V"), "map(K,V)", _map_agg),
    aggregate("multimap_agg", ("K", "V"), "map(K,array(V))", _multimap_agg),
    aggregate("map_union", ("map(K,V)",), "map(K,V)", _map_union),
    aggregate("histogram", ("T",), lambda types: map_of(types[0], BIGINT), _histogram),
    aggregate("checksum", ("T",), "varbinary", _checksum),
    aggregate("bool_and", ("boolean",), "boolean", "bool_and({d}{0}{o}){w}"),
    aggregate("every", ("boolean",), "boolean", "bool_and({d}{0}{o}){w}"),
    aggregate("bool_or", ("boolean",), "boolean", "bool_or({d}{0}{o}){w}"),
    *(
        aggregate(name, ("double",), "double", f"{duck}({{d}}{{0}}{{o}}){{w}}")
        for name, duck in (
            ("stddev", "stddev_samp"),
            ("stddev_samp", "stddev_samp"),
            ("stddev_pop", "stddev_pop"),
            ("variance", "var_samp"),
            ("var_samp", "var_samp"),
            ("var_pop", "var_pop"),
        )
    ),
    aggregate("skewness", ("double",), "double", _SKEWNESS),
    aggregate("kurtosis", ("double",), "double", _KURTOSIS),
    aggregate("geometric_mean", ("bigint",), "double", "exp(avg({d}ln({0})){w})"),
    aggregate("geometric_mean", ("double",), "double", "exp(avg({d}ln({0})){w})"),
    aggregate("geometric_mean", ("real",), "real", "CAST(exp(avg({d}ln({0})){w}) AS FLOAT)"),
    *(
        aggregate(name, (kind, kind), kind, f"CAST({template} AS {duck})")
        for name, template in (
            ("corr", _pairs("nullif(corr({0}, {1}){w}, CAST('nan' AS DOUBLE))")),
            ("covar_pop", "covar_pop({0}, {1}){w}"),
            ("covar_samp", "covar_samp({0}, {1}){w}"),
            ("regr_slope", "nullif(regr_slope({0}, {1}){w}, CAST('nan' AS DOUBLE))"),
            ("regr_intercept", "nullif(regr_intercept({0}, {1}){w}, CAST('nan' AS DOUBLE))"),
        )
        for kind, duck in (("double", "DOUBLE"), ("real", "FLOAT"))
    ),
    aggregate("reduce_agg", ("T", "S", "function(S,T,S)", "function(S,S,S)"), "S", _reduce_agg),
    aggregate(
        "approx_most_frequent",
        ("bigint", "T", "bigint"),
        lambda types: map_of(types[1], BIGINT),
        _most_frequent,
    ),
    aggregate("listagg", ("varchar",), "varchar", _listagg),
    aggregate("listagg", ("varchar", "varchar"), "varchar", _listagg),
    aggregate("listagg", ("varchar", "varchar", "varchar", "boolean"), "varchar", _listagg),
    aggregate("approx_distinct", ("T",), "bigint", _approx_distinct),
    aggregate("approx_distinct", ("T", "double"), "bigint", _approx_distinct),
    *(
        aggregate("approx_percentile", (kind, *weight, share), returns.format(kind), _percentile)
        for kind in _NUMBERS
        for weight in ((), ("double",))
        for share, returns in (("double", "{}"), ("array(double)", "array({})"))
    ),
    *(
        aggregate(f"bitwise_{name}_agg", ("bigint",), "bigint", f"bit_{name}({{d}}{{0}}){{w}}")
        for name in ("and", "or", "xor")
    ),
]


def _refused(name: str, args: tuple[str, ...]) -> Function:
    def refuse(call: Call) -> str:
        raise call.fail(f"Function '{name}' is not supported", "NOT_SUPPORTED")

    return aggregate(name, args, lambda _: DOUBLE, refuse)


FUNCTIONS += [
    _refused("approx_set", ("T",)),
    _refused("merge", ("T",)),
    *(
        aggregate("numeric_histogram", ("bigint", *numbers), "map(double,double)", _buckets)
        for numbers in (("double",), ("double", "double"))
    ),
    *(_refused("tdigest_agg", ("double",) * count) for count in (1, 2)),
    *(_refused("qdigest_agg", ("double",) * count) for count in (1, 2, 3)),
    _refused("merge", ("T",)),
    not_supported("value_at_quantile", ("T", "double")),
    not_supported("values_at_quantiles", ("T", "array(double)")),
    not_supported("empty_approx_set", ()),
]
