"""Functions of arrays."""

from __future__ import annotations

from collections.abc import Sequence

from local_aws.trino.emit.casts import conversion
from local_aws.trino.emit.conversion import as_it_is
from local_aws.trino.errors import INVALID_ARGUMENT, raise_in_sql
from local_aws.trino.functions.model import Call, Function, not_supported
from local_aws.trino.functions.strings import joined
from local_aws.trino.types import VARCHAR, TrinoType, array, row

ANY_ARRAY = "array(T)"


def unless_null(call: Call, sql: str) -> str:
    """Text of a value that is NULL where an argument is."""
    known = " AND ".join(f"{arg.sql} IS NOT NULL" for arg in call.args)
    return f"CASE WHEN {known} THEN {sql} END"


def _extreme(call: Call) -> str:
    a = call[0]
    name = call.name.removeprefix("array_")
    return f"CASE WHEN list_position({a}, NULL) IS NULL THEN list_{name}({a}) END"


def _join(call: Call) -> str:
    element = call.args[0].type.args[0]
    printing = conversion(element, VARCHAR)
    if printing is as_it_is and len(call.args) == 2:
        return joined(call[0], call.args[1])
    text = printing("j_")
    if len(call.args) > 2:
        text = f"coalesce({text}, {call[2]})"
    return joined(f"list_transform({call[0]}, lambda j_: {text})", call.args[1])


def _slice(call: Call) -> str:
    a, start, length = call[0], call[1], call[2]
    known = [each.value for each in call.args[1:] if each.is_literal]
    if len(known) == 2 and None not in known and known[0] > 0 and known[1] >= 0:
        return f"{a}[{known[0]}:{known[0] + known[1] - 1}]"
    zero = raise_in_sql(INVALID_ARGUMENT, "'SQL array indices start at 1'")
    negative = raise_in_sql(INVALID_ARGUMENT, "'length must be greater than or equal to 0'")
    first = f"CASE WHEN {start} < 0 THEN len({a}) + {start} + 1 ELSE {start} END"
    return (
        f"CASE WHEN {start} = 0 THEN {zero} WHEN {length} < 0 THEN {negative} "
        f"WHEN {first} < 1 OR {length} = 0 THEN {a}[1:0] "
        f"ELSE {a}[{first}:{first} + {length} - 1] END"
    )


def _trim(call: Call) -> str:
    negative = raise_in_sql(INVALID_ARGUMENT, f"'size must not be negative: ' || {call[1]}")
    beyond = raise_in_sql(
        INVALID_ARGUMENT,
        f"'size must not exceed array cardinality ' || len({call[0]}) || ': ' || {call[1]}",
    )
    return (
        f"CASE WHEN {call[1]} < 0 THEN {negative} WHEN {call[1]} > len({call[0]}) THEN {beyond} "
        f"ELSE {call[0]}[1:len({call[0]}) - {call[1]}] END"
    )


def _element_at(call: Call) -> str:
    zero = raise_in_sql(INVALID_ARGUMENT, "'SQL array indices start at 1'")
    return f"CASE WHEN {call[1]} = 0 THEN {zero} ELSE {call[0]}[{call[1]}] END"


def _flatten(call: Call) -> str:
    return f"flatten({call[0]})"


def _concatenated(call: Call) -> str:
    return unless_null(call, f"list_concat({', '.join(arg.sql for arg in call.args)})")


def _row_array(types: Sequence[TrinoType]) -> TrinoType:
    return array(row(*((None, kind.args[0]) for kind in types)))


def _zip(call: Call) -> str:
    names = [f"field{i}" for i in range(len(call.args))]
    lists = ", ".join(arg.sql for arg in call.args)
    packed = ", ".join(f"{name} := z_[{i + 1}]" for i, name in enumerate(names))
    made = f"list_transform(list_zip({lists}), lambda z_: struct_pack({packed}))"
    return unless_null(call, made)


def _ngrams(call: Call) -> str:
    a, n = call[0], call[1]
    wrong = raise_in_sql(INVALID_ARGUMENT, "'N must be positive'")
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


_SHUFFLE = (
    "list_transform(list_sort(list_transform({0}, lambda e_: struct_pack(r := random(), e := e_))),"
    " lambda e_: e_.e)"
)

FUNCTIONS: list[Function] = [
    Function("cardinality", (ANY_ARRAY,), "bigint", "len({0})"),
    *(
        Function("zip", tuple(f"array({letter})" for letter in "TUVWX"[:count]), _row_array, _zip)
        for count in range(2, 6)
    ),
    Function("array_sort", (ANY_ARRAY,), ANY_ARRAY, "list_sort({0}, 'ASC', 'NULLS LAST')"),
    Function("array_max", (ANY_ARRAY,), "T", _extreme),
    Function("array_min", (ANY_ARRAY,), "T", _extreme),
    Function("array_join", (ANY_ARRAY, "varchar"), "varchar", _join),
    Function("array_join", (ANY_ARRAY, "varchar", "varchar"), "varchar", _join),
    Function(
        "array_position",
        (ANY_ARRAY, "T"),
        "bigint",
        "CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL "
        "THEN coalesce(list_position({0}, {1}), 0) END",
    ),
    Function("slice", (ANY_ARRAY, "bigint", "bigint"), ANY_ARRAY, _slice),
    Function("trim_array", (ANY_ARRAY, "bigint"), ANY_ARRAY, _trim),
    Function("element_at", (ANY_ARRAY, "bigint"), "T", _element_at),
    Function("flatten", ("array(array(T))",), ANY_ARRAY, _flatten),
    Function("reverse", (ANY_ARRAY,), ANY_ARRAY, "list_reverse({0})"),
    Function("shuffle", (ANY_ARRAY,), ANY_ARRAY, _SHUFFLE, volatile=True),
    Function("concat", (ANY_ARRAY, ANY_ARRAY, "array(T)..."), ANY_ARRAY, _concatenated),
    Function("ngrams", (ANY_ARRAY, "bigint"), "array(array(T))", _ngrams),
    Function("combinations", (ANY_ARRAY, "bigint"), "array(array(T))", _combinations),
    not_supported("array_histogram", (ANY_ARRAY,), "map(T,bigint)"),
]
