"""Functions that are called only with OVER."""

from __future__ import annotations

from local_aws.trino.errors import TrinoError
from local_aws.trino.functions.model import Call, Function, window


def _shifted(call: Call) -> str:
    """Value of a row before (lag) or behind (lead) this one."""
    offset = call.args[1]
    if offset.is_literal and offset.value is not None and int(offset.value) < 0:
        raise TrinoError("INVALID_FUNCTION_ARGUMENT", "Offset must be at least 0")
    args = ", ".join(arg.sql for arg in call.args)
    return f"{call.name}({args}{call.n}){call.w}"


def _nth(call: Call) -> str:
    """Value of the n-th row of a frame."""
    offset = call.args[1]
    if offset.is_literal and offset.value is not None and int(offset.value) < 1:
        raise TrinoError("INVALID_FUNCTION_ARGUMENT", "Offset must be at least 1")
    return f"nth_value({call[0]}, {call[1]}{call.n}){call.w}"


FUNCTIONS: list[Function] = [
    window("row_number", (), "bigint", "row_number(){w}"),
    window("rank", (), "bigint", "rank(){w}"),
    window("dense_rank", (), "bigint", "dense_rank(){w}"),
    window("percent_rank", (), "double", "percent_rank(){w}"),
    window("cume_dist", (), "double", "cume_dist(){w}"),
    window("ntile", ("bigint",), "bigint", "ntile({0}){w}"),
    window("first_value", ("T",), "T", "first_value({0}{n}){w}"),
    window("last_value", ("T",), "T", "last_value({0}{n}){w}"),
    window("nth_value", ("T", "bigint"), "T", _nth),
    window("lag", ("T",), "T", "lag({0}{n}){w}"),
    window("lag", ("T", "bigint"), "T", _shifted),
    window("lag", ("T", "bigint", "T"), "T", _shifted),
    window("lead", ("T",), "T", "lead({0}{n}){w}"),
    window("lead", ("T", "bigint"), "T", _shifted),
    window("lead", ("T", "bigint", "T"), "T", _shifted),
]
