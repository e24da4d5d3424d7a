"""Exact division of decimals, which DuckDB does in doubles."""

from __future__ import annotations

from local_aws.trino.emit.binding import bind_once
from local_aws.trino.types import TrinoType

_BIGINT_DIGITS = 18


def _unscaled(sql: str, scale: int, whole: str) -> str:
    """Integer of a decimal's digits without the point."""
    if scale == 0:
        return f"CAST({sql} AS {whole})"
    return f"CAST({sql} * CAST({10**scale} AS DECIMAL({scale + 1},0)) AS {whole})"


def divide(a: str, kind_a: TrinoType, b: str, kind_b: TrinoType, kind: TrinoType) -> str:
    """Divide two decimals exactly, rounding half up at the scale of the result's type.

    Twice the quotient is truncated, then halved away from zero: that is rounding half up. The
    integers are 64 bits wide where all digits fit, which is many times faster than 128.

    Parameters
    ----------
    a, kind_a
        DuckDB text and decimal type of the dividend.
    b, kind_b
        Those of the divisor.
    kind
        The decimal type of the quotient, of a scale no less than either.
    """
    (digits_a, scale_a), (digits_b, scale_b), (precision, scale) = (
        kind_a.args,
        kind_b.args,
        kind.args,
    )
    shift = scale - scale_a + scale_b
    narrow = max(digits_a + shift + 1, digits_a + scale_a + 1, digits_b + scale_b + 1)
    whole = "BIGINT" if narrow <= _BIGINT_DIGITS else "HUGEINT"
    dividend = f"{_unscaled(a, scale_a, whole)} * CAST({2 * 10**shift} AS {whole})"
    doubled = f"({dividend} // {_unscaled(b, scale_b, whole)})"
    digits = bind_once(
        [doubled],
        lambda parts: f"(({parts[0]} + CASE WHEN {parts[0]} < 0 THEN -1 ELSE 1 END) // 2)",
    )
    quotient = f"CAST({digits} AS DECIMAL({precision},0))"
    if scale:
        unit = "0." + "0" * (scale - 1) + "1"
        quotient = f"CAST({quotient} * CAST('{unit}' AS DECIMAL({scale},{scale})) AS "
        quotient += f"DECIMAL({precision},{scale}))"
    return quotient
