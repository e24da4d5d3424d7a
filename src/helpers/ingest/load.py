"""The whole load of raw files into the lake."""

import datetime
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from helpers import checks, paths
from helpers.ingest import lake, replaced
from helpers.ingest.catalog import check_format
from helpers.ingest.in_athena import load_in_athena
from helpers.ingest.stage import stage, staging_folder
from helpers.raw.files import RawFile, check_names

ENGINES: Final = ("local", "athena")
FORMATS: Final = ("hive", "iceberg")


@dataclass(frozen=True)
class Loaded:
    """What a load did.

    Attributes
    ----------
    rows_in : int
        Rows of the raw files.
    days : mapping
        Rows of each day that was replaced.
    quarantined : mapping
        Rows that are not events, by reason.
    before : mapping
        Rows that the lake held of these days; only those that were there.
    snapshot : int, optional
        Of an Iceberg table: the id of the state that it has since.
    """

    rows_in: int
    days: Mapping[datetime.date, int]
    quarantined: Mapping[str, int]
    before: Mapping[datetime.date, int]
    snapshot: int | None = None

    @property
    def rows_lake(self) -> int:
        """Rows that went to the lake."""
        return sum(self.days.values())

    @property
    def rows_quarantine(self) -> int:
        """Rows that went to quarantine."""
        return sum(self.quarantined.values())


def load(
    files: list[RawFile],
    *,
    bucket: str,
    database: str,
    table: str,
    table_format: str = "hive",
    engine: str = "local",
    compression: str = "zstd",
    max_quarantine_share: float = 0.01,
    max_day_shrink_share: float = 0.1,
    staging: str = "data/staging",
    after: Callable[[], object] | None = None,
) -> Loaded:
    """Replace the days that raw files hold.

    Parameters
    ----------
    files : list of RawFile
        The files.
    bucket, database, table : str
        Where to.
    table_format : str
        ``hive`` switches each day's partition to new files; ``iceberg`` replaces all days by one
        commit.
    engine : str
        ``local`` streams the files through this machine; ``athena`` has Athena type and write
        them, see `helpers.ingest.in_athena` for where it differs.
    compression : str
        Of the Parquet files: zstd, snappy or gzip.
    max_quarantine_share : float
        Share of rows that are not events, 0 to 1, above which nothing changes.
    max_day_shrink_share : float
        Share of its rows, 0 to 1, that a day may lose; where one loses more nothing changes.
    staging : str
        Folder on this machine for the new files until they are in the bucket, about a seventh of
        the raw files' size.
    after : callable, optional
        Returns once the lake may change, or raises: the result of an upload that is under way.

    Returns
    -------
    Loaded
        The rows, counted.

    Raises
    ------
    InputError
        If files or parameters are not what they must be; the lake is unchanged.
    ServiceError
        If AWS refuses.
    """
    checks.choice("engine", engine, ENGINES)
    checks.choice("table_format", table_format, FORMATS)
    checks.between("max_quarantine_share", max_quarantine_share, 0, 1)
    checks.between("max_day_shrink_share", max_day_shrink_share, 0, 1)
    check_names(files)
    check_format(database, table, table_format)
    iceberg = table_format == "iceberg"
    publish, rows_before = _iceberg() if iceberg else (lake.publish, replaced.rows_before)
    before: dict[datetime.date, int] = {}
    place = {"bucket": bucket, "database": database, "table": table}

    def check_days(days: Mapping[datetime.date, int]) -> None:
        before.update(rows_before(days, **place))
        replaced.check_shrink(before, days, max_day_shrink_share)

    with staging_folder(paths.local(staging) / bucket) as folder:
        if engine == "athena":
            if after:
                after()
            rows, days, quarantined, snapshot = load_in_athena(
                files,
                **place,
                iceberg=iceberg,
                compression=compression,
                max_quarantine_share=max_quarantine_share,
                check_days=check_days,
            )
            return Loaded(rows, days, _reasons(quarantined), before, snapshot)
        staged = stage(
            files,
            folder,
            compression=compression,
            max_quarantine_share=max_quarantine_share,
            iceberg=iceberg,
        )
        check_days(staged.days)
        if after:
            after()
        snapshot = publish(staged, **place, compression=compression)
    rows = sum(staged.rows_in.values())
    return Loaded(rows, staged.days, _reasons(staged.quarantined), before, snapshot)


def _iceberg() -> tuple[Callable[..., int], Callable[..., dict[datetime.date, int]]]:
    from helpers.ingest import iceberg_lake  # noqa: PLC0415 - pyiceberg takes seconds to import

    return iceberg_lake.publish, iceberg_lake.rows_before


def _reasons(quarantined: Mapping[str, Counter[str]]) -> dict[str, int]:
    return dict(sum(quarantined.values(), Counter()).most_common())
