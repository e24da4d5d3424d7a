"""Functions of arrays as sets, and of what they hold."""

from __future__ import annotations

from local_aws.trino.functions.arrays import ANY_ARRAY, unless_null
from local_aws.trino.functions.model import Call, Function


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
    return unless_null(call, distinct(both))


def _intersect(call: Call) -> str:
    """Distinct elements of both, in the order of the longer array, as Trino walks it."""

    def within(a: str, b: str) -> str:
        return f"list_filter({distinct(a)}, lambda x_: list_position({b}, x_) IS NOT NULL)"

    a, b = call[0], call[1]
    found = f"CASE WHEN len({a}) < len({b}) THEN {within(a, b)} ELSE {within(b, a)} END"
    return unless_null(call, found)


def _except(call: Call) -> str:
    kept = f"list_filter({distinct(call[0])}, lambda x_: list_position({call[1]}, x_) IS NULL)"
    return unless_null(call, kept)


def _overlap(call: Call) -> str:
    a, b = call[0], call[1]
    null = f"list_position({a}, NULL) IS NOT NULL OR list_position({b}, NULL) IS NOT NULL"
    return (
        f"CASE WHEN {a} IS NULL OR {b} IS NULL THEN NULL WHEN list_has_any({a}, {b}) THEN TRUE "
        f"WHEN len({a}) > 0 AND len({b}) > 0 AND ({null}) THEN NULL ELSE FALSE END"
    )


def _remove(call: Call) -> str:
    kept = f"list_filter({call[0]}, lambda x_: x_ IS NULL OR x_ <> {call[1]})"
    return unless_null(call, kept)


def _contains_sequence(call: Call) -> str:
    a, b = call[0], call[1]
    found = (
        f"len(list_filter(range(1, len({a}) - len({b}) + 2), "
        f"lambda i_: {a}[i_:i_ + len({b}) - 1] = {b})) > 0"
    )
    return unless_null(call, f"len({b}) = 0 OR {found}")


FUNCTIONS: list[Function] = [
    Function("contains", (ANY_ARRAY, "T"), "boolean", _contains),
    Function("contains_sequence", (ANY_ARRAY, ANY_ARRAY), "boolean", _contains_sequence),
    Function("array_distinct", (ANY_ARRAY,), ANY_ARRAY, lambda call: distinct(call[0])),
    Function("array_union", (ANY_ARRAY, ANY_ARRAY), ANY_ARRAY, _union),
    Function("array_intersect", (ANY_ARRAY, ANY_ARRAY), ANY_ARRAY, _intersect),
    Function("array_except", (ANY_ARRAY, ANY_ARRAY), ANY_ARRAY, _except),
    Function("arrays_overlap", (ANY_ARRAY, ANY_ARRAY), "boolean", _overlap),
    Function("array_remove", (ANY_ARRAY, "T"), ANY_ARRAY, _remove),
]
