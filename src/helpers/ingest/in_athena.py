"""The load inside Athena, for raw files that outgrow this machine.

A table of lines lies over the raw files (LazySimpleSerDe, one text column a line; ``"$path"`` tells
the file). SQL splits and types the lines by the local engine's rules
(`helpers.ingest.typing_sql`), CTAS and INSERT write the events by day, and their files are copied
into the layout of the lake. The switch is the local engine's own.

What SQL cannot do as the local engine does:

- A line has no number there: ``line_number`` in quarantine is null.
- A line ends at every line feed and carriage return. A row with one inside a quoted field is so
  many lines, each of which is in quarantine with the reason that it has of its own.
- A line with the byte 1, the table's delimiter, goes to quarantine as ``byte 1``.
- What is not UTF-8 is read as U+FFFD, so a line with this character is ``bad encoding`` whether
  it came so or not, and quarantine shows the character in place of the bytes.
- The order of rows within a file, and views apart from other events, are not promised: Athena
  writes in parallel. Timestamps have the physical type that Athena writes.
"""

import datetime
import uuid
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any, Final

import pandas as pd
from botocore.exceptions import ClientError

from helpers import athena, aws, paths, progress, s3
from helpers.errors import InputError, ServiceError
from helpers.ingest import partitions, typing_sql, versions
from helpers.ingest.catalog import WORK_PREFIX, check_name, ensure_table, lines_table
from helpers.ingest.lake import (
    Folder,
    bad_folder,
    day_folder,
    switch_over,
)
from helpers.ingest.stage import COMPRESSIONS, check
from helpers.ingest.upload import upload_raw
from helpers.raw.files import RawFile

_DAYS_A_STATEMENT: Final = 100  # what Athena's CTAS and INSERT take
_LEFT_BEHIND: Final = datetime.timedelta(days=1)

Days = dict[datetime.date, int]
Reasons = dict[str, Counter[str]]


@dataclass(frozen=True)
class _Work:
    """One load: its name, its place in the bucket, its two tables."""

    bucket: str
    database: str
    table: str
    load: str
    addresses: Sequence[str]

    @property
    def prefix(self) -> str:
        return f"{WORK_PREFIX}{self.table}/{self.load}/"

    @property
    def version(self) -> str:
        return f"{versions.owner(self.database, self.table)}{self.load}"

    @property
    def lines(self) -> str:
        return f"{self.table}_lines_{self.load}"

    @property
    def events(self) -> str:
        return f"{self.table}_events_{self.load}"

    def ask(self, sql: str) -> pd.DataFrame:
        return athena.query(
            typing_sql.statement(
                sql, lines=self.lines, events=self.events, files=len(self.addresses)
            ),
            params=typing_sql.values(self.addresses),
            database=self.database,
            bucket=self.bucket,
            if_empty="the raw files hold a header and no rows: the lake is unchanged",
        )

    def run(self, sql: str, addresses: Sequence[str], **values: Any) -> None:
        athena.run(
            typing_sql.statement(sql, lines=self.lines, events=self.events, files=len(addresses)),
            params={**typing_sql.values(addresses), **values},
            database=self.database,
            bucket=self.bucket,
        )


def load_in_athena(
    files: Sequence[RawFile],
    *,
    bucket: str,
    database: str,
    table: str,
    iceberg: bool,
    compression: str,
    max_quarantine_share: float,
    check_days: Callable[[Days], None],
) -> tuple[int, Days, Reasons, int | None]:
    """Replace the days that raw files hold, typed by Athena.

    Parameters
    ----------
    files : sequence of RawFile
        The files; those that the bucket does not have under the raw prefix are uploaded first.
    bucket, database, table : str
        Where to.
    iceberg : bool
        Whether the lake is an Iceberg table.
    compression : str
        zstd, snappy or gzip.
    max_quarantine_share : float
        Share of rows that are not events, 0 to 1, above which nothing changes.
    check_days : callable
        Gets the rows of each day before anything changes, and raises where they may not come in.

    Returns
    -------
    tuple of int, dict, dict, int or None
        Rows of the raw files; rows of each day, as written; rows in quarantine by file and reason;
        of an Iceberg table its new snapshot.

    Raises
    ------
    InputError
        If files or parameters are not what they must be; the lake is unchanged.
    ServiceError
        If AWS refuses, or Athena wrote other rows than it counted; the lake is unchanged.
    """
    if compression not in COMPRESSIONS:
        raise InputError(f"compression {compression!r} is none of {', '.join(COMPRESSIONS)}")
    uploads = upload_raw(list(files), bucket=bucket, database=database, table=table)
    names = {each.address: file.name for file, each in zip(files, uploads, strict=True)}
    with _work(bucket, database, check_name(table), list(names)) as work:
        _lay_out_lines(work)
        rows_in, days, reasons = _count(work, names)
        check(rows_in, reasons, days, max_quarantine_share)
        check_days(days)
        create = typing_sql.CREATE_ICEBERG_EVENTS if iceberg else typing_sql.CREATE_EVENTS
        _write_events(work, sorted(days), create, compression)
        written = _count_events(work)
        if written != days:
            raise ServiceError(
                f"Athena counted {sum(days.values()):,} events and wrote {sum(written.values()):,}:"
                " run again. The lake is unchanged."
            )
        place = {"bucket": bucket, "database": database, "table": table}
        publish = _publish_iceberg if iceberg else _publish
        snapshot = publish(work, names, days, reasons, {**place, "compression": compression})
    return sum(rows_in.values()), days, reasons, snapshot


