"""The rules of `helpers.raw.rows` and `helpers.raw.suspects`, said in Athena's SQL.

What is said of each column follows from its type in `helpers.events.EVENT`.
"""

from collections.abc import Sequence
from typing import Any, Final

from helpers.events import EVENT, EVENT_TYPES, Column
from helpers.ingest.catalog import check_name
from helpers.raw.rows import MAX_PRICE, NO_VALUE, TIME_PATTERN
from helpers.raw.suspects import DECIMAL_PATTERN, INTEGER_PATTERN

_JUDGED: Final = """
    WITH lines AS (
        SELECT
            "$path" AS file,
            cut,
            regexp_replace(COALESCE(line, '\\N'), '\\r$', '') AS raw
        FROM {lines}
        WHERE "$path" IN ({paths})
    ),
    fields AS (
        SELECT
            *,
            IF(
                strpos(raw, '"') = 0,
                split(raw, ','),
                transform(
                    regexp_extract_all(',' || raw, :field, 1),
                    f -> IF(
                        substr(f, 1, 1) = '"',
                        replace(substr(f, 2, length(f) - 2), '""', '"'),
                        f
                    )
                )
            ) AS f
        FROM lines
    ),
    texts AS (
        SELECT
            file,
            cut,
            raw,
            cardinality(f) AS columns,
            {texts}
        FROM fields
    ),
    typed AS (
        SELECT
            file,
            cut,
            raw,
            columns,
            {typed}
        FROM texts
    ),
    judged AS (
        SELECT
            *,
            replace(COALESCE(raw || chr(1) || cut, raw), chr(0), '\\x00') AS shown,
            CASE
                WHEN cut IS NOT NULL THEN 'byte 1'
                WHEN strpos(raw, chr(0)) > 0 THEN 'NUL byte'
                WHEN strpos(raw, chr(13)) > 0 THEN 'embedded newline'
                WHEN from_utf8(to_utf8(raw)) <> raw OR strpos(raw, chr(65533)) > 0
                    THEN 'bad encoding'
                WHEN raw = '' THEN 'empty line'
                WHEN length(replace(raw, '"')) % 2 <> length(raw) % 2
                    OR strpos(raw, '"') > 0 AND NOT regexp_like(',' || raw, :record)
                    THEN 'unbalanced quote'
                WHEN columns <> :columns THEN 'wrong column count'
                {reasons}
            END AS reason
        FROM typed
    )
"""
"""Every line of a table of lines, typed, with the reason why it is no event (null: it is one)."""

_FIELD: Final = ',("(?:[^"]|"")*"|[^,]*)'
_RECORD: Final = '^(?:,(?:"(?:[^"]|"")*"|[^",][^,]*)?)*$'
COUNT: Final = """
    {judged}
    SELECT file, reason, CAST(event_time AS DATE) AS day, COUNT(*) AS "rows"
    FROM judged
    GROUP BY file, reason, CAST(event_time AS DATE)
"""

_EVENTS: Final = """
    {judged}
    SELECT
        {columns},
        user_session IS NOT NULL
            AND ROW_NUMBER() OVER (
                PARTITION BY CAST(event_time AS DATE), user_session
                ORDER BY event_time
            ) = 1 AS session_start,
        CAST(year(event_time) AS INTEGER) AS year,
        CAST(month(event_time) AS INTEGER) AS month,
        CAST(day(event_time) AS INTEGER) AS day
    FROM judged
    WHERE reason IS NULL AND CAST(event_time AS DATE) BETWEEN :first AND :last
"""

CREATE_EVENTS: Final = (
    """
    CREATE TABLE {events}
    WITH (
        format = 'PARQUET',
        write_compression = :compression,
        external_location = :place,
        partitioned_by = ARRAY['year', 'month', 'day']
    ) AS
    """
    + _EVENTS
)

_TIME_6: Final = "CAST(event_time AS TIMESTAMP(6)) AS event_time"
"""Iceberg knows times of six digits alone."""
CREATE_ICEBERG_EVENTS: Final = """
    CREATE TABLE {events}
    WITH (
        table_type = 'ICEBERG',
        is_external = false,
        format = 'PARQUET',
        write_compression = :compression,
        location = :place,
        partitioning = ARRAY['year', 'month', 'day']
    ) AS
    """ + _EVENTS.replace("{columns}", "{iceberg_columns}")

