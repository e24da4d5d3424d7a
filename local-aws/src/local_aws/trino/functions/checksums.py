"""The checksum of rows, and the 64-bit integers that Trino holds values as."""

from __future__ import annotations

from local_aws.trino.functions.model import Call, Function, aggregate
from local_aws.trino.types import TrinoType

_SHORT_DECIMAL = 18


def as_long(x: str, kind: TrinoType) -> str:
    """Text of the 64-bit integer that Trino holds a value as; nothing for other types."""
    if kind.name == "decimal" and kind.args[0] <= _SHORT_DECIMAL:
        return f"CAST({x} * CAST(1{'0' * kind.args[1]} AS HUGEINT) AS BIGINT)"
    return {
        "date": f"CAST({x} - DATE '1970-01-01' AS BIGINT)",
        "timestamp": f"epoch_us({x})",
        **dict.fromkeys(("tinyint", "smallint", "integer", "bigint"), f"CAST({x} AS BIGINT)"),
    }.get(kind.name, "")


def _checksum(call: Call) -> str:
    """Checksum of all rows, NULL where there is none; numbers are hashed by their 64 bits."""
    x, kind = call[0], call.args[0].type
    bits = f"CAST({x} AS BIGINT)" if kind.name == "boolean" else as_long(x, kind)
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


FUNCTIONS: list[Function] = [
    aggregate("checksum", ("T",), "varbinary", _checksum),
]
