"""Functions of arrays."""

from __future__ import annotations

from collections.abc import Sequence

from local_aws.trino.emit.casts import convert
from local_aws.trino.emit.expr import Expr
from local_aws.trino.errors import raise_in_sql
from local_aws.trino.functions.model import Call, Function, not_supported
from local_aws.trino.functions.strings import joined
from local_aws.trino.types import (
    DATE,
    VARCHAR,
    TrinoType,
    array,
    row,
    to_duckdb,
)

_INVALID = "INVALID_FUNCTION_ARGUMENT"
_ANY = "array(T)"
_MAX_SEQUENCE = 10_000


def apply(function: Expr, *arguments: str) -> str:
    """DuckDB text of a lambda's body with its parameters bound to expressions.

    DuckDB has no LET: each parameter becomes the one element of a list that is transformed.
    """
    text = function.body
    for parameter, argument in reversed(list(zip(function.params, arguments, strict=True))):
        text = f"list_transform([{argument}], lambda {parameter}: {text})[1]"
    return text


def _contains(call: Call) -> str:
    a, x = call[0], call[1]
    return (
        f"CASE WHEN list_contains({a}, {x}) THEN TRUE "
        f"WHEN {x} IS NULL OR {a} IS NULL OR list_position({a}, NULL) IS NOT NULL THEN NULL "
        "ELSE FALSE END"
    )


def distinct(sql: str) -> str:
    """Elements in the order of their first occurrence, NULL once."""
    return f"list_filter({sql}, lambda d_, i_: list_position({sql}, d_) = i_)"


def _union(call: Call) -> str:
    both = f"list_concat({call[0]}, {call[1]})"
    return _unless_null(call, distinct(both))


def _intersect(call: Call) -> str:
    """Distinct elements of both, in the order of the longer array, as Trino walks it."""

    def within(a: str, b: str) -> str:
        return f"list_filter({distinct(a)}, lambda x_: list_position({b}, x_) IS NOT NULL)"

    a, b = call[0], call[1]
    found = f"CASE WHEN len({a}) < len({b}) THEN {within(a, b)} ELSE {within(b, a)} END"
    return _unless_null(call, found)


def _except(call: Call) -> str:
    kept = f"list_filter({distinct(call[0])}, lambda x_: list_position({call[1]}, x_) IS NULL)"
    return _unless_null(call, kept)


def _unless_null(call: Call, sql: str) -> str:
    known = " AND ".join(f"{arg.sql} IS NOT NULL" for arg in call.args)
    return f"CASE WHEN {known} THEN {sql} END"


def _overlap(call: Call) -> str:
    a, b = call[0], call[1]
    null = f"list_position({a}, NULL) IS NOT NULL OR list_position({b}, NULL) IS NOT NULL"
    return (
        f"CASE WHEN {a} IS NULL OR {b} IS NULL THEN NULL WHEN list_has_any({a}, {b}) THEN TRUE "
        f"WHEN len({a}) > 0 AND len({b}) > 0 AND ({null}) THEN NULL ELSE FALSE END"
    )


def _sort_by(call: Call) -> str:
    """Sort by a comparator: each element goes behind those that do not come after it."""
    function = call.args[1]
    first, second = function.params
    wrong = raise_in_sql(_INVALID, "'Lambda comparator must return either -1, 0, or 1'")
    checked = (
        f"CASE WHEN ({function.body}) IN (-1, 0, 1) THEN ({function.body}) <= 0 ELSE {wrong} END"
    )
    kind = to_duckdb(call.type)
    element = to_duckdb(call.type.args[0])
    place = (
        f"list_transform([p_.x], lambda {second}: "
        f"len(list_filter(s_.s, lambda {first}: {checked})))[1]"
    )
    states = f"list_transform({call[0]}, lambda e_: struct_pack(s := CAST([] AS {kind}), x := e_))"
    step = f"list_concat(s_.s[1:{place}], [p_.x], s_.s[{place} + 1:])"
    start = f"struct_pack(s := CAST([] AS {kind}), x := CAST(NULL AS {element}))"
    return f"list_reduce({states}, lambda s_, p_: struct_pack(s := {step}, x := p_.x), {start}).s"


def _extreme(call: Call) -> str:
    a = call[0]
    name = call.name.removeprefix("array_")
    return f"CASE WHEN list_position({a}, NULL) IS NULL THEN list_{name}({a}) END"


def _join(call: Call) -> str:
    element = call.args[0].type.args[0]
    text = convert("j_", element, VARCHAR)
    if text == "j_" and len(call.args) == 2:
        return joined(call[0], call.args[1])
    if len(call.args) > 2:
        text = f"coalesce({text}, {call[2]})"
    return joined(f"list_transform({call[0]}, lambda j_: {text})", call.args[1])


