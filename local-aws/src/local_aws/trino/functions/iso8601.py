"""Dates and times as ISO 8601 writes them."""

from __future__ import annotations

from collections.abc import Callable

from local_aws.trino.functions.date_printing import local_argument
from local_aws.trino.functions.date_reading import unpacked, zoned_milliseconds
from local_aws.trino.functions.dates import ZONED
from local_aws.trino.functions.model import Call, Function
from local_aws.trino.types import TrinoType, varchar


def _to_iso8601(call: Call) -> str:
    kind = call.args[0].type
    if kind.name == "date":
        return f"strftime({call[0]}, '%Y-%m-%d')"
    digits = kind.args[0]
    local = local_argument(call)
    text = f"strftime({local}, '%Y-%m-%dT%H:%M:%S')"
    if digits:
        text += f" || '.' || left(strftime({local}, '%f'), {digits})"
    if kind.name == ZONED:
        value = call[0]
        text += (
            f" || CASE WHEN ({value}).z = 'UTC' THEN 'Z' "
            f"ELSE trino_offset_text(({value}).t, ({value}).z, ':') END"
        )
    return f"({text})"


def _iso_type(size: int) -> Callable[[object], TrinoType]:
    return lambda _: varchar(size)


FUNCTIONS: list[Function] = [
    Function("to_iso8601", ("date",), _iso_type(16), _to_iso8601),
    Function("to_iso8601", ("timestamp",), "varchar", _to_iso8601),
    Function("to_iso8601", (ZONED,), "varchar", _to_iso8601),
    Function(
        "from_iso8601_timestamp",
        ("varchar",),
        zoned_milliseconds,
        lambda call: unpacked(f"py_iso_timestamp({call[0]})"),
    ),
    Function("from_iso8601_date", ("varchar",), "date", "(DATE '1970-01-01' + py_iso_date({0}))"),
]
