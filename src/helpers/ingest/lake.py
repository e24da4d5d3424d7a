"""Staged files become the lake: new folders first, then the switch, then the old ones go."""

import datetime
import hashlib
import urllib.parse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from boto3.exceptions import S3UploadFailedError
from botocore.exceptions import ClientError

from helpers import aws, progress
from helpers.errors import ServiceError
from helpers.ingest import partitions, versions
from helpers.ingest.catalog import (
    LAKE_PREFIX,
    QUARANTINE_PREFIX,
    ensure_table,
    lake_table,
    quarantine_table,
)
from helpers.ingest.parquet import day_path
from helpers.ingest.partitions import Values
from helpers.ingest.stage import Staged


@dataclass(frozen=True)
class Folder:
    """A partition's files, and the folder of the lake that they go to.

    Attributes
    ----------
    values : tuple of str
        The partition.
    prefix : str
        Where its versions are: ``ecomm_user_activity/year=2019/month=10/day=01/``.
    load : str
        Name of this version: its table's `versions.owner`, and what is made of local files'
        content, so that the same content has the same name.
    files : list of Path
        The local files to upload there; none where Athena wrote them.
    """

    values: Values
    prefix: str
    load: str
    files: list[Path]

    @property
    def key(self) -> str:
        """The folder's key in the bucket."""
        return f"{self.prefix}load={self.load}/"


def publish(staged: Staged, *, bucket: str, database: str, table: str, compression: str) -> None:
    """Replace the days that were staged, and the quarantined rows of the staged raw files.

    New files are written beside the old ones; then each partition is switched to its new folder by
    one update of the catalog; then the folders that no partition points at are removed. Stopped at
    any point, each partition is the old one or the new one.

    Parameters
    ----------
    staged : Staged
        What `helpers.ingest.stage.stage` left.
    bucket, database, table : str
        Where to.
    compression : str
        That of the staged files.

    Raises
    ------
    ServiceError
        If S3 or Glue refuses.
    """
    own = versions.owner(database, table)
    days = [_staged_day(staged, day, own) for day in staged.days]
    bad = bad_folders(staged, own)
    place = {"bucket": bucket, "database": database, "table": table, "compression": compression}
    upload(bucket, uploads([*days, *bad]))
    switch_over(days, bad, staged.rows_in, **place)


def switch_over(
    days: list[Folder],
    bad: list[Folder],
    names: Iterable[str],
    *,
    bucket: str,
    database: str,
    table: str,
    compression: str,
) -> None:
    """Point the partitions at new folders, then remove those that no partition points at.

    Parameters
    ----------
    days, bad : list of Folder
        The new folders of events and of quarantined rows.
    names : iterable of str
        The raw files; one without quarantined rows has no partition there afterwards.
    bucket, database, table, compression : str
        The tables, as in `publish`.
    """
    lake = lake_table(table, compression)
    ensure_table(database, bucket, lake)
    switch_quarantine(bad, names, bucket=bucket, database=database, table=table)
    former = partitions.switch(database, lake, _places(bucket, days))
    versions.remove_orphans(
        bucket,
        LAKE_PREFIX,
        own=versions.owner(database, table),
        locations=partitions.locations(database, table).values(),
        former=former,
        replaced=[folder.prefix for folder in days],
    )


def switch_quarantine(
    bad: list[Folder], names: Iterable[str], *, bucket: str, database: str, table: str
) -> None:
    """Point the partitions of quarantined rows at new folders, and remove the former ones.

    Parameters
    ----------
    bad, names, bucket, database, table
        As in `switch_over`.
    """
    quarantine = quarantine_table(table)
    ensure_table(database, bucket, quarantine)
    former = partitions.switch(database, quarantine, _places(bucket, bad))
    sources = {(_source(name),) for name in names}
    clean = sources - {folder.values for folder in bad}
    places = partitions.locations(database, quarantine.name)
    gone = {values: place for values, place in places.items() if values in clean}
    partitions.drop(database, quarantine.name, list(gone))
    versions.remove_orphans(
        bucket,
        QUARANTINE_PREFIX,
        own=versions.owner(database, table),
        locations=partitions.locations(database, quarantine.name).values(),
        former=[*former, *gone.values()],
        replaced=[_bad_prefix(source) for (source,) in sources],
    )


def day_folder(day: datetime.date, load: str, files: list[Path]) -> Folder:
    """Say where a version of a day goes."""
    values = (str(day.year), str(day.month), str(day.day))
    return Folder(values, f"{LAKE_PREFIX}{day_path(day)}/", load, files)


def bad_folder(name: str, load: str, files: list[Path]) -> Folder:
    """Say where a version of a raw file's quarantined rows goes."""
    source = _source(name)
    return Folder((source,), _bad_prefix(source), load, files)


def bad_folders(staged: Staged, own: str) -> list[Folder]:
    """Say where quarantined rows of staged files go; `own` is the table's `versions.owner`."""
    return [
        bad_folder(name, own + _content_name([path]), [path])
        for name, path in staged.bad_files.items()
    ]


def _staged_day(staged: Staged, day: datetime.date, own: str) -> Folder:
    files = staged.of_day(day)
    return day_folder(day, own + _content_name(files), files)


def _bad_prefix(source: str) -> str:
    return f"{QUARANTINE_PREFIX}source={source}/"


def _source(name: str) -> str:
    return urllib.parse.quote(name, safe="")


def _content_name(files: Iterable[Path]) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for path in files:
        with path.open("rb") as stream:
            while chunk := stream.read(1 << 20):
                digest.update(chunk)
    return digest.hexdigest()


def _places(bucket: str, folders: Iterable[Folder]) -> dict[Values, str]:
    return {folder.values: f"s3://{bucket}/{folder.key}" for folder in folders}


def uploads(folders: Iterable[Folder]) -> list[tuple[Path, str]]:
    """List local files with the keys that they get."""
    return [(path, folder.key + path.name) for folder in folders for path in folder.files]


def upload(bucket: str, files: Sequence[tuple[Path, str]], *, new: bool = False) -> None:
    """Upload files, each to its key, unless one of its size is there.

    Parameters
    ----------
    bucket : str
        Where to.
    files : sequence of tuple
        Each file and its key.
    new : bool
        Whether the keys are of this run alone, so that nothing can be there.

    Raises
    ------
    ServiceError
        If S3 refuses.
    """
    client = aws.client("s3")
    total = sum(path.stat().st_size for path, _ in files)
    with progress.bar(total, "to the lake") as bar:
        for path, key in files:
            size = path.stat().st_size
            if not new and _size(bucket, key) == size:
                bar.update(size)  # the name tells the content: it is there already
                continue
            try:
                client.upload_file(str(path), bucket, key, Callback=bar.update)
            except (S3UploadFailedError, ClientError) as error:
                raise ServiceError(
                    f"s3://{bucket}/{key} could not be written ({error}). The lake is unchanged."
                ) from error


def _size(bucket: str, key: str) -> int | None:
    try:
        found = aws.client("s3").head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] == 404:
            return None
        raise ServiceError(f"s3://{bucket}/{key} cannot be looked up: {error}") from error
    return int(found["ContentLength"])
