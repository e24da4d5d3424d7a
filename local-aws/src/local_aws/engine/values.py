"""How Athena prints values: one DuckDB expression for each Trino type.

The text is what Athena writes into its result files: Java's ``Double.toString``, timestamps with
the digits of their precision, ``[1, 2]`` for arrays, ``{a=1}`` for maps and rows. The expressions
are evaluated by DuckDB over whole vectors, so a million rows never become Python objects.
"""

from typing import Any

from local_aws.trino.emit.cast_texts import decimal_text
from local_aws.trino.types import TrinoType

# Java switches to d.dddE±n outside [1e-3, 1e7); DuckDB's text has the same, shortest, digits,
# but for the smallest double, Java's Double.MIN_VALUE, of which Java prints two digits. Few calls,
# because binding them is what a result of few rows pays for: 8 ms a column of doubles.
MACROS = (
    """
    CREATE OR REPLACE MACRO athena_scientific(s) AS CASE
        WHEN s = '5e-324' THEN '4.9E-324'
        WHEN contains(s, 'e') THEN
            regexp_replace(regexp_replace(s, '^(\\d)e', '\\1.0e'), 'e\\+?(-?)0*', 'E\\1')
        ELSE
            regexp_replace(
                regexp_replace(trim(replace(s, '.', ''), '0'), '^(.)', '\\1.'), '\\.$', '.0')
            || 'E' || CASE WHEN starts_with(s, '0.') THEN length(ltrim(s, '0.')) + 1 - length(s)
                ELSE strpos(s, '.') - 2 END
        END
    """,
    """
    CREATE OR REPLACE MACRO athena_double(x) AS CASE
        WHEN isnan(x) THEN 'NaN'
        WHEN isinf(x) THEN CASE WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END
        WHEN x = 0 OR (abs(x) >= 0.001 AND abs(x) < 10000000) THEN CAST(x AS VARCHAR)
        ELSE CASE WHEN x < 0 THEN '-' ELSE '' END || athena_scientific(CAST(abs(x) AS VARCHAR))
        END
    """,
    """
    CREATE OR REPLACE MACRO athena_day_to_second(ms) AS
        CASE WHEN ms < 0 THEN '-' ELSE '' END || (abs(ms) // 86400000) || ' '
        || printf('%02d:%02d:%02d.%03d', abs(ms) // 3600000 % 24, abs(ms) // 60000 % 60,
            abs(ms) // 1000 % 60, abs(ms) % 1000)
    """,
    """
    CREATE OR REPLACE MACRO athena_year_to_month(m) AS
        CASE WHEN m < 0 THEN '-' ELSE '' END || (abs(m) // 12) || '-' || (abs(m) % 12)
    """,
    """
    CREATE OR REPLACE MACRO athena_zoned(t, z) AS CASE
        WHEN regexp_matches(z, '^[+-]') THEN t + to_minutes(
            CAST(z[1] || '1' AS INTEGER)
            * (CAST(z[2:3] AS INTEGER) * 60 + CAST(z[5:6] AS INTEGER)))
        ELSE timezone(z, timezone('UTC', t))
        END
    """,
)
_FRACTIONS = {0: "", 3: ".%g", 6: ".%f", 9: ".%n"}


def text(value: str, kind: TrinoType) -> str:
    """Return DuckDB SQL for the text of a value as Athena prints it.

    Parameters
    ----------
    value : str
        A DuckDB expression that holds a value of the type (see `local_aws.trino.types`).
    kind : TrinoType
        Its Trino type.

    Returns
    -------
    str
        An expression of type VARCHAR, NULL where the value is NULL; needs `MACROS`.

    Examples
    --------
    >>> text("c0", TrinoType("bigint"))
    'CAST(c0 AS VARCHAR)'
    >>> text("c0", TrinoType("double"))
    'athena_double(c0)'
    """
    return _text(value, kind, 0)


