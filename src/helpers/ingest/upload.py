"""Raw files to S3, as they came, and a sample of them."""

import io
import zlib
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from boto3.exceptions import S3UploadFailedError
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError
from tqdm import tqdm

from helpers import aws, paths, progress
from helpers.errors import InputError, ServiceError
from helpers.ingest import partitions
from helpers.ingest.catalog import RAW_PREFIX, SAMPLE_PREFIX, ensure_table, raw_table
from helpers.raw.blocks import LineBlocks
from helpers.raw.files import RawFile, check_names, open_csv
from helpers.raw.reader import of_blocks

SAMPLE_ROWS: Final = 1_000
_TRANSFER: Final = TransferConfig(multipart_chunksize=32 << 20, max_concurrency=4)


@dataclass(frozen=True)
class Upload:
    """Where a raw file is in the bucket.

    Attributes
    ----------
    name : str
        The raw file.
    address : str
        Its s3:// address.
    already_there : bool
        Whether it was there with the same size and checksum.
    """

    name: str
    address: str
    already_there: bool


@dataclass(frozen=True)
class Planned:
    """Where a raw file is to be in the bucket.

    Attributes
    ----------
    file : RawFile
    bucket, key : str
    month : tuple of str
        Year and month of most of its beginning.
    sample : bytes
        Its header and first rows.
    """

    file: RawFile
    bucket: str
    key: str
    month: tuple[str, ...]
    sample: bytes

    @property
    def address(self) -> str:
        """The object's s3:// address."""
        return f"s3://{self.bucket}/{self.key}"


def plan(files: list[RawFile], *, bucket: str) -> list[Planned]:
    """Say where raw files go, from the beginning of each.

    Parameters
    ----------
    files : list of RawFile
        The files; a member of an archive is brought unpacked, for Athena reads no .zip.
    bucket : str
        Where to.

    Returns
    -------
    list of Planned
        One a file.

    Raises
    ------
    InputError
        If a file is damaged, has a wrong header or begins with no event; if two have one name.
    """
    check_names(files)
    planned = []
    for file in files:
        month, sample = _head(file)
        key = f"{_prefix(month)}{Path(file.name).name}"
        planned.append(Planned(file, bucket, key, month, sample))
    keys = [each.key for each in planned]
    for key in keys:
        if keys.count(key) > 1:
            raise InputError(f"two raw files are called {Path(key).name}: rename one")
    return planned


def upload_raw(files: list[RawFile], *, bucket: str, database: str, table: str) -> list[Upload]:
    """Bring raw files to the bucket and register them as a table of text columns.

    Parameters
    ----------
    files : list of RawFile
        The files.
    bucket, database, table : str
        Where to; the raw table is called like the lake's, with ``_raw`` behind.

    Returns
    -------
    list of Upload
        One a file.

    Raises
    ------
    InputError
        As `plan`.
    ServiceError
        If S3 or Glue refuses.
    """
    return _bring(plan(files, bucket=bucket), database, table)


@contextmanager
def beside(planned: list[Planned], *, database: str, table: str) -> Iterator[Future[list[Upload]]]:
    """Bring planned files, as `upload_raw`, while the block runs; the block's end waits for it.

    Yields
    ------
    concurrent.futures.Future
        Its ``result()`` is what `upload_raw` returns or raises.
    """
    with ThreadPoolExecutor(1) as pool:
        yield pool.submit(_bring, planned, database, table)


def _bring(planned: list[Planned], database: str, table: str) -> list[Upload]:
    with progress.bar(sum(each.file.size for each in planned), "raw to S3") as bar:
        done = [_upload(each, bar) for each in planned]
    first = planned[0]
    sample = f"{SAMPLE_PREFIX}{Path(first.file.name).name.split('.')[0]}_first{SAMPLE_ROWS}.csv"
    aws.client("s3").put_object(Bucket=first.bucket, Key=sample, Body=first.sample)
    raw = raw_table(table)
    ensure_table(database, first.bucket, raw)
    places = {each.month: f"s3://{each.bucket}/{_prefix(each.month)}" for each in planned}
    partitions.switch(database, raw, places)
    return done


def _prefix(month: tuple[str, ...]) -> str:
    return f"{RAW_PREFIX}year={month[0]}/month={month[1]}/"


def _head(file: RawFile) -> tuple[tuple[str, str], bytes]:
    """Read what the beginning of a raw file tells: its month, and the sample."""
    with open_csv(file) as stream:
        blocks = LineBlocks(stream, file.shown, size=1 << 20)
        header = blocks.skip_header()
        start = blocks.next()
    lines = start.splitlines(keepends=True)
    if not lines:
        raise InputError(f"{file.shown}: a header and no rows. The lake is unchanged.")
    rows = next(of_blocks(LineBlocks(io.BytesIO(start), file.shown)))
    if not rows.events.height:
        reasons = ", ".join(rows.bad["reason"].unique().sort())
        raise InputError(
            f"{file.shown}: none of its first {len(lines):,} rows is an event ({reasons}): is "
            "it the right file?"
        )
    # of most of them: a stray event of another month may come first
    months = Counter(rows.events["event_time"].dt.strftime("%Y-%m"))
    year, month = months.most_common(1)[0][0].split("-")
    return (year, month), b"".join([header, b"\n", *lines[:SAMPLE_ROWS]])


def _upload(planned: Planned, bar: "tqdm[Any]") -> Upload:
    file, bucket, key, address = planned.file, planned.bucket, planned.key, planned.address
    if file.location == address:
        bar.update(file.size)
        return Upload(file.name, address, already_there=True)
    size, checksum = _identity(file)
    s3 = aws.client("s3")
    try:
        there = s3.head_object(Bucket=bucket, Key=key)
    except ClientError as error:
        if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
            raise ServiceError(f"{address} cannot be looked up: {error}") from error
        there = {"ContentLength": None, "Metadata": {}}
    if there["ContentLength"] == size and there["Metadata"].get("checksum") == checksum:
        bar.update(file.size)
        return Upload(file.name, address, already_there=True)
    options: Any = {"ExtraArgs": {"Metadata": {"checksum": checksum}}, "Config": _TRANSFER}
    try:
        if paths.is_s3(file.location) and file.member is None:
            source_bucket, source_key = paths.split_s3(file.location)
            options["ExtraArgs"]["MetadataDirective"] = "REPLACE"
            s3.copy({"Bucket": source_bucket, "Key": source_key}, bucket, key, **options)
            bar.update(file.size)
        elif file.member is None:
            s3.upload_file(file.location, bucket, key, Callback=bar.update, **options)
        else:
            with open_csv(file) as stream:
                s3.upload_fileobj(stream, bucket, key, **options)
            bar.update(file.size)
    except (S3UploadFailedError, ClientError) as error:
        raise ServiceError(f"{address} could not be written ({error}): run again") from error
    return Upload(file.name, address, already_there=False)


def _identity(file: RawFile) -> tuple[int, str]:
    """Give the size that the object will have, and a checksum of its bytes."""
    if file.member is not None:
        return file.member.file_size, f"crc32:{file.member.CRC:08x}"
    if paths.is_s3(file.location):
        source_bucket, source_key = paths.split_s3(file.location)
        found = aws.client("s3").head_object(Bucket=source_bucket, Key=source_key)
        return file.size, f"etag:{found['ETag']}"
    checksum = 0
    with Path(file.location).open("rb") as stream:
        while chunk := stream.read(1 << 20):
            checksum = zlib.crc32(chunk, checksum)
    return file.size, f"crc32:{checksum:08x}"
