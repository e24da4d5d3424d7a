"""Exact division of decimals, which DuckDB does in doubles."""

from __future__ import annotations

from local_aws.athena.trino.types import MAX_PRECISION, TrinoType


def unscaled(sql: str, scale: int) -> str:
    """HUGEINT of a decimal's digits without the point."""
    if scale == 0:
        return f"CAST({sql} AS HUGEINT)"
    return f"CAST({sql} * CAST({10**scale} AS DECIMAL({scale + 1},0)) AS HUGEINT)"


def divide(a: str, scale_a: int, b: str, scale_b: int, kind: TrinoType) -> str:
    """Divide two decimals exactly, rounding half up at the scale of the result's type.

    Twice the quotient is truncated, then halved away from zero: that is rounding half up.
    """
    precision, scale = kind.args
    shift = 2 * 10 ** (scale - scale_a + scale_b)
    doubled = f"({unscaled(a, scale_a)} * CAST({shift} AS HUGEINT) // {unscaled(b, scale_b)})"
    digits = f"(({doubled} + CASE WHEN {doubled} < 0 THEN -1 ELSE 1 END) // 2)"
    return f"CAST({point(digits, scale)} AS DECIMAL({precision},{scale}))"


def point(digits: str, scale: int) -> str:
    """Put the point back into a HUGEINT of digits."""
    whole = f"CAST({digits} AS DECIMAL({MAX_PRECISION},0))"
    if scale == 0:
        return whole
    unit = "0." + "0" * (scale - 1) + "1"
    return f"({whole} * CAST('{unit}' AS DECIMAL({scale},{scale})))"
