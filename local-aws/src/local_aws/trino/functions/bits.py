"""Functions of the bits of integers."""

from __future__ import annotations

from local_aws.trino.errors import INVALID_ARGUMENT, raise_in_sql
from local_aws.trino.functions.math import INTEGERS, cast_result
from local_aws.trino.functions.model import Call, Function, arg_type
from local_aws.trino.types import INTEGER_BITS


def _logical_right_shift(call: Call) -> str:
    bits = INTEGER_BITS[call.type.name]
    unsigned = f"(CAST({call[0]} AS HUGEINT) & {2**bits - 1})"
    shifted = f"({unsigned} >> CAST({call[1]} AS HUGEINT))"
    return _wrapped(f"CASE WHEN {call[1]} >= {bits} THEN 0 ELSE {shifted} END", bits)


def _left_shift(call: Call) -> str:
    bits = INTEGER_BITS[call.type.name]
    unsigned = f"(CAST({call[0]} AS HUGEINT) & {2**bits - 1})"
    kept = f"({unsigned} & ((CAST(1 AS HUGEINT) << ({bits} - {call[1]})) - 1))"
    shifted = f"({kept} << CAST({call[1]} AS HUGEINT))"
    return _wrapped(f"CASE WHEN {call[1]} >= {bits} THEN 0 ELSE {shifted} END", bits)


def _wrapped(sql: str, bits: int) -> str:
    """Signed integer whose two's complement is an unsigned HUGEINT."""
    kind = {8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT"}[bits]
    return (
        f"CAST(({sql}) - CASE WHEN ({sql}) >= {2 ** (bits - 1)} THEN CAST({2**bits} AS HUGEINT) "
        f"ELSE 0 END AS {kind})"
    )


def _bit_count(call: Call) -> str:
    """Count the ones among the lowest bits, which must hold the number."""
    x, bits = (f"CAST({call[i]} AS HUGEINT)" for i in (0, 1))
    one = "CAST(1 AS HUGEINT)"
    message = "'Bits specified in bit_count must be between 2 and 64, got ' || "
    wrong = raise_in_sql(INVALID_ARGUMENT, message + call[1])
    message = "'Number must be representable with the bits specified. '"
    message += f" || {call[0]} || ' cannot be represented with ' || {call[1]} || ' bits'"
    large = raise_in_sql(INVALID_ARGUMENT, message)
    limit = f"({one} << ({bits} - 1))"
    return (
        f"CASE WHEN {call[1]} NOT BETWEEN 2 AND 64 THEN {wrong} "
        f"WHEN {x} >= {limit} OR {x} < -{limit} THEN {large} "
        f"ELSE CAST(bit_count({x} & (({one} << {bits}) - 1)) AS BIGINT) END"
    )


FUNCTIONS: list[Function] = [
    Function("bitwise_and", ("bigint", "bigint"), "bigint", "({0} & {1})"),
    Function("bitwise_or", ("bigint", "bigint"), "bigint", "({0} | {1})"),
    Function("bitwise_xor", ("bigint", "bigint"), "bigint", "xor({0}, {1})"),
    Function("bitwise_not", ("bigint",), "bigint", "(~{0})"),
    Function("bit_count", ("bigint", "bigint"), "bigint", _bit_count),
    *(
        Function(name, (kind, "bigint"), arg_type(0), emit)
        for kind in INTEGERS
        for name, emit in (
            ("bitwise_left_shift", _left_shift),
            ("bitwise_right_shift", _logical_right_shift),
            ("bitwise_right_shift_arithmetic", cast_result("{0} >> least({1}, 63)")),
        )
    ),
]
