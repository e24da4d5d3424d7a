"""Values of every Trino type as Athena prints them, evaluated by DuckDB alone."""

import math
import struct
from collections.abc import Iterator

import duckdb
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from local_aws.engine.values import MACROS, text
from local_aws.trino import types as trino


@pytest.fixture(scope="module")
def duck() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 1}) as connection:
        for macro in MACROS:
            connection.execute(macro)
        yield connection


def printed(duck: duckdb.DuckDBPyConnection, value: str, kind: trino.TrinoType) -> str | None:
    row = duck.execute(f"SELECT {text('v', kind)} FROM (SELECT {value}) AS t(v)").fetchone()
    assert row is not None
    return row[0]


ZONED = "{{'t': TIMESTAMP '2019-10-01 05:00:00', 'z': '{}'}}"
PERSON = trino.row(("id", trino.INTEGER), (None, trino.VARCHAR), ("odd \"name's", trino.DOUBLE))


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        ("NULL", trino.DOUBLE, None),
        ("12345678::DOUBLE", trino.DOUBLE, "1.2345678E7"),
        ("9999999::DOUBLE", trino.DOUBLE, "9999999.0"),
        ("0.00099::DOUBLE", trino.DOUBLE, "9.9E-4"),
        ("-4.9e-324::DOUBLE", trino.DOUBLE, "-4.9E-324"),
        ("3.4e38::REAL", trino.TrinoType("real"), "3.4E38"),
        ("TIMESTAMP '2019-10-01 05:00:00.123456'", trino.timestamp(0), "2019-10-01 05:00:00"),
        ("TIMESTAMP '2019-10-01 05:00:00.123456'", trino.timestamp(2), "2019-10-01 05:00:00.12"),
        ("TIMESTAMP '2019-10-01 05:00:00'", trino.timestamp(9), "2019-10-01 05:00:00.000000000"),
        (ZONED.format("UTC"), trino.timestamp(3, zone=True), "2019-10-01 05:00:00.000 UTC"),
        (
            ZONED.format("America/New_York"),
            trino.timestamp(0, zone=True),
            "2019-10-01 01:00:00 America/New_York",
        ),
        (ZONED.format("-05:30"), trino.timestamp(0, zone=True), "2019-09-30 23:30:00 -05:30"),
        ("MAP {'a': 1, 'b': NULL}", trino.map_of(trino.VARCHAR, trino.INTEGER), "{a=1, b=null}"),
        ("MAP {}", trino.map_of(trino.VARCHAR, trino.INTEGER), "{}"),
        (
            "MAP {'a': [{'x': 1e10::DOUBLE}]}",
            trino.map_of(trino.VARCHAR, trino.array(trino.row(("x", trino.DOUBLE)))),
            "{a=[{x=1.0E10}]}",
        ),
        ("[]::INTEGER[]", trino.array(trino.INTEGER), "[]"),
        ("NULL::INTEGER[]", trino.array(trino.INTEGER), None),
        (
            "{'id': 1, 'field1': NULL::VARCHAR, 'odd \"name''s': 2::DOUBLE}",
            PERSON,
            "{id=1, field1=null, odd \"name's=2.0}",
        ),
        ("-93784005::BIGINT", trino.DAY_TO_SECOND, "-1 02:03:04.005"),
        ("-14", trino.YEAR_TO_MONTH, "-1-2"),
        ("''::BLOB", trino.VARBINARY, ""),
        ("'\\x00\\xFF'::BLOB", trino.VARBINARY, "00 ff"),
    ],
)
def test_text_of_a_value(
    duck: duckdb.DuckDBPyConnection, value: str, kind: trino.TrinoType, expected: str | None
) -> None:
    assert printed(duck, value, kind) == expected


def java(x: float, shortest: str) -> str:
    """Double.toString by its specification, from the shortest digits."""
    if abs(x) == math.ulp(0):  # Double.MIN_VALUE: its documented text is not its shortest
        shortest = "4.9e-324"
    sign, digits, exponent = "-" if math.copysign(1, x) < 0 else "", *_digits(shortest)
    if x == 0:
        return f"{sign}0.0"
    if -3 <= exponent < 7:
        whole = digits[: exponent + 1].ljust(exponent + 1, "0") if exponent >= 0 else "0"
        rest = digits[exponent + 1 :] if exponent >= 0 else "0" * (-exponent - 1) + digits
        return f"{sign}{whole}.{rest or '0'}"
    return f"{sign}{digits[0]}.{digits[1:] or '0'}E{exponent}"


def _digits(shortest: str) -> tuple[str, int]:
    mantissa, _, power = shortest.lstrip("-").partition("e")
    whole, _, fraction = mantissa.partition(".")
    plain = whole + fraction
    digits = plain.lstrip("0").rstrip("0")
    return digits, len(whole) - 1 - (len(plain) - len(plain.lstrip("0"))) + int(power or 0)


@settings(deadline=None, max_examples=200)
@given(st.floats(allow_nan=False, allow_infinity=False))
@example(math.ulp(0))
def test_doubles_print_as_java_specifies(duck: duckdb.DuckDBPyConnection, x: float) -> None:
    assert printed(duck, f"CAST('{x!r}' AS DOUBLE)", trino.DOUBLE) == java(x, repr(x))


@settings(deadline=None, max_examples=200)
@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_reals_print_digits_that_read_back(duck: duckdb.DuckDBPyConnection, x: float) -> None:
    shown = printed(duck, f"CAST(CAST('{x!r}' AS DOUBLE) AS REAL)", trino.TrinoType("real"))
    assert shown is not None
    assert struct.pack("f", float(shown)) == struct.pack("f", x)
    assert ("E" in shown) == (x != 0 and not 1e-3 <= abs(x) < 1e7)