def _remove(call: Call) -> str:
    kept = f"list_filter({call[0]}, lambda x_: x_ IS NULL OR x_ <> {call[1]})"
    return _unless_null(call, kept)


def _slice(call: Call) -> str:
    a, start, length = call[0], call[1], call[2]
    known = [each.value for each in call.args[1:] if each.is_literal]
    if len(known) == 2 and None not in known and known[0] > 0 and known[1] >= 0:
        return f"{a}[{known[0]}:{known[0] + known[1] - 1}]"
    zero = raise_in_sql(_INVALID, "'SQL array indices start at 1'")
    negative = raise_in_sql(_INVALID, "'length must be greater than or equal to 0'")
    first = f"CASE WHEN {start} < 0 THEN len({a}) + {start} + 1 ELSE {start} END"
    return (
        f"CASE WHEN {start} = 0 THEN {zero} WHEN {length} < 0 THEN {negative} "
        f"WHEN {first} < 1 OR {length} = 0 THEN {a}[1:0] "
        f"ELSE {a}[{first}:{first} + {length} - 1] END"
    )


def _trim(call: Call) -> str:
    negative = raise_in_sql(_INVALID, f"'size must not be negative: ' || {call[1]}")
    beyond = raise_in_sql(
        _INVALID,
        f"'size must not exceed array cardinality ' || len({call[0]}) || ': ' || {call[1]}",
    )
    return (
        f"CASE WHEN {call[1]} < 0 THEN {negative} WHEN {call[1]} > len({call[0]}) THEN {beyond} "
        f"ELSE {call[0]}[1:len({call[0]}) - {call[1]}] END"
    )


def _element_at(call: Call) -> str:
    zero = raise_in_sql(_INVALID, "'SQL array indices start at 1'")
    return f"CASE WHEN {call[1]} = 0 THEN {zero} ELSE {call[0]}[{call[1]}] END"


_DIRECTION = (
    "'sequence stop value should be greater than or equal to start value if step is greater than "
    "zero otherwise stop should be less than or equal to start'"
)


def _sequence(call: Call) -> str:
    start, stop = call[0], call[1]
    default = f"CASE WHEN {start} <= {stop} THEN 1 ELSE -1 END"
    step = call[2] if len(call.args) > 2 else default
    wrong = raise_in_sql(_INVALID, _DIRECTION)
    zero = raise_in_sql(_INVALID, "'step must not be zero'")
    long = raise_in_sql(
        _INVALID, f"'result of sequence function must not have more than {_MAX_SEQUENCE} entries'"
    )
    return (
        f"CASE WHEN {step} = 0 THEN {zero} "
        f"WHEN ({step} > 0 AND {start} > {stop}) OR ({step} < 0 AND {start} < {stop}) THEN {wrong} "
        f"WHEN ({stop} - {start}) // {step} >= {_MAX_SEQUENCE} THEN {long} "
        f"ELSE generate_series({start}, {stop}, {step}) END"
    )


def _moments(call: Call) -> str:
    """Sequence of dates or timestamps by an interval, a day if none is given."""
    start, stop = call[0], call[1]
    if len(call.args) == 2:
        step = f"CASE WHEN {start} <= {stop} THEN INTERVAL 1 DAY ELSE INTERVAL (-1) DAY END"
        forward = f"{start} <= {stop}"
    else:
        months = call.args[2].type.name == "interval year to month"
        step = f"to_months({call[2]})" if months else f"to_milliseconds({call[2]})"
        forward = f"{call[2]} > 0"
    wrong = raise_in_sql(_INVALID, _DIRECTION)
    series = f"generate_series(CAST({start} AS TIMESTAMP), CAST({stop} AS TIMESTAMP), {step})"
    if len(call.args) > 2 and call.args[2].type.name == "interval year to month":
        # from the start each time: the last days of months are not lost on the way
        last = f"trino_months_between(CAST({start} AS TIMESTAMP), CAST({stop} AS TIMESTAMP))"
        series = (
            f"list_transform(range(0, {last} // {call[2]} + 1), "
            f"lambda i_: {start} + to_months(CAST(i_ * {call[2]} AS INTEGER)))"
        )
    kind = to_duckdb(call.type)
    backwards = f"({forward}) <> ({start} <= {stop}) AND {start} <> {stop}"
    return f"CASE WHEN {backwards} THEN {wrong} ELSE CAST({series} AS {kind}) END"


def _flatten(call: Call) -> str:
    return f"flatten({call[0]})"


