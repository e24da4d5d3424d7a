"""Corrections of an Iceberg lake: events that came late or were wrong, merged by key.

A file of them has the columns of a raw file and one more, ``correction``: ``put`` says what an
event is, whether the lake has it or not, ``remove`` that it was none. Events with one `KEY` are the
same event: a correction meets all its repeats.
"""

import datetime
import io
import uuid
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

import pandas as pd
import polars as pl

from helpers import athena, aws, paths
from helpers.errors import InputError
from helpers.events import FIELDS, LAKE
from helpers.ingest.catalog import DAY, check_name, ensure_table, lake_table
from helpers.raw.blocks import LineBlocks
from helpers.raw.reader import of_blocks

KEY: Final = ["event_time", "event_type", "product_id", "user_id", "user_session"]
"""What tells one event from another; the other fields are what can be wrong about it."""
MOST: Final = 2_000
"""Corrections in a file: their visits are asked for in one statement of at most 262,144 bytes."""
_VALUES: Final = [name for name in FIELDS if name not in KEY]
_PREFIX: Final = "corrections/"
_SCHEMA: Final = {column.name: column.frame for column in LAKE} | {
    "event_time": pl.Datetime("us"),
    "event_type": pl.String(),
    "price": pl.Decimal(10, 2),
}
_FIELDS: Final = {name: _SCHEMA[name] for name in FIELDS}
_VISITS: Final = """
    SELECT {columns}
    FROM {table}
    WHERE year * 10000 + month * 100 + day BETWEEN :first AND :last
        AND (
            CONTAINS(:sessions, user_session)
            OR user_session IS NULL AND CONTAINS(:users, user_id)
        )
"""


