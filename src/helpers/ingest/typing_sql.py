"""The rules of `helpers.ingest.events` and `helpers.ingest.suspects`, said in Athena's SQL."""

from collections.abc import Sequence
from typing import Any, Final

from helpers.ingest.catalog import check_name
from helpers.ingest.events import MAX_PRICE, TIME_PATTERN
from helpers.ingest.suspects import DECIMAL_PATTERN, INTEGER_PATTERN

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
            element_at(f, 1) AS event_time,
            element_at(f, 2) AS event_type,
            element_at(f, 3) AS product_id,
            element_at(f, 4) AS category_id,
            NULLIF(element_at(f, 5), '') AS category_code,
            NULLIF(element_at(f, 6), '') AS brand,
            element_at(f, 7) AS price,
            element_at(f, 8) AS user_id,
            NULLIF(element_at(f, 9), '') AS user_session
        FROM fields
    ),
    typed AS (
        SELECT
            file,
            cut,
            raw,
            columns,
            IF(
                regexp_like(event_time, :time) AND substr(event_time, 12, 2) <= '23',
                TRY_CAST(substr(event_time, 1, 19) AS TIMESTAMP(3))
            ) AS event_time,
            event_type,
            IF(regexp_like(product_id, :integer), TRY_CAST(ltrim(product_id) AS BIGINT))
                AS product_id,
            IF(regexp_like(category_id, :integer), TRY_CAST(ltrim(category_id) AS BIGINT))
                AS category_id,
            category_code,
            brand,
            IF(regexp_like(price, :decimal), TRY_CAST(ltrim(price) AS DOUBLE)) AS price,
            IF(regexp_like(user_id, :integer), TRY_CAST(ltrim(user_id) AS BIGINT)) AS user_id,
            user_session
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
                WHEN from_utf8(to_utf8(raw)) <> raw THEN 'bad encoding'
                WHEN raw = '' THEN 'empty line'
                WHEN length(replace(raw, '"')) % 2 <> length(raw) % 2
                    OR strpos(raw, '"') > 0 AND NOT regexp_like(',' || raw, :record)
                    THEN 'unbalanced quote'
                WHEN columns <> 9 THEN 'wrong column count'
                WHEN event_time IS NULL THEN 'bad event_time'
                WHEN event_type NOT IN ('view', 'cart', 'remove_from_cart', 'purchase')
                    THEN 'unknown event_type'
                WHEN COALESCE(product_id, -1) < 0 THEN 'missing or bad product_id'
                WHEN COALESCE(category_id, -1) < 0 THEN 'missing or bad category_id'
                WHEN price IS NULL THEN 'missing or bad price'
                WHEN price < 0 THEN 'negative price'
                WHEN price > :max_price THEN 'absurd price'
                WHEN abs(price * 100 - round(price * 100)) >= 1e-4 THEN 'price finer than a cent'
                WHEN COALESCE(user_id, -1) < 0 THEN 'missing or bad user_id'
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
        event_time,
        event_type,
        product_id,
        category_id,
        category_code,
        brand,
        CAST(price AS DECIMAL(10, 2)) AS price,
        user_id,
        user_session,
        user_session IS NOT NULL
            AND ROW_NUMBER() OVER (
                PARTITION BY CAST(event_time AS DATE), user_session
                ORDER BY event_time
            ) = 1 AS session_start,
        year(event_time) AS year,
        month(event_time) AS month,
        day(event_time) AS day
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
    judged = _JUDGED.format(lines=check_name(lines), paths=paths)
    return sql.format(judged=judged, events=check_name(events))


def values(addresses: Sequence[str]) -> dict[str, Any]:
    """Give the values of `statement` for the raw files at some s3:// addresses."""
    return {
        "time": TIME_PATTERN,
        "integer": INTEGER_PATTERN,
        "decimal": DECIMAL_PATTERN,
        "max_price": MAX_PRICE,
        "field": _FIELD,
        "record": _RECORD,
        **{f"path_{number}": address for number, address in enumerate(addresses)},
    }