INSERT_EVENTS: Final = "INSERT INTO {events}" + _EVENTS

COUNT_EVENTS: Final = """
    SELECT year, month, day, COUNT(*) AS "rows"
    FROM {events}
    GROUP BY year, month, day
"""

UNLOAD_BAD: Final = """
    UNLOAD (
    {judged}
    SELECT :name AS file, CAST(NULL AS BIGINT) AS line_number, reason, shown AS raw
    FROM judged
    WHERE reason IS NOT NULL
    )
    TO :place
    WITH (format = 'PARQUET', compression = 'ZSTD')
"""


def statement(sql: str, *, lines: str, events: str, files: int) -> str:
    """Put checked names of tables into one of these statements.

    Parameters
    ----------
    sql : str
        `COUNT` and so on.
    lines, events : str
        Names of the two tables.
    files : int
        How many raw files are read.
    """
    paths = ", ".join(f":path_{number}" for number in range(files))
    judged = _JUDGED.format(
        lines=check_name(lines),
        paths=paths,
        texts=",\n            ".join(
            _text(place, column) for place, column in enumerate(EVENT, start=1)
        ),
        typed=",\n            ".join(f"{_typed(column)} AS {column.name}" for column in EVENT),
        reasons="\n                ".join(_reasons(column) for column in EVENT if column.required),
    )
    columns = ",\n        ".join(_stored(column) for column in EVENT)
    return sql.format(
        judged=judged,
        columns=columns,
        iceberg_columns=columns.replace("event_time", _TIME_6, 1),
        events=check_name(events),
    )


def _text(place: int, column: Column) -> str:
    text = f"element_at(f, {place})"
    if not column.required:
        text = f"NULLIF(NULLIF({text}, ''), '{NO_VALUE}')"
    return f"{text} AS {column.name}"


def _typed(column: Column) -> str:
    name = column.name
    if column.lake == "timestamp":
        return (
            f"IF(regexp_like({name}, :time) AND substr({name}, 12, 2) <= '23', "
            f"TRY_CAST(substr({name}, 1, 19) AS TIMESTAMP(3)))"
        )
    if column.lake == "bigint":
        return f"IF(regexp_like({name}, :integer), TRY_CAST(ltrim({name}) AS BIGINT))"
    if column.lake.startswith("decimal"):
        return f"IF(regexp_like({name}, :decimal), TRY_CAST(ltrim({name}) AS DOUBLE))"
    return name


def _reasons(column: Column) -> str:
    name = column.name
    if column.lake == "timestamp":
        return f"WHEN {name} IS NULL THEN 'bad {name}'"
    if column.lake == "bigint":
        return f"WHEN COALESCE({name}, -1) < 0 THEN 'missing or bad {name}'"
    if column.lake.startswith("decimal"):
        return (
            f"WHEN {name} IS NULL THEN 'missing or bad {name}' "
            f"WHEN {name} < 0 THEN 'negative {name}' "
            f"WHEN {name} > :max_price THEN 'absurd {name}' "
            f"WHEN abs({name} * 100 - round({name} * 100)) >= 1e-4 "
            f"THEN '{name} finer than a cent'"
        )
    kinds = ", ".join(f"'{kind}'" for kind in EVENT_TYPES)
    return f"WHEN {name} NOT IN ({kinds}) THEN 'unknown {name}'"


def _stored(column: Column) -> str:
    if column.lake.startswith("decimal"):
        return f"CAST({column.name} AS {column.lake.upper()}) AS {column.name}"
    return column.name


def values(addresses: Sequence[str]) -> dict[str, Any]:
    """Give the values of `statement` for the raw files at some s3:// addresses."""
    return {
        "time": TIME_PATTERN,
        "integer": INTEGER_PATTERN,
        "decimal": DECIMAL_PATTERN,
        "max_price": MAX_PRICE,
        "columns": len(EVENT),
        "field": _FIELD,
        "record": _RECORD,
        **{f"path_{number}": address for number, address in enumerate(addresses)},
    }
