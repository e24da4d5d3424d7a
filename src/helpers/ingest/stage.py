"""Raw files to staged Parquet on the local disk: the lake does not change yet."""

import datetime
import errno
import fcntl
import shutil
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import polars as pl
from tqdm import tqdm

from helpers import progress
from helpers.errors import InputError
from helpers.ingest.parquet import DayWriter, day_path
from helpers.raw.files import RawFile
from helpers.raw.reader import read
from helpers.raw.suspects import BAD_SCHEMA

COMPRESSIONS: Final = ("zstd", "snappy", "gzip")
QUARANTINE_SCHEMA: Final = {"file": pl.String, **BAD_SCHEMA}


@dataclass
class Staged:
    """What the raw files came to.

    Attributes
    ----------
    folder : Path
        Where the files are: ``lake/year=…/month=…/day=…/*.parquet``, ``quarantine/<n>.parquet``.
    days : dict
        Rows of each day.
    rows_in : dict
        Rows of each raw file, by its name.
    quarantined : dict
        Rows of each raw file that are not events, by its name and reason.
    bad_files : dict
        The file of each raw file's quarantined rows; only where it has any.
    """

    folder: Path
    days: dict[datetime.date, int] = field(default_factory=dict)
    rows_in: dict[str, int] = field(default_factory=dict)
    quarantined: dict[str, Counter[str]] = field(default_factory=dict)
    bad_files: dict[str, Path] = field(default_factory=dict)

    def of_day(self, day: datetime.date) -> list[Path]:
        """List the files of a day."""
        return sorted((self.folder / "lake" / day_path(day)).iterdir())


@contextmanager
def staging_folder(path: Path) -> Iterator[Path]:
    """Hold an empty folder for one ingest; what a killed one left there is removed.

    Parameters
    ----------
    path : Path
        The folder. Another ingest must not be using it.

    Raises
    ------
    InputError
        If another ingest holds it, or if it has files of somebody else.
    """
    held = path.parent / f".{path.name}.lock"
    if path.exists() and not held.exists() and any(path.iterdir()):
        raise InputError(
            f"{path} holds files that no ingest put there, and would be emptied: choose another "
            "folder for `staging`"
        )
    path.mkdir(parents=True, exist_ok=True)
    with held.open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(f"another ingest is using {path}: wait until it is done") from error
        shutil.rmtree(path)
        path.mkdir()
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)


def stage(
    files: list[RawFile],
    folder: Path,
    *,
    compression: str,
    max_quarantine_share: float,
    iceberg: bool = False,
) -> Staged:
    """Write the events of raw files as Parquet by day, and the other rows beside them.

    Parameters
    ----------
    files : list of RawFile
        The raw files.
    folder : Path
        An empty folder.
    compression : str
        zstd, snappy or gzip.
    max_quarantine_share : float
        Share of the rows, 0 to 1, above which this is an error.
    iceberg : bool
        Whether the files are to be an Iceberg table's.

    Raises
    ------
    InputError
        If a file is damaged, has a wrong header or no rows; if too many rows are not events; if
        the disk is full.
    """
    if compression not in COMPRESSIONS:
        raise InputError(f"compression {compression!r} is none of {', '.join(COMPRESSIONS)}")
    staged = Staged(folder)
    writer = DayWriter(folder / "lake", compression, iceberg=iceberg)
    total = sum(file.size for file in files)
    try:
        with progress.bar(total, "ingest") as bar:
            for number, file in enumerate(files):
                _stage_file(file, number, writer, staged, bar)
        writer.close()
    except OSError as error:
        writer.abandon()
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise InputError(
                f"the disk of {folder} is full: free about {total / 4 / 2**30:.1f} GiB, or choose "
                "another folder for `staging`. The lake is unchanged."
            ) from error
        raise
    staged.days = dict(sorted(writer.rows.items()))
    check(staged.rows_in, staged.quarantined, staged.days, max_quarantine_share)
    return staged


def _stage_file(
    file: RawFile, number: int, writer: DayWriter, staged: Staged, bar: "tqdm[Any]"
) -> None:
    reasons: Counter[str] = Counter()
    bad: list[pl.DataFrame] = []
    rows = 0
    for block in read(file, bar.update):
        writer.add(block.events)
        rows += block.events.height + block.bad.height
        if block.bad.height:
            bad.append(block.bad)
            reasons.update(block.bad["reason"])
    staged.rows_in[file.name] = rows
    staged.quarantined[file.name] = reasons
    if reasons:
        path = staged.folder / "quarantine" / f"{number}.parquet"
        path.parent.mkdir(exist_ok=True)
        rejected = pl.concat(bad).with_columns(file=pl.lit(file.name)).select(*QUARANTINE_SCHEMA)
        rejected.write_parquet(path)
        staged.bad_files[file.name] = path


def check(
    rows_in: Mapping[str, int],
    quarantined: Mapping[str, Counter[str]],
    days: Collection[datetime.date],
    max_quarantine_share: float,
) -> None:
    """Make sure that raw files hold events, and not too many other rows.

    Parameters
    ----------
    rows_in, quarantined, days
        As in `Staged`.
    max_quarantine_share : float
        Share of the rows, 0 to 1, above which this is an error.

    Raises
    ------
    InputError
        If there is no row, no event, or too much that is none.
    """
    rows = sum(rows_in.values())
    bad = sum(quarantined.values(), Counter())
    names = ", ".join(rows_in)
    if not rows:
        raise InputError(f"{names}: a header and no rows. The lake is unchanged.")
    share = bad.total() / rows
    reasons = ", ".join(f"{count:,} {reason}" for reason, count in bad.most_common(4))
    if not days:
        raise InputError(f"{names}: none of {rows:,} rows is an event ({reasons}).")
    if share > max_quarantine_share:
        raise InputError(
            f"{names}: {bad.total():,} of {rows:,} rows ({share:.2%}) are not events ({reasons}), "
            f"more than max_quarantine_share = {max_quarantine_share:.2%}. The lake is unchanged."
        )
