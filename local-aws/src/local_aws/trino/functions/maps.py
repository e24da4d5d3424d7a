"""Functions of maps; a map keeps the order in which its entries came."""

from __future__ import annotations

from collections.abc import Sequence

from local_aws.trino.emit.cast_texts import decimal_text
from local_aws.trino.errors import INVALID_ARGUMENT, raise_in_sql
from local_aws.trino.functions.array_lambdas import apply
from local_aws.trino.functions.array_sets import distinct
from local_aws.trino.functions.model import Call, Function
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import TrinoType, array, row

_MAP = "map(K,V)"


def _made(call: Call) -> str:
    if not call.args:
        return f"CAST(MAP {{}} AS {to_duckdb(call.type)})"
    keys, items = call[0], call[1]
    length = raise_in_sql(INVALID_ARGUMENT, "'Key and value arrays must be the same length'")
    null = raise_in_sql(INVALID_ARGUMENT, "'map key cannot be null'")
    repeated = f"list_filter({keys}, lambda k_, i_: list_position({keys}, k_) < i_)[1]"
    kind = call.type.args[0]
    text = (
        decimal_text(repeated, kind) if kind.name == "decimal" else f"CAST({repeated} AS VARCHAR)"
    )
    twice = raise_in_sql(
        INVALID_ARGUMENT, f"'Duplicate map keys (' || {text} || ') are not allowed'"
    )
    return (
        f"CASE WHEN len({keys}) <> len({items}) THEN {length} "
        f"WHEN list_position({keys}, NULL) IS NOT NULL THEN {null} "
        f"WHEN len(list_distinct({keys})) < len({keys}) THEN {twice} "
        f"WHEN {keys} IS NOT NULL AND {items} IS NOT NULL THEN map({keys}, {items}) END"
    )


def _entry_array(types: Sequence[TrinoType]) -> TrinoType:
    key, value = types[0].args
    return array(row((None, key), (None, value)))


def _from_entries_type(types: Sequence[TrinoType]) -> TrinoType:
    (_, key), (_, value) = types[0].args[0].args
    return TrinoType("map", (key, value))


def _multimap_type(types: Sequence[TrinoType]) -> TrinoType:
    (_, key), (_, value) = types[0].args[0].args
    return TrinoType("map", (key, array(value)))


def _check_entries(call: Call) -> None:
    element = call.args[0].type.args[0]
    if element.name != "row" or len(element.args) != 2:
        kinds = str(call.args[0].type)
        raise call.fail(
            f"Unexpected parameters ({kinds}) for function {call.name}. "
            f"Expected: {call.name}(array(row(K,V)))",
            "FUNCTION_NOT_FOUND",
        )


def _from_entries(call: Call) -> str:
    _check_entries(call)
    keys = f"list_transform({call[0]}, lambda e_: struct_extract_at(e_, 1))"
    twice = raise_in_sql(INVALID_ARGUMENT, "'Duplicate map keys are not allowed'")
    return (
        f"CASE WHEN len(list_distinct({keys})) < len({keys}) THEN {twice} "
        f"ELSE map_from_entries({call[0]}) END"
    )


def _multimap_from_entries(call: Call) -> str:
    _check_entries(call)
    keys = distinct(f"list_transform({call[0]}, lambda e_: struct_extract_at(e_, 1))")
    values = (
        f"list_transform(list_filter({call[0]}, lambda f_: struct_extract_at(f_, 1) = k_), "
        "lambda g_: struct_extract_at(g_, 2))"
    )
    return (
        f"map_from_entries(list_transform({keys}, lambda k_: struct_pack(k := k_, v := {values})))"
    )


