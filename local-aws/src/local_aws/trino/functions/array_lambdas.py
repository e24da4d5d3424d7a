"""Functions of arrays that take a lambda."""

from __future__ import annotations

from local_aws.trino.emit.expr import Expr
from local_aws.trino.errors import INVALID_ARGUMENT, raise_in_sql
from local_aws.trino.functions.arrays import ANY_ARRAY
from local_aws.trino.functions.model import Call, Function
from local_aws.trino.type_storage import to_duckdb


def apply(function: Expr, *arguments: str) -> str:
    """DuckDB text of a lambda's body with its parameters bound to expressions.

    DuckDB has no LET: each parameter becomes the one element of a list that is transformed.
    """
    text = function.body
    for parameter, argument in reversed(list(zip(function.params, arguments, strict=True))):
        text = f"list_transform([{argument}], lambda {parameter}: {text})[1]"
    return text


def _sort_by(call: Call) -> str:
    """Sort by a comparator: each element goes behind those that do not come after it."""
    function = call.args[1]
    first, second = function.params
    wrong = raise_in_sql(INVALID_ARGUMENT, "'Lambda comparator must return either -1, 0, or 1'")
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


def _zip_with(call: Call) -> str:
    function = call.args[2]
    made = apply(function, "z_[1]", "z_[2]")
    zipped = f"list_zip({call[0]}, {call[1]})"
    both = f"{call[0]} IS NOT NULL AND {call[1]} IS NOT NULL"
    return f"CASE WHEN {both} THEN list_transform({zipped}, lambda z_: {made}) END"


def _numbered(name: str) -> Function:
    return Function(
        name, (ANY_ARRAY, "function(T,boolean)"), "boolean", _matches(name.removesuffix("_match"))
    )


FUNCTIONS: list[Function] = [
    Function("transform", (ANY_ARRAY, "function(T,U)"), "array(U)", "list_transform({0}, {1})"),
    Function("filter", (ANY_ARRAY, "function(T,boolean)"), ANY_ARRAY, "list_filter({0}, {1})"),
    Function("reduce", (ANY_ARRAY, "S", "function(S,T,S)", "function(S,R)"), "R", _reduce),
    *(_numbered(name) for name in ("any_match", "all_match", "none_match")),
    Function("zip_with", (ANY_ARRAY, "array(U)", "function(T,U,R)"), "array(R)", _zip_with),
    Function("array_sort", (ANY_ARRAY, "function(T,T,integer)"), ANY_ARRAY, _sort_by),
]