def _text(value: str, kind: TrinoType, depth: int) -> str:
    if kind.name in ("array", "map", "row"):
        return _nested(value, kind, depth)
    clock = f"(DATE '2000-01-01' + {value})"
    local = f"athena_zoned({value}.t, {value}.z)"
    texts = {
        "decimal": lambda: decimal_text(value, kind),
        "real": lambda: f"athena_double({value})",
        "double": lambda: f"athena_double({value})",
        "varbinary": lambda: rf"rtrim(regexp_replace(lower(hex({value})), '(..)', '\1 ', 'g'))",
        "interval day to second": lambda: f"athena_day_to_second({value})",
        "interval year to month": lambda: f"athena_year_to_month({value})",
        "timestamp": lambda: _timestamp(value, "%Y-%m-%d %H:%M:%S", kind.args),
        "time": lambda: _timestamp(clock, "%H:%M:%S", kind.args),
        "timestamp with time zone": lambda: (
            f"({_timestamp(local, '%Y-%m-%d %H:%M:%S', kind.args)} || ' ' || {value}.z)"
        ),
    }
    return texts.get(kind.name, lambda: f"CAST({value} AS VARCHAR)")()


def _nested(value: str, kind: TrinoType, depth: int) -> str:
    if kind.name == "row":
        return _row(value, kind, depth)
    if kind.name == "array":
        return f"('[' || {_joined(value, kind.args[0], depth)} || ']')"
    key, item = (f"e{depth}.key", kind.args[0]), (f"e{depth}.value", kind.args[1])
    entry = f"{_element(*key, depth + 1)} || '=' || {_element(*item, depth + 1)}"
    return f"('{{' || {_list(f'map_entries({value})', entry, depth)} || '}}')"


def _timestamp(value: str, pattern: str, args: tuple[Any, ...]) -> str:
    precision = args[0] if args else 3
    if precision in _FRACTIONS:
        return f"strftime({value}, '{pattern}{_FRACTIONS[precision]}')"
    # longer than the seconds and the point by the precision's digits, cut from the next finer one
    finer = min(p for p in _FRACTIONS if p > precision) if precision < 9 else 9
    cut = finer - min(precision, 9)
    return f"left(strftime({value}, '{pattern}{_FRACTIONS[finer]}'), {-cut})"


def _element(value: str, kind: TrinoType, depth: int) -> str:
    return f"coalesce({_text(value, kind, depth)}, 'null')"


def _list(values: str, entry: str, depth: int) -> str:
    return f"array_to_string(list_transform({values}, lambda e{depth}: {entry}), ', ')"


def _joined(value: str, kind: TrinoType, depth: int) -> str:
    return _list(value, _element(f"e{depth}", kind, depth + 1), depth)


def _row(value: str, kind: TrinoType, depth: int) -> str:
    parts = []
    for number, (name, field) in enumerate(kind.args):
        shown = name if name is not None else f"field{number}"
        quoted = shown.replace('"', '""')
        label = shown.replace("'", "''")
        parts.append(
            f"'{label}=' || {_element(f'({value}).{chr(34)}{quoted}{chr(34)}', field, depth)}"
        )
    body = " || ', ' || ".join(parts)
    return f"CASE WHEN {value} IS NOT NULL THEN '{{' || {body} || '}}' END"


_PRECISION = {
    "tinyint": 3,
    "smallint": 5,
    "integer": 10,
    "bigint": 19,
    "real": 17,
    "double": 17,
    "varchar": 2147483647,
    "varbinary": 1073741824,
    "timestamp": 3,
    "timestamp with time zone": 3,
    "time": 3,
    "time with time zone": 3,
}
_NAMES = {"real": "float"}


def column_info(name: str, kind: TrinoType) -> dict[str, Any]:
    """Return Athena's ``ColumnInfo`` of a result column."""
    precision, scale = _PRECISION.get(kind.name, 0), 0
    if kind.name == "decimal":
        precision, scale = kind.args
    elif kind.name in ("varchar", "char") and kind.args:
        precision = kind.args[0]
    return {
        "CatalogName": "hive",
        "SchemaName": "",
        "TableName": "",
        "Name": name,
        "Label": name,
        "Type": _NAMES.get(kind.name, kind.name),
        "Precision": precision,
        "Scale": scale,
        "Nullable": "UNKNOWN",
        "CaseSensitive": kind.name in ("varchar", "char"),
    }
