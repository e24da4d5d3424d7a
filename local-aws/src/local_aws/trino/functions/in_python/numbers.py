"""Numbers: bases and the normal distribution."""

from __future__ import annotations

import math
from statistics import NormalDist

from local_aws.trino.errors import error_in_python
from local_aws.trino.functions.in_python.model import Registered

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def _from_base(text: str, radix: int) -> int:
    if not 2 <= radix <= 36:
        raise error_in_python("Radix must be between 2 and 36")
    try:
        number = int(text, radix)
    except ValueError:
        raise error_in_python(f"Not a valid base-{radix} number: {text}") from None
    if not -(2**63) <= number < 2**63:
        raise error_in_python(f"Not a valid base-{radix} number: {text}")
    return number


def _to_base(number: int, radix: int) -> str:
    if not 2 <= radix <= 36:
        raise error_in_python("Radix must be between 2 and 36")
    made, rest = "", abs(number)
    while rest or not made:
        rest, digit = divmod(rest, radix)
        made = _DIGITS[digit] + made
    return f"-{made}" if number < 0 else made


def _normal_cdf(mean: float, deviation: float, value: float) -> float:
    if not deviation > 0:
        raise error_in_python("standardDeviation must be > 0")
    return 0.5 * (1 + math.erf((value - mean) / (deviation * math.sqrt(2))))


def _inverse_normal_cdf(mean: float, deviation: float, share: float) -> float:
    if not 0 < share < 1:
        raise error_in_python("p must be 0 > p > 1")
    if not deviation > 0:
        raise error_in_python("standardDeviation must be > 0")
    return NormalDist(mean, deviation).inv_cdf(share)


REGISTERED: list[Registered] = [
    (_from_base, "from_base", ["VARCHAR", "BIGINT"], "BIGINT"),
    (_normal_cdf, "normal_cdf", ["DOUBLE"] * 3, "DOUBLE"),
    (_inverse_normal_cdf, "inverse_normal_cdf", ["DOUBLE"] * 3, "DOUBLE"),
    (_to_base, "to_base", ["BIGINT", "BIGINT"], "VARCHAR"),
]