def _concatenated(call: Call) -> str:
    return _unless_null(call, f"list_concat({', '.join(arg.sql for arg in call.args)})")


def fold(items: str, step: Expr, start: str, state: str, element: str, finish: str) -> str:
    """Fold a list by a lambda of state and element.

    DuckDB folds into the elements' own type, so state and element go together in a struct;
    `finish` says what is wanted of the last one, ``s_``.
    """
    packed = f"list_transform({items}, lambda e_: struct_pack(s := CAST(NULL AS {state}), x := e_))"
    first = f"struct_pack(s := CAST({start} AS {state}), x := CAST(NULL AS {element}))"
    made = apply(step, "s_.s", "p_.x")
    folded = (
        f"list_reduce({packed}, lambda s_, p_: "
        f"struct_pack(s := CAST({made} AS {state}), x := p_.x), {first})"
    )
    return f"list_transform([{folded}], lambda s_: {finish})[1]"


def _reduce(call: Call) -> str:
    state, element = to_duckdb(call.args[1].type), to_duckdb(call.args[0].type.args[0])
    finish = apply(call.args[3], "s_.s")
    folded = fold(call[0], call.args[2], call[1], state, element, finish)
    return f"CASE WHEN {call[0]} IS NOT NULL THEN {folded} END"


def _matches(kind: str) -> str:
    """Three-valued any, all or none over {0} of the lambda {1}."""
    flags = "list_transform({0}, {1})"
    decided = "FALSE" if kind == "all" else "TRUE"
    verdict, otherwise = ("TRUE", "FALSE") if kind == "any" else ("FALSE", "TRUE")
    return (
        f"CASE WHEN {{0}} IS NULL THEN NULL WHEN list_contains({flags}, {decided}) THEN {verdict} "
        f"WHEN list_position({flags}, NULL) IS NOT NULL THEN NULL ELSE {otherwise} END"
    )


def _row_array(types: Sequence[TrinoType]) -> TrinoType:
    return array(row(*((None, kind.args[0]) for kind in types)))


def _zip(call: Call) -> str:
    names = [f"field{i}" for i in range(len(call.args))]
    lists = ", ".join(arg.sql for arg in call.args)
    packed = ", ".join(f"{name} := z_[{i + 1}]" for i, name in enumerate(names))
    made = f"list_transform(list_zip({lists}), lambda z_: struct_pack({packed}))"
    return _unless_null(call, made)


def _zip_with(call: Call) -> str:
    function = call.args[2]
    made = apply(function, "z_[1]", "z_[2]")
    zipped = f"list_zip({call[0]}, {call[1]})"
    both = f"{call[0]} IS NOT NULL AND {call[1]} IS NOT NULL"
    return f"CASE WHEN {both} THEN list_transform({zipped}, lambda z_: {made}) END"


def _ngrams(call: Call) -> str:
    a, n = call[0], call[1]
    wrong = raise_in_sql(_INVALID, "'N must be positive'")
    return (
        f"CASE WHEN {n} <= 0 THEN {wrong} WHEN len({a}) <= {n} THEN [{a}] "
        f"ELSE list_transform(range(1, len({a}) - {n} + 2), lambda i_: {a}[i_:i_ + {n} - 1]) END"
    )


def _combinations(call: Call) -> str:
    """List the choices of a literal number up to 5, by the order of positions, as Trino does."""
    n = int(call.literal(1, "number"))
    if not 0 <= n <= 5:
        raise call.fail("combination size must not be negative or greater than 5: " + str(n))
    a = call[0]
    names = [f"i{k}_" for k in range(n)]
    if not n:
        return f"[{a}[1:0]]"
    picked = "[" + ", ".join(f"{a}[{name}]" for name in names) + "]"
    text = f"[{picked}]"
    for k in range(n):
        low = "1"
        high = f"len({a}) + 1" if k == n - 1 else names[k + 1]
        text = f"flatten(list_transform(range({low}, {high}), lambda {names[k]}: {text}))"
    return text


def _dot(a: str, b: str) -> str:
    return f"list_sum(list_transform(list_zip({a}, {b}), lambda z_: z_[1] * z_[2]))"


def _contains_sequence(call: Call) -> str:
    a, b = call[0], call[1]
    found = (
        f"len(list_filter(range(1, len({a}) - len({b}) + 2), "
        f"lambda i_: {a}[i_:i_ + len({b}) - 1] = {b})) > 0"
    )
    return _unless_null(call, f"len({b}) = 0 OR {found}")


def _numbered(name: str) -> Function:
    return Function(
        name, (_ANY, "function(T,boolean)"), "boolean", _matches(name.removesuffix("_match"))
    )


