"""Numbers as Java prints them."""

from __future__ import annotations

import math
import re


def java_number(number: str) -> str:
    """Print a number: whole ones as they are, others as Java's Double.toString."""
    if not re.search(r"[.eE]", number):
        return str(int(number))
    value = float(number)
    if value == 0:
        return "-0.0" if math.copysign(1, value) < 0 else "0.0"
    if 1e-3 <= abs(value) < 1e7:
        return repr(value)
    digits, exponent = f"{value!r}e0".lower().split("e")[:2]
    sign = "-" if digits[0] == "-" else ""
    whole, _, part = digits.lstrip("-").partition(".")
    shift = int(exponent) + len(whole) - 1
    both = whole + ("" if part == "0" else part)
    stripped = both.lstrip("0")
    shift -= len(both) - len(stripped)
    stripped = stripped.rstrip("0")
    return f"{sign}{stripped[0]}.{stripped[1:] or '0'}E{shift}"