def _publish(
    work: _Work, names: Mapping[str, str], days: Days, reasons: Reasons, place: dict[str, str]
) -> None:
    folders = {day: day_folder(day, work.version, []) for day in days}
    _copy_events(work, folders)
    bad = _unload_bad(work, names, reasons)
    switch_over(list(folders.values()), bad, names.values(), **place)


def _publish_iceberg(
    work: _Work, names: Mapping[str, str], _days: Days, reasons: Reasons, place: dict[str, str]
) -> int:
    from helpers.ingest import iceberg_lake  # noqa: PLC0415 - pyiceberg takes seconds to import

    taken = iceberg_lake.TakenOver.of(work.events, work.load, **place)
    _copy(work.bucket, taken.copies, "to the lake")
    bad = _unload_bad(work, names, reasons)
    return taken.commit(bad, names.values())


@contextmanager
def _work(bucket: str, database: str, table: str, addresses: Sequence[str]) -> Iterator[_Work]:
    """Hold a load's own place; whatever is in it goes in the end."""
    work = _Work(bucket, database, table, uuid.uuid4().hex[:16], addresses)
    _remove_left_behind(work)
    try:
        yield work
    finally:
        for name in (work.lines, work.events):
            _drop_table(database, name)
        versions.remove_unused(bucket, work.prefix, [], [work.prefix], "")


def _remove_left_behind(work: _Work) -> None:
    """Remove what loads that were killed left, a day later: a younger one may be under way."""
    before = datetime.datetime.now(datetime.UTC) - _LEFT_BEHIND
    pages = aws.client("glue").get_paginator("get_tables").paginate(DatabaseName=work.database)
    starts = (f"{work.table}_lines_", f"{work.table}_events_")
    old = [
        found["Name"]
        for page in pages
        for found in page["TableList"]
        if found["Name"].startswith(starts) and found["CreateTime"] < before
    ]
    for name in old:
        _drop_table(work.database, name)
    versions.remove_unused(work.bucket, f"{WORK_PREFIX}{work.table}/", [], [], "")


def _drop_table(database: str, name: str) -> None:
    glue = aws.client("glue")
    with suppress(glue.exceptions.EntityNotFoundException):
        glue.delete_table(DatabaseName=database, Name=name)


def _lay_out_lines(work: _Work) -> None:
    """Lay the table of lines over the folders of the raw files, a partition each."""
    lines = lines_table(work.lines)
    ensure_table(work.database, work.bucket, lines)
    places: dict[partitions.Values, str] = {}
    for address in work.addresses:
        folder = address.rpartition("/")[0]
        year, month = (part.partition("=")[2] for part in folder.split("/")[-2:])
        places[year, month] = f"{folder}/"
    partitions.switch(work.database, lines, places)


def _count(work: _Work, names: Mapping[str, str]) -> tuple[dict[str, int], Days, Reasons]:
    counted = work.ask(typing_sql.COUNT)
    rows_in = dict.fromkeys(names.values(), 0)
    days: Counter[datetime.date] = Counter()
    reasons: Reasons = {name: Counter() for name in names.values()}
    for found in counted.to_dict("records"):
        name, rows = names[found["file"]], int(found["rows"])
        rows_in[name] += rows
        if pd.isna(found["reason"]):
            days[found["day"]] += rows
        else:
            reasons[name][found["reason"]] += rows
    return rows_in, dict(sorted(days.items())), reasons


def _write_events(
    work: _Work, days: Sequence[datetime.date], create: str, compression: str
) -> None:
    for begin in range(0, len(days), _DAYS_A_STATEMENT):
        chunk = days[begin : begin + _DAYS_A_STATEMENT]
        between = {"first": chunk[0], "last": chunk[-1]}
        if begin:
            work.run(typing_sql.INSERT_EVENTS, work.addresses, **between)
        else:
            place = f"s3://{work.bucket}/{work.prefix}events/"
            work.run(
                create,
                work.addresses,
                **between,
                place=place,
                compression=compression.upper(),
            )


def _count_events(work: _Work) -> Days:
    counted = work.ask(typing_sql.COUNT_EVENTS)
    return {
        datetime.date(int(found["year"]), int(found["month"]), int(found["day"])): int(
            found["rows"]
        )
        for found in counted.to_dict("records")
    }


def _copy_events(work: _Work, folders: Mapping[datetime.date, Folder]) -> None:
    """Copy what Athena wrote into the lake's folders."""
    copies = {}
    for values, place in partitions.locations(work.database, work.events).items():
        year, month, day = map(int, values)
        folder = folders[datetime.date(year, month, day)]
        prefix = paths.split_s3(place)[1].rstrip("/") + "/"
        for found in s3.objects(work.bucket, prefix):
            copies[found.key] = folder.key + found.key.removeprefix(prefix)
    _copy(work.bucket, copies, "to the lake")


def _copy(bucket: str, copies: Mapping[str, str], what: str) -> None:
    client = aws.client("s3")
    try:
        sizes = {old: client.head_object(Bucket=bucket, Key=old)["ContentLength"] for old in copies}
        with progress.bar(sum(sizes.values()), what) as bar:
            for old, new in copies.items():
                client.copy({"Bucket": bucket, "Key": old}, bucket, new)
                bar.update(sizes[old])
    except ClientError as error:
        raise ServiceError(
            f"objects of s3://{bucket} could not be copied ({error}). The lake is unchanged."
        ) from error


def _unload_bad(work: _Work, names: Mapping[str, str], reasons: Reasons) -> list[Folder]:
    """Write the rows that are no events, a folder for each raw file that has any."""
    found = []
    for address, name in names.items():
        if reasons[name]:
            folder = bad_folder(name, work.version, [])
            place = f"s3://{work.bucket}/{folder.key}"
            work.run(typing_sql.UNLOAD_BAD, [address], name=name, place=place)
            found.append(folder)
    return found