_SHUFFLE = (
    "list_transform(list_sort(list_transform({0}, lambda e_: struct_pack(r := random(), e := e_))),"
    " lambda e_: e_.e)"
)

FUNCTIONS: list[Function] = [
    Function("cardinality", (_ANY,), "bigint", "len({0})"),
    Function("transform", (_ANY, "function(T,U)"), "array(U)", "list_transform({0}, {1})"),
    Function("filter", (_ANY, "function(T,boolean)"), _ANY, "list_filter({0}, {1})"),
    Function("reduce", (_ANY, "S", "function(S,T,S)", "function(S,R)"), "R", _reduce),
    *(_numbered(name) for name in ("any_match", "all_match", "none_match")),
    Function("zip_with", (_ANY, "array(U)", "function(T,U,R)"), "array(R)", _zip_with),
    *(
        Function("zip", tuple(f"array({letter})" for letter in "TUVWX"[:count]), _row_array, _zip)
        for count in range(2, 6)
    ),
    Function("contains", (_ANY, "T"), "boolean", _contains),
    Function("contains_sequence", (_ANY, _ANY), "boolean", _contains_sequence),
    Function("array_distinct", (_ANY,), _ANY, lambda call: distinct(call[0])),
    Function("array_sort", (_ANY,), _ANY, "list_sort({0}, 'ASC', 'NULLS LAST')"),
    Function("array_sort", (_ANY, "function(T,T,integer)"), _ANY, _sort_by),
    Function("array_max", (_ANY,), "T", _extreme),
    Function("array_min", (_ANY,), "T", _extreme),
    Function("array_union", (_ANY, _ANY), _ANY, _union),
    Function("array_intersect", (_ANY, _ANY), _ANY, _intersect),
    Function("array_except", (_ANY, _ANY), _ANY, _except),
    Function("arrays_overlap", (_ANY, _ANY), "boolean", _overlap),
    Function("array_join", (_ANY, "varchar"), "varchar", _join),
    Function("array_join", (_ANY, "varchar", "varchar"), "varchar", _join),
    Function(
        "array_position",
        (_ANY, "T"),
        "bigint",
        "CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL "
        "THEN coalesce(list_position({0}, {1}), 0) END",
    ),
    Function("array_remove", (_ANY, "T"), _ANY, _remove),
    Function("slice", (_ANY, "bigint", "bigint"), _ANY, _slice),
    Function("trim_array", (_ANY, "bigint"), _ANY, _trim),
    Function("element_at", (_ANY, "bigint"), "T", _element_at),
    Function("sequence", ("bigint", "bigint"), "array(bigint)", _sequence),
    Function("sequence", ("bigint", "bigint", "bigint"), "array(bigint)", _sequence),
    Function("sequence", ("date", "date"), lambda _: array(DATE), _moments),
    *(
        Function("sequence", (kind, kind, step), lambda types: array(types[0]), _moments)
        for kind in ("date", "timestamp")
        for step in ("interval day to second", "interval year to month")
    ),
    Function("flatten", ("array(array(T))",), _ANY, _flatten),
    Function("reverse", (_ANY,), _ANY, "list_reverse({0})"),
    Function("shuffle", (_ANY,), _ANY, _SHUFFLE, volatile=True),
    Function("concat", (_ANY, _ANY, "array(T)..."), _ANY, _concatenated),
    Function("ngrams", (_ANY, "bigint"), "array(array(T))", _ngrams),
    Function("combinations", (_ANY, "bigint"), "array(array(T))", _combinations),
    Function(
        "euclidean_distance",
        ("array(double)", "array(double)"),
        "double",
        "sqrt(list_sum(list_transform(list_zip({0}, {1}), lambda z_: pow(z_[1] - z_[2], 2))))",
    ),
    Function(
        "dot_product",
        ("array(double)", "array(double)"),
        "double",
        lambda call: _dot(call[0], call[1]),
    ),
    Function(
        "cosine_similarity",
        ("array(double)", "array(double)"),
        "double",
        lambda call: (
            f"({_dot(call[0], call[1])} "
            f"/ sqrt({_dot(call[0], call[0])} * {_dot(call[1], call[1])}))"
        ),
    ),
    Function(
        "cosine_distance",
        ("array(double)", "array(double)"),
        "double",
        lambda call: (
            f"(1e0 - {_dot(call[0], call[1])} "
            f"/ sqrt({_dot(call[0], call[0])} * {_dot(call[1], call[1])}))"
        ),
    ),
    not_supported("array_histogram", (_ANY,), "map(T,bigint)"),
]