def _concatenated(call: Call) -> str:
    """Later maps win; their entries stand first, as Trino builds the result from the last map."""
    known = " AND ".join(f"{arg.sql} IS NOT NULL" for arg in call.args)
    entries = [f"map_entries({arg.sql})" for arg in reversed(call.args)]
    all_entries = f"list_concat({', '.join(entries)})"
    keys = f"list_transform({all_entries}, lambda a_: a_.key)"
    first = f"list_filter({all_entries}, lambda e_, i_: list_position({keys}, e_.key) = i_)"
    return f"CASE WHEN {known} THEN map_from_entries({first}) END"


def _filtered(call: Call) -> str:
    test = apply(call.args[1], "e_.key", "e_.value")
    return f"map_from_entries(list_filter(map_entries({call[0]}), lambda e_: {test}))"


def _transformed_keys(call: Call) -> str:
    key = apply(call.args[1], "e_.key", "e_.value")
    keys = f"list_transform(map_entries({call[0]}), lambda e_: {key})"
    twice = raise_in_sql(INVALID_ARGUMENT, "'Duplicate map keys are not allowed'")
    return (
        f"CASE WHEN len(list_distinct({keys})) < len({keys}) THEN {twice} "
        f"WHEN {call[0]} IS NOT NULL THEN map({keys}, map_values({call[0]})) END"
    )


def _transformed_values(call: Call) -> str:
    value = apply(call.args[1], "e_.key", "e_.value")
    values = f"list_transform(map_entries({call[0]}), lambda e_: {value})"
    return f"CASE WHEN {call[0]} IS NOT NULL THEN map(map_keys({call[0]}), {values}) END"


def _zipped(call: Call) -> str:
    a, b = call[0], call[1]
    keys = distinct(f"list_concat(map_keys({a}), map_keys({b}))")
    value = apply(call.args[2], "k_", f"{a}[k_]", f"{b}[k_]")
    values = f"list_transform({keys}, lambda k_: {value})"
    return f"CASE WHEN {a} IS NOT NULL AND {b} IS NOT NULL THEN map({keys}, {values}) END"


def _cosine(call: Call) -> str:
    a, b = call[0], call[1]
    product = f"e_.value * coalesce({b}[e_.key], 0e0)"
    dot = f"list_sum(list_transform(map_entries({a}), lambda e_: {product}))"
    norms = [f"sqrt(list_sum(list_transform(map_values({m}), lambda v_: v_ * v_)))" for m in (a, b)]
    return f"({dot} / ({norms[0]} * {norms[1]}))"


FUNCTIONS: list[Function] = [
    Function("map", (), "map(unknown,unknown)", _made),
    Function("map", ("array(K)", "array(V)"), _MAP, _made),
    Function("cardinality", (_MAP,), "bigint", "CAST(cardinality({0}) AS BIGINT)"),
    Function("map_keys", (_MAP,), "array(K)", "map_keys({0})"),
    Function("map_values", (_MAP,), "array(V)", "map_values({0})"),
    Function("element_at", (_MAP, "K"), "V", "{0}[{1}]"),
    Function(
        "map_entries",
        (_MAP,),
        _entry_array,
        "list_transform(map_entries({0}), "
        "lambda e_: struct_pack(field0 := e_.key, field1 := e_.value))",
    ),
    Function("map_from_entries", ("array(T)",), _from_entries_type, _from_entries),
    Function("multimap_from_entries", ("array(T)",), _multimap_type, _multimap_from_entries),
    Function("map_concat", (_MAP, _MAP, "map(K,V)..."), _MAP, _concatenated),
    Function("map_filter", (_MAP, "function(K,V,boolean)"), _MAP, _filtered),
    Function("transform_keys", (_MAP, "function(K,V,U)"), "map(U,V)", _transformed_keys),
    Function("transform_values", (_MAP, "function(K,V,U)"), "map(K,U)", _transformed_values),
    Function("map_zip_with", (_MAP, "map(K,W)", "function(K,V,W,R)"), "map(K,R)", _zipped),
    Function(
        "cosine_similarity", ("map(varchar,double)", "map(varchar,double)"), "double", _cosine
    ),
]
