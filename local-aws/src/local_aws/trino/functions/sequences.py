"""Sequences of numbers, dates and timestamps."""

from __future__ import annotations

from local_aws.trino.errors import INVALID_ARGUMENT, raise_in_sql
from local_aws.trino.functions.model import Call, Function
from local_aws.trino.type_storage import to_duckdb
from local_aws.trino.types import DATE, array

_MAX_SEQUENCE = 10_000
_DIRECTION = (
    "'sequence stop value should be greater than or equal to start value if step is greater than "
    "zero otherwise stop should be less than or equal to start'"
)


def _sequence(call: Call) -> str:
    start, stop = call[0], call[1]
    default = f"CASE WHEN {start} <= {stop} THEN 1 ELSE -1 END"
    step = call[2] if len(call.args) > 2 else default
    wrong = raise_in_sql(INVALID_ARGUMENT, _DIRECTION)
    zero = raise_in_sql(INVALID_ARGUMENT, "'step must not be zero'")
    long = raise_in_sql(
        INVALID_ARGUMENT,
        f"'result of sequence function must not have more than {_MAX_SEQUENCE} entries'",
    )
    return (
        f"CASE WHEN {step} = 0 THEN {zero} "
        f"WHEN ({step} > 0 AND {start} > {stop}) OR ({step} < 0 AND {start} < {stop}) THEN {wrong} "
        f"WHEN ({stop} - {start}) // {step} >= {_MAX_SEQUENCE} THEN {long} "
        f"ELSE generate_series({start}, {stop}, {step}) END"
    )


def _moments(call: Call) -> str:
    """Sequence of dates or timestamps by an interval, a day if none is given."""
    start, stop = call[0], call[1]
    if len(call.args) == 2:
        step = f"CASE WHEN {start} <= {stop} THEN INTERVAL 1 DAY ELSE INTERVAL (-1) DAY END"
        forward = f"{start} <= {stop}"
    else:
        months = call.args[2].type.name == "interval year to month"
        step = f"to_months({call[2]})" if months else f"to_milliseconds({call[2]})"
        forward = f"{call[2]} > 0"
    wrong = raise_in_sql(INVALID_ARGUMENT, _DIRECTION)
    series = f"generate_series(CAST({start} AS TIMESTAMP), CAST({stop} AS TIMESTAMP), {step})"
    if len(call.args) > 2 and call.args[2].type.name == "interval year to month":
        # from the start each time: the last days of months are not lost on the way
        last = f"trino_months_between(CAST({start} AS TIMESTAMP), CAST({stop} AS TIMESTAMP))"
        series = (
            f"list_transform(range(0, {last} // {call[2]} + 1), "
            f"lambda i_: {start} + to_months(CAST(i_ * {call[2]} AS INTEGER)))"
        )
    kind = to_duckdb(call.type)
    backwards = f"({forward}) <> ({start} <= {stop}) AND {start} <> {stop}"
    return f"CASE WHEN {backwards} THEN {wrong} ELSE CAST({series} AS {kind}) END"


FUNCTIONS: list[Function] = [
    Function("sequence", ("bigint", "bigint"), "array(bigint)", _sequence),
    Function("sequence", ("bigint", "bigint", "bigint"), "array(bigint)", _sequence),
    Function("sequence", ("date", "date"), lambda _: array(DATE), _moments),
    *(
        Function("sequence", (kind, kind, step), lambda types: array(types[0]), _moments)
        for kind in ("date", "timestamp")
        for step in ("interval day to second", "interval year to month")
    ),
]
