"""Aggregates of texts: listagg."""

from __future__ import annotations

from local_aws.trino.errors import raise_in_sql
from local_aws.trino.functions.model import Call, Function, aggregate

_LONGEST = 1_048_576  # bytes of a listagg


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


FUNCTIONS: list[Function] = [
    aggregate("listagg", ("varchar",), "varchar", _listagg),
    aggregate("listagg", ("varchar", "varchar"), "varchar", _listagg),
    aggregate("listagg", ("varchar", "varchar", "varchar", "boolean"), "varchar", _listagg),
]
