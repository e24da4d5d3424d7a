"""Code in the bucket of code: the functions' archive, and that of the streaming application."""

import hashlib
from pathlib import Path
from typing import Final

from botocore.exceptions import BotoCoreError, ClientError

from helpers import aws
from helpers.errors import InputError, MissingError, ServiceError
from helpers.files import hashed_name, written_whole, zipped
from helpers.paths import PROJECT

FUNCTIONS: Final = PROJECT / "infra/functions"
APPLICATION: Final = "ecommerce-streaming-app-v1"
"""The folder of the streaming application in the bucket of code."""


def archive(folder: Path = FUNCTIONS) -> bytes:
    """Pack the functions' code.

    Parameters
    ----------
    folder : pathlib.Path
        Its packages lie at the archive's top.

    Returns
    -------
    bytes
        A zip: files in the order of their names, no times, no rights of this machine.
    """
    found = sorted(folder.rglob("*.py"))
    return zipped({path.relative_to(folder).as_posix(): path.read_bytes() for path in found})


def upload(bucket: str) -> str:
    """Put the archive into the bucket of code, unless it is there.

    Parameters
    ----------
    bucket : str
        Of the stack `bootstrap`.

    Returns
    -------
    str
        Its key, which holds the content's SHA-256: a stack changes where the code does.

    Raises
    ------
    ServiceError
        Where S3 refuses.
    """
    content = archive()
    key = f"functions/{hashlib.sha256(content).hexdigest()}.zip"
    put(bucket, key, content)
    return key


def upload_application(bucket: str, path: Path) -> str:
    """Put the archive of the streaming application into the bucket of code, unless it is there.

    Parameters
    ----------
    bucket : str
        Of the stack `bootstrap`.
    path : pathlib.Path
        As ``python -m flink_notes export`` writes it.

    Returns
    -------
    str
        Its key, which holds the content's hash: the service loads no key a second time.

    Raises
    ------
    InputError
        Where there is no such file, it has another name than its content gives it, or the bucket
        is in another region, from which the service takes no code.
    ServiceError
        Where S3 refuses.
    """
    if not path.is_file():
        raise InputError(f"There is no archive {path}: `python -m flink_notes export` makes one.")
    content = path.read_bytes()
    if path.name != (named := hashed_name(path.stem.rpartition("-")[0], path.suffix, content)):
        raise InputError(f"{path.name} should be named {named} by its content: export it again.")
    _check_region(bucket)
    key = f"{APPLICATION}/zeppelin-code/{path.name}"
    put(bucket, key, content)
    return key


def fetch(bucket: str, key: str, folder: Path) -> Path:
    """Bring an archive of the streaming application from the bucket of code into a folder.

    Returns
    -------
    pathlib.Path
        Of the file, which has the key's last name.

    Raises
    ------
    ServiceError
        Where S3 refuses.
    """
    path = folder / key.rpartition("/")[2]
    try:
        content = aws.client("s3").get_object(Bucket=bucket, Key=key)["Body"].read()
    except (ClientError, BotoCoreError) as error:
        raise ServiceError(f"s3://{bucket}/{key} could not be read: {error}") from error
    with written_whole(path) as stream:
        stream.write(content)
    return path


def put(bucket: str, key: str, content: bytes) -> None:
    """Put an object whose key holds the content's hash, unless it is there.

    Parameters
    ----------
    bucket, key : str
    content : bytes

    Raises
    ------
    ServiceError
        Where S3 refuses.
    """
    s3 = aws.client("s3")
    try:
        if s3.list_objects_v2(Bucket=bucket, Prefix=key)["KeyCount"] == 0:
            s3.put_object(Bucket=bucket, Key=key, Body=content)
    except (ClientError, BotoCoreError) as error:
        raise ServiceError(f"The code could not be put into s3://{bucket}/: {error}") from error


def _check_region(bucket: str) -> None:
    s3 = aws.client("s3")
    try:
        where = s3.get_bucket_location(Bucket=bucket)["LocationConstraint"] or "us-east-1"
    except s3.exceptions.NoSuchBucket as error:
        raise MissingError(f"The bucket {bucket}") from error
    except (ClientError, BotoCoreError) as error:
        raise ServiceError(f"The bucket {bucket} could not be looked up: {error}") from error
    if where != s3.meta.region_name:
        raise InputError(
            f"The bucket {bucket} is in {where}, and an application in {s3.meta.region_name} "
            "takes no code from there: name a bucket of its region."
        )
