"""Aggregates that make maps."""

from __future__ import annotations

from local_aws.trino.functions.array_sets import distinct
from local_aws.trino.functions.checksums import as_long
from local_aws.trino.functions.model import Call, Function, aggregate
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import BIGINT, map_of

_MOST_PLACED = 10_000  # entries of a map that are worth the time of putting them in Trino's order


def _made_map(entries: str, key: str, call: Call) -> str:
    """Map of a list of entries, which Trino gives in the order of a hash table's slots.

    Where rows are grouped, the order depends on how Trino splits the work, and is left as it is.
    """
    kind, name = call.args[0].type, f"e_.{key}"
    texts = kind.name == "varchar"
    number = as_long(name, kind)
    if call.grouped or not (texts or number):
        return f"map_from_entries({entries})"
    keys = f"list_transform(m_, lambda e_: {name if texts else number})"
    order = f"py_map_order_of_{'texts' if texts else 'numbers'}({keys})"
    placed = f"map_from_entries(list_transform({order}, lambda o_: m_[o_]))"
    made = f"CASE WHEN len(m_) > {_MOST_PLACED} THEN map_from_entries(m_) ELSE {placed} END"
    return f"list_transform([{entries}], lambda m_: {made})[1]"


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


FUNCTIONS: list[Function] = [
    aggregate("map_agg", ("K", "V"), "map(K,V)", _map_agg),
    aggregate("multimap_agg", ("K", "V"), "map(K,array(V))", _multimap_agg),
    aggregate("map_union", ("map(K,V)",), "map(K,V)", _map_union),
    aggregate("histogram", ("T",), lambda types: map_of(types[0], BIGINT), _histogram),
]
