"""The whole load of raw files into the lake."""

import datetime
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from helpers import checks, paths
from helpers.errors import InputError
from helpers.ingest.in_athena import load_in_athena
from helpers.ingest.lake import publish
from helpers.ingest.replaced import check_shrink, rows_before
from helpers.ingest.stage import stage, staging_folder
from helpers.raw.files import RawFile

ENGINES: Final = ("local", "athena")


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
    """

    rows_in: int
    days: Mapping[datetime.date, int]
    quarantined: Mapping[str, int]
    before: Mapping[datetime.date, int]

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
    engine: str = "local",
    compression: str = "zstd",
    max_quarantine_share: float = 0.01,
    max_day_shrink_share: float = 0.1,
    staging: str = "data/staging",
) -> Loaded:
    """Replace the days that raw files hold.

    Parameters
    ----------
    files : list of RawFile
        The files.
    bucket, database, table : str
        Where to.
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
    if engine not in ENGINES:
        raise InputError(f"engine {engine!r} is none of {', '.join(ENGINES)}")
    checks.between("max_quarantine_share", max_quarantine_share, 0, 1)
    checks.between("max_day_shrink_share", max_day_shrink_share, 0, 1)
    before: dict[datetime.date, int] = {}

    def check_days(days: Mapping[datetime.date, int]) -> None:
        before.update(rows_before(days, bucket=bucket, database=database, table=table))
        check_shrink(before, days, max_day_shrink_share)

    with staging_folder(paths.local(staging) / bucket) as folder:
        if engine == "athena":
            rows, days, quarantined = load_in_athena(
                files,
                bucket=bucket,
                database=database,
                table=table,
                compression=compression,
                max_quarantine_share=max_quarantine_share,
                check_days=check_days,
            )
            return Loaded(rows, days, _reasons(quarantined), before)
        staged = stage(
            files, folder, compression=compression, max_quarantine_share=max_quarantine_share
        )
        check_days(staged.days)
        publish(staged, bucket=bucket, database=database, table=table, compression=compression)
    return Loaded(sum(staged.rows_in.values()), staged.days, _reasons(staged.quarantined), before)


def _reasons(quarantined: Mapping[str, Counter[str]]) -> dict[str, int]:
    return dict(sum(quarantined.values(), Counter()).most_common())
