"""What compiled queries need of a DuckDB connection: settings and macros."""

from __future__ import annotations

import duckdb

from local_aws.trino.functions import MACROS
from local_aws.trino.functions.in_python.register import register

_SETTINGS = [
    "SET GLOBAL TimeZone = 'UTC'",
    "SET GLOBAL default_null_order = 'NULLS_LAST'",
    "SET GLOBAL error_on_division_by_zero = true",
    "SET GLOBAL ieee_floating_point_ops = true",
    "SET GLOBAL preserve_insertion_order = true",
    "SET GLOBAL max_expression_depth = 5000",
    "SET GLOBAL scalar_subquery_error_on_multiple_rows = true",
]

# The offset of a zone such as +02:00, in minutes.
_OFFSET = (
    "(CASE WHEN z[1] = '-' THEN -1 ELSE 1 END"
    " * (CAST(z[2:3] AS INTEGER) * 60 + CAST(z[5:6] AS INTEGER)))"
)
# The day of a text, and its clock filled up to seconds.
_CLOCK = "regexp_extract(x, '\\d (\\d{1,2}:\\d{1,2}(?::\\d{1,2}(?:\\.\\d+)?)?)', 1)"
_ZONE = (
    "trim(regexp_extract(x, '^\\s*[+-]?\\d+-\\d+-\\d+(?: \\d[\\d:.]*)?\\s*([A-Za-z+-].*)?$', 1))"
)
_PADDED = "lpad(CAST(CAST(floor(x) AS BIGINT) AS VARCHAR), n, '0')"

_OWN_MACROS = [
    f"CREATE MACRO trino_offset_minutes(z) AS {_OFFSET}",
    # Wall-clock time of an instant in a zone, and the instant of a wall-clock time.
    "CREATE MACRO trino_local(t, z) AS CASE WHEN z = 'UTC' THEN t"
    " WHEN z[1] IN ('+', '-') THEN t + to_minutes(trino_offset_minutes(z))"
    " ELSE timezone(z, timezone('UTC', t)) END",
    "CREATE MACRO trino_instant(t, z) AS CASE WHEN z = 'UTC' THEN t"
    " WHEN z[1] IN ('+', '-') THEN t - to_minutes(trino_offset_minutes(z))"
    " ELSE timezone('UTC', timezone(z, t)) END",
    f"CREATE MACRO trino_zone_in(x) AS coalesce(nullif(replace({_ZONE}, 'Z', 'UTC'), ''), 'UTC')",
    f"CREATE MACRO trino_clock(x) AS CASE length({_CLOCK}) - length(replace({_CLOCK}, ':', ''))"
    f" WHEN 0 THEN '00:00:00' WHEN 1 THEN {_CLOCK} || ':00' ELSE {_CLOCK} END",
    "CREATE MACRO trino_round_timestamp(t, step) AS"
    " make_timestamp((epoch_us(t) + step // 2) // step * step)",
    # Arrays are equal, different, or, where a NULL leaves it open, neither.
    "CREATE MACRO trino_array_equal(a, b) AS CASE WHEN a IS NULL OR b IS NULL THEN NULL"
    " WHEN len(a) <> len(b) THEN FALSE"
    " WHEN len(list_filter(list_zip(a, b), lambda z: z[1] <> z[2])) > 0 THEN FALSE"
    " WHEN list_count(a) < len(a) OR list_count(b) < len(b) THEN NULL ELSE TRUE END",
    f"CREATE MACRO trino_padded(x, n) AS {_PADDED}",
    "CREATE MACRO trino_day_to_second(ms) AS CASE WHEN ms < 0 THEN '-' ELSE '' END"
    " || CAST(abs(ms) // 86400000 AS VARCHAR) || ' '"
    " || trino_padded(abs(ms) // 3600000 % 24, 2) || ':'"
    " || trino_padded(abs(ms) // 60000 % 60, 2) || ':'"
    " || trino_padded(abs(ms) // 1000 % 60, 2) || '.' || trino_padded(abs(ms) % 1000, 3)",
    "CREATE MACRO trino_year_to_month(months) AS CASE WHEN months < 0 THEN '-' ELSE '' END"
    " || CAST(abs(months) // 12 AS VARCHAR) || '-' || CAST(abs(months) % 12 AS VARCHAR)",
    # DuckDB's shortest text of a floating-point number, as Trino's cast to varchar writes it:
    # one digit, a point, the others, E and the exponent. Java prints two digits of its smallest.
    "CREATE MACRO trino_digits(s) AS replace(regexp_replace(split_part(s, 'e', 1), '^-', ''),"
    " '.', '')",
    "CREATE MACRO trino_exponent(s) AS coalesce(TRY_CAST(nullif(split_part(s, 'e', 2), '')"
    " AS INTEGER), 0) + strpos(regexp_replace(split_part(s, 'e', 1), '^-', '') || '.', '.') - 2"
    " - (length(trino_digits(s)) - length(ltrim(trino_digits(s), '0')))",
    "CREATE MACRO trino_mantissa(d) AS left(d, 1) || '.'"
    " || CASE WHEN length(d) > 1 THEN substr(d, 2) ELSE '0' END",
    "CREATE MACRO trino_scientific(s) AS CASE WHEN s IN ('nan', '-nan') THEN 'NaN'"
    " WHEN s = 'inf' THEN 'Infinity' WHEN s = '-inf' THEN '-Infinity'"
    " WHEN s = '5e-324' THEN '4.9E-324' WHEN s = '-5e-324' THEN '-4.9E-324'"
    " WHEN trim(trino_digits(s), '0') = '' THEN"
    " CASE WHEN s[1] = '-' THEN '-0E0' ELSE '0E0' END"
    " ELSE CASE WHEN s[1] = '-' THEN '-' ELSE '' END"
    " || trino_mantissa(trim(trino_digits(s), '0')) || 'E'"
    " || CAST(trino_exponent(s) AS VARCHAR) END",
]


def prepare(connection: duckdb.DuckDBPyConnection) -> None:
    """Set up a fresh DuckDB connection for compiled queries.

    Parameters
    ----------
    connection
        A connection on which nothing was prepared yet; its settings must not be locked.
    """
    for statement in (*_SETTINGS, *_OWN_MACROS, *MACROS):
        connection.execute(statement)
    register(connection)
