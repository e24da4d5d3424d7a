"""Functions of dates and times."""

from __future__ import annotations

from local_aws.athena.trino.functions.model import Call, Function, arg_type

_UNITS = (
    *("millisecond", "second", "minute", "hour", "day", "week", "month", "quarter", "year"),
    *("decade", "century", "millennium"),
)


def _date_trunc(call: Call) -> str:
    unit = str(call.literal(0, "unit")).lower()
    if unit not in _UNITS or unit in ("decade", "century", "millennium"):
        raise call.fail(f"'{unit}' is not a valid TIMESTAMP field")
    kind = "DATE" if call.type.name == "date" else "TIMESTAMP"
    return f"CAST(date_trunc('{unit}', {call[1]}) AS {kind})"


FUNCTIONS: list[Function] = [
    Function("date_trunc", ("varchar", "date"), arg_type(1), _date_trunc),
    Function("date_trunc", ("varchar", "timestamp"), arg_type(1), _date_trunc),
    Function("date", ("timestamp",), "date", "CAST({0} AS DATE)"),
    *(
        Function(name, (kind,), "bigint", f"{name}({{0}})")
        for name in ("year", "quarter", "month", "week", "day", "hour", "minute", "second")
        for kind in ("date", "timestamp")
        if kind == "timestamp" or name not in ("hour", "minute", "second")
    ),
]
