"""The code of the functions as an archive that is the same bytes wherever it is made."""

import hashlib
from pathlib import Path
from typing import Final

from botocore.exceptions import ClientError

from helpers import aws
from helpers.errors import ServiceError
from helpers.files import zipped
from helpers.paths import PROJECT

FUNCTIONS: Final = PROJECT / "infra/functions"


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
    s3 = aws.client("s3")
    try:
        if s3.list_objects_v2(Bucket=bucket, Prefix=key)["KeyCount"] == 0:
            s3.put_object(Bucket=bucket, Key=key, Body=content)
    except ClientError as error:
        raise ServiceError(f"The code could not be put into s3://{bucket}/: {error}") from error
    return key
