"""The lake as an Iceberg table: days are replaced by one commit.

The commit names the quarantined rows that belong to it, and their table follows it. Where a load
was killed between the two, the next one lets it follow first.
"""

import datetime
import json
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import pyarrow.parquet as pq
from pyiceberg.manifest import DataFile
from pyiceberg.table import Table
from pyiceberg.typedef import Record

from helpers import athena, athena_queries, aws, paths
from helpers.errors import MissingError
from helpers.iceberg import catalog, commits, data_files
from helpers.ingest import iceberg_table, partitions, versions
from helpers.ingest.catalog import DAY, check_name, quarantine_table
from helpers.ingest.lake import (
    Folder,
    bad_folder,
    bad_folders,
    switch_quarantine,
    upload,
    uploads,
)
from helpers.ingest.parquet import BOUNDED, day_path
from helpers.ingest.stage import Staged

_QUARANTINE: Final = "quarantine"  # in a snapshot's summary: JSON, raw file to its load or null
_ROWS: Final = """
    SELECT year, month, day, COUNT(*) AS "rows"
    FROM {table}
    WHERE year * 10000 + month * 100 + day BETWEEN :first AND :last
    GROUP BY year, month, day
"""


def rows_before(
    days: Collection[datetime.date], *, bucket: str, database: str, table: str
) -> dict[datetime.date, int]:
    """Count the rows that the lake holds of some days; Athena takes off what was deleted.

    Parameters
    ----------
    days : collection of date
        The days that come in.
    bucket, database, table : str
        Where the lake is.

    Returns
    -------
    dict
        Rows of each of these days that is there.
    """
    found = catalog.find(database, table)
    if not days or found is None:
        return {}
    iceberg_table.check(found)
    execution = athena.run(
        _ROWS.format(table=check_name(table)),
        database=database,
        bucket=bucket,
        params={"first": int(f"{min(days):%Y%m%d}"), "last": int(f"{max(days):%Y%m%d}")},
    )
    counted = {
        datetime.date(int(row["year"]), int(row["month"]), int(row["day"])): int(row["rows"])
        for row in athena_queries.fetch(execution).to_dict("records")
    }
    return {day: counted[day] for day in sorted(days) if day in counted}


def publish(staged: Staged, *, bucket: str, database: str, table: str, compression: str) -> int:
    """Replace the days that were staged by one commit, and the quarantined rows after it.

    Stopped at any point, the lake is the old one or the new one, and with the next load the
    quarantined rows are those of the same. Files that no commit names are removed by VACUUM.

    Parameters
    ----------
    staged : Staged
        What `helpers.ingest.stage.stage` left, with the columns of `iceberg_table.schema`.
    bucket, database, table, compression : str
        As in `helpers.ingest.iceberg_table.ensure`.

    Returns
    -------
    int
        The id of the lake's new snapshot.

    Raises
    ------
    ServiceError
        Where S3 or Glue refuses, or somebody else changed the lake meanwhile.
    """
    lake = iceberg_table.ensure(
        bucket=bucket, database=database, table=table, compression=compression
    )
    settle(lake)
    load = uuid.uuid4().hex[:16]
    keys = {
        (day, path): key_of(lake, day, f"{load}-{path.name}")
        for day in staged.days
        for path in staged.of_day(day)
    }
    bad = bad_folders(staged, versions.owner(database, table))
    if bad:
        upload(bucket, uploads(bad))
    upload(bucket, [(path, key) for (_, path), key in keys.items()], new=True)
    written = [
        data_files.Written(
            f"s3://{bucket}/{key}",
            footer=pq.read_metadata(path),
            size=path.stat().st_size,
            partition=Record(day.year, day.month, day.day),
        )
        for (day, path), key in keys.items()
    ]
    files = data_files.described(lake, written, bounded=(*BOUNDED, *DAY))
    return _commit(lake, files, bad, staged.rows_in)


def settle(lake: Table) -> None:
    """Make the quarantined rows those that the lake's latest load left.

    Parameters
    ----------
    lake : pyiceberg.table.Table
        The lake; where no load of this kind is among its states nothing is changed.
    """
    said = commits.latest_saying(lake, _QUARANTINE)
    if said is not None and not _followed(lake, json.loads(said)):
        _switch_quarantine(lake, json.loads(said))


def _followed(lake: Table, loads: Mapping[str, str | None]) -> bool:
    """Tell whether quarantine points where a load left it."""
    database, table = lake.name()
    glue = aws.client("glue")
    try:
        there = partitions.locations(database, quarantine_table(table).name)
    except glue.exceptions.EntityNotFoundException:
        return False
    bucket = paths.split_s3(lake.location())[0]
    wanted = {
        (folder := bad_folder(name, load or "", [])).values: load and f"s3://{bucket}/{folder.key}"
        for name, load in loads.items()
    }
    return all(there.get(values) == place for values, place in wanted.items())


def _commit(lake: Table, files: list[DataFile], bad: list[Folder], names: Iterable[str]) -> int:
    found = {folder.values: folder.load for folder in bad}
    loads = {name: found.get(bad_folder(name, "", []).values) for name in names}
    snapshot = commits.replace_partitions(lake, files, {_QUARANTINE: json.dumps(loads)})
    _switch_quarantine(lake, loads)
    return snapshot


def _switch_quarantine(lake: Table, loads: Mapping[str, str | None]) -> None:
    database, table = lake.name()
    switch_quarantine(
        [bad_folder(name, load, []) for name, load in loads.items() if load is not None],
        loads,
        bucket=paths.split_s3(lake.location())[0],
        database=database,
        table=table,
    )


@dataclass(frozen=True)
class TakenOver:
    """Files that Athena wrote into a table of its own, on their way into the lake.

    Attributes
    ----------
    lake : pyiceberg.table.Table
        The lake.
    files : list of DataFile
        What the lake will hold.
    copies : dict
        Keys of what Athena wrote, and of where it goes.
    """

    lake: Table
    files: list[DataFile]
    copies: dict[str, str]

    @classmethod
    def of(
        cls, events: str, load: str, *, bucket: str, database: str, table: str, compression: str
    ) -> "TakenOver":
        """Look up what Athena wrote.

        Parameters
        ----------
        events : str
            The table that it wrote to, of the lake's columns and partitions.
        load : str
            What names of the files begin with.
        bucket, database, table, compression : str
            As in `helpers.ingest.iceberg_table.ensure`.
        """
        lake = iceberg_table.ensure(
            bucket=bucket, database=database, table=table, compression=compression
        )
        settle(lake)
        made = catalog.find(database, events)
        if made is None:
            raise MissingError(f"{database}.{events}, which Athena wrote,")
        iceberg_table.check(made)
        files, copies = [], {}
        for number, file in enumerate(commits.live_files(made)):
            day = datetime.date(*(file.partition[at] for at in range(len(DAY))))
            key = key_of(lake, day, f"{load}-{number:04}.parquet")
            copies[paths.split_s3(file.file_path)[1]] = key
            files.append(data_files.moved(lake, file, f"s3://{bucket}/{key}"))
        return cls(lake, files, copies)

    def commit(self, bad: list[Folder], names: Iterable[str]) -> int:
        """Replace the days, once the copies are made; as `publish` does."""
        return _commit(self.lake, self.files, bad, names)


def key_of(lake: Table, day: datetime.date, name: str) -> str:
    """Say where a file of a day goes in the table's bucket."""
    folder = paths.split_s3(lake.location())[1].rstrip("/")
    return f"{folder}/data/{day_path(day)}/{name}"