def read(location: str) -> pl.DataFrame:
    """Read a file of corrections, whose events keep the rules of raw files.

    Parameters
    ----------
    location : str
        A CSV file on this machine.

    Returns
    -------
    polars.DataFrame
        The fields of an event, and ``correction``.

    Raises
    ------
    InputError
        Where the file is none of corrections, a line is no event, or two lines have one key.
    """
    path = paths.local(location)
    if not path.is_file():
        raise InputError(f"there is no file {location}: give a CSV file of corrections")
    try:
        lines = pl.read_csv(path, infer_schema=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        why = str(error).partition("\n")[0]
        raise InputError(f"{location} cannot be read as CSV: {why}") from error
    wanted = [*FIELDS, "correction"]
    if lines.columns != wanted:
        raise InputError(f"{location} has not the columns {', '.join(wanted)}")
    if not 0 < lines.height <= MOST:
        raise InputError(
            f"{location} holds {lines.height:,} corrections: give 1 to {MOST:,}, or the whole days "
            "to 10_ingest.ipynb"
        )
    blocks = LineBlocks(io.BytesIO(lines.select(FIELDS).write_csv().encode()), location)
    blocks.skip_header()
    rows = list(of_blocks(blocks))
    bad = [(line, reason) for each in rows for line, reason, _ in each.bad.iter_rows()]
    bad += [
        (line, f"the correction is {kind!r}, not put or remove")
        for line, kind in enumerate(lines["correction"], start=2)
        if kind not in ("put", "remove")
    ]
    if bad:
        raise InputError("\n".join(f"{location}, line {line}: {why}" for line, why in bad[:5]))
    events = pl.concat([each.events for each in rows]).cast(_FIELDS)  # type: ignore[arg-type]
    twice = events.select(KEY).is_duplicated()
    if twice.any():
        named = ", ".join(str(at + 2) for at in twice.arg_true())
        raise InputError(f"{location}: lines {named} correct one event more than once: keep one")
    return events.with_columns(lines["correction"])


def visits(corrections: pl.DataFrame, *, database: str, bucket: str, table: str) -> pl.DataFrame:
    """Fetch the lake's events of the visits that corrections touch.

    Parameters
    ----------
    corrections : polars.DataFrame
        From `read`.
    database, bucket, table : str
        Where the lake is.

    Returns
    -------
    polars.DataFrame
        The lake's columns.
    """
    days = touched(corrections)
    found = athena.query(
        _VISITS.format(columns=", ".join(_SCHEMA), table=check_name(table)),
        params={
            "first": days[0],
            "last": days[-1],
            "sessions": ["", *corrections["user_session"].drop_nulls().unique().sort()],
            "users": corrections["user_id"].unique().sort().to_list(),
        },
        database=database,
        bucket=bucket,
    )
    rows = found.astype(object).where(found.notna(), None)
    return pl.DataFrame({name: rows[name].tolist() for name in _SCHEMA}, schema=_SCHEMA)


def touched(corrections: pl.DataFrame) -> list[int]:
    """List the days that corrections touch, such as 20191001, in order."""
    found = corrections["event_time"].dt.strftime("%Y%m%d").unique().sort()
    return [int(day) for day in found]


def steps(corrections: pl.DataFrame, lake: pl.DataFrame) -> pl.DataFrame:
    """Say what a MERGE has to do, so that each visit and day keep one ``session_start``.

    Parameters
    ----------
    corrections : polars.DataFrame
        From `read`.
    lake : polars.DataFrame
        From `visits`.

    Returns
    -------
    polars.DataFrame
        The lake's columns and ``step``: ``put`` and ``remove`` are matched by key, ``again`` is
        inserted whatever is there. Where the event that starts a visit goes, the first of those
        that stay starts it: it is removed and put again. What the lake has already is no step.
    """
    told, puts = _told(corrections)
    there = list(lake.iter_rows(named=True))
    found = {_key(row) for row in there}
    wrong = _wrong(puts, there)
    stay = [
        {**row, **{name: puts[_key(row)][name] for name in _VALUES if _key(row) in puts}}
        for row in there
        if _key(row) not in told.keys() - puts.keys()
    ]
    new = [{**row, "session_start": False} for key, row in puts.items() if key not in found]
    planned = {
        key: {**row, "step": row["correction"]}
        for key, row in told.items()
        if key in (wrong if key in puts else found)
    }
    again: list[dict[str, Any]] = []
    for visit in _visits([*stay, *new]):
        if any(row["session_start"] for row in visit):
            continue
        of_lake = [row for row in visit if _key(row) in found]
        if not of_lake:
            visit[0]["session_start"] = True
            continue
        heir = _key(of_lake[0])
        planned[heir] = {**of_lake[0], "step": "remove"}
        copies = [row for row in of_lake if _key(row) == heir]
        again += [
            {**row, "session_start": at == 0, "step": "again"} for at, row in enumerate(copies)
        ]
    rows = [*planned.values(), *({**row, "step": "put"} for row in new), *again]
    for row in rows:
        row.update(dict(zip(DAY, row["event_time"].timetuple()[:3], strict=True)))
    names = [*_SCHEMA, *DAY, "step"]
    kinds = {**_SCHEMA, **dict.fromkeys(DAY, pl.Int32()), "step": pl.String()}
    return pl.DataFrame({name: [row.get(name) for row in rows] for name in names}, schema=kinds)


def _key(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in KEY)


def _told(corrections: pl.DataFrame) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Give the corrections by their keys: all of them, and those that put an event."""
    told = {_key(row): row for row in corrections.iter_rows(named=True)}
    return told, {key: row for key, row in told.items() if row["correction"] == "put"}


def _wrong(puts: Mapping[Any, Mapping[str, Any]], lake: Iterable[Mapping[str, Any]]) -> set[Any]:
    """Give the keys of events of which the lake has another value than a correction says."""
    return {
        key
        for row in lake
        if (key := _key(row)) in puts and any(row[name] != puts[key][name] for name in _VALUES)
    }


def _visits(rows: Iterable[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    """Put the rows of each visit and day together, in order of time."""
    found: dict[tuple[datetime.date, str], list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: row["event_time"]):
        if row["user_session"] is not None:
            found.setdefault((row["event_time"].date(), row["user_session"]), []).append(row)
    return list(found.values())


def explained(corrections: pl.DataFrame, lake: pl.DataFrame) -> pd.DataFrame:
    """Count what corrections meet in the lake.

    Parameters
    ----------
    corrections, lake : polars.DataFrame
        From `read` and `visits`, before the corrections.

    Returns
    -------
    pandas.DataFrame
        One row for each thing that can happen: how many corrections, how many events of the lake.
    """
    there = Counter(map(_key, lake.iter_rows(named=True)))
    told, puts = _told(corrections)
    wrong = _wrong(puts, lake.iter_rows(named=True))
    said = {
        "corrected": [key for key in puts if key in wrong],
        "as the lake has it already": [key for key in puts if key in there and key not in wrong],
        "came late, now in its day": [key for key in puts if key not in there],
        "removed": [key for key in told if key not in puts and key in there],
        "to be removed, but not in the lake": [
            key for key in told if key not in puts and key not in there
        ],
    }
    return pd.DataFrame(
        {
            "what": what,
            "corrections": len(keys),
            "events_of_the_lake": sum(there[key] for key in keys),
        }
        for what, keys in said.items()
    )


def stage(planned: pl.DataFrame, *, database: str, bucket: str, table: str) -> None:
    """Make steps the table ``TABLE_corrections``; the files of former ones stay as they were.

    Parameters
    ----------
    planned : polars.DataFrame
        From `steps`.
    database, bucket, table : str
        Where the lake is.
    """
    lake = lake_table(check_name(table), "zstd")
    staged = replace(
        lake,
        name=f"{table}_corrections",
        description="What the last corrections of the lake did, a step a row",
        prefix=f"{_PREFIX}{table}/load={uuid.uuid4().hex[:16]}/",
        columns={**lake.columns, **DAY, "step": ("string", "put, remove or again")},
        partition_keys={},
    )
    buffer = io.BytesIO()
    planned.write_parquet(buffer, compression="zstd")
    body = buffer.getvalue()
    aws.client("s3").put_object(Bucket=bucket, Key=f"{staged.prefix}steps.parquet", Body=body)
    ensure_table(database, bucket, staged)
