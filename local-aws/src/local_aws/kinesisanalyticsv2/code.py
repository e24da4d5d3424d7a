"""An application's code: read as its role, kept, and laid out to be run."""

import json
import zipfile
from pathlib import Path
from typing import Final, NamedTuple

from local_aws.documents import Document
from local_aws.iam import decisions
from local_aws.kinesisanalyticsv2 import configuration, contents
from local_aws.kinesisanalyticsv2.errors import invalid_argument
from local_aws.kinesisanalyticsv2.flink import distribution
from local_aws.kinesisanalyticsv2.flink.job import ClusterError, Program
from local_aws.ministack.foreign import s3
from local_aws.protocol.errors import not_supported
from local_aws.protocol.service import Record
from local_aws.tenant import current

PRINCIPAL: Final = "kinesisanalytics.amazonaws.com"
_MOST_BYTES: Final = 512 * 1024 * 1024
_BUCKET_ARN: Final = "arn:aws:s3:::"
_MANIFEST: Final = "META-INF/MANIFEST.MF"


class Code(NamedTuple):
    """The bytes of an application's code, and what is told of them."""

    content: bytes
    facts: Record


def read(application: Document) -> Code | None:
    """Read the code that a configuration names, with the rights of the application's role.

    Returns
    -------
    Code or None
        None where the configuration has text, or no code at all.

    Raises
    ------
    ServiceError
        InvalidArgumentException where it cannot be read, CodeValidationException for a note that
        is none.
    """
    contents.check_note(application)
    given = application["Configuration"].get("ApplicationCodeConfiguration") or {}
    content = given.get("CodeContent") or {}
    if len(content) > 1:
        raise invalid_argument(f"CodeContent is one of {' and '.join(sorted(content))}.")
    if place := content.get("S3ContentLocation"):
        found = _from_s3(application, place)
    elif "ZipFileContent" in content:
        found = content["ZipFileContent"]
    else:
        return None
    if len(found) > _MOST_BYTES:
        raise invalid_argument(f"The code has {len(found):,} bytes: 512 MiB are allowed.")
    contents.check_connectors(found)
    return Code(found, configuration.code_facts(found))


def keep(folder: Path, version: int, code: Code) -> None:
    """Keep the code of a version: what becomes of the object later does not matter."""
    place = folder / "code"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    (place / f"{version}.zip").write_bytes(code.content)


def lay_out(application: Document, archive: Path, folder: Path) -> tuple[Program, Path]:
    """Unpack an application's code and write its properties.

    Parameters
    ----------
    application : dict
    archive : Path
        Its code.
    folder : Path
        Of one run.

    Returns
    -------
    tuple
        What is run, and the file of the properties.

    Raises
    ------
    ClusterError
        Where the archive is not what the run options say.
    """
    groups = configuration.groups(application["Configuration"])
    properties = folder / "application_properties.json"
    listed = [{"PropertyGroupId": name, "PropertyMap": of} for name, of in groups.items()]
    properties.write_text(json.dumps(listed, indent=2))
    place = folder / "code"
    if not archive.exists():
        raise ClusterError("The application has no ApplicationCodeConfiguration: nothing can run.")
    try:
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(place)
    except (zipfile.BadZipFile, OSError) as error:
        raise ClusterError(f"The code is no zip, or cut off: {error}") from error
    options = groups.get(configuration.RUN_OPTIONS, {})
    if "python" not in options:
        raise ClusterError(
            "Neither a 'Main-Class', nor a 'program-class' entry was found in the jar file: the "
            f"property group {configuration.RUN_OPTIONS} names no python."
        )
    jar = distribution.find().home / "opt"
    default = next(jar.glob("flink-python-*.jar"))
    return Program(
        place,
        _inside(place, options["python"]),
        _inside(place, options["jarfile"]) if "jarfile" in options else default,
        _all_inside(place, options.get("pyFiles", "")),
        _all_inside(place, options.get("pyArchives", "")),
    ), properties


def refuse_java(application: Document, archive: Path) -> None:
    """Refuse an application in Java by name: its library reads properties of the machine itself."""
    options = configuration.groups(application["Configuration"]).get(configuration.RUN_OPTIONS, {})
    if "python" in options or not archive.exists() or not zipfile.is_zipfile(archive):
        return
    with zipfile.ZipFile(archive) as packed:
        if _MANIFEST in packed.namelist() and b"Main-Class" in packed.read(_MANIFEST):
            raise not_supported("applications in Java, only those in Python")


def _from_s3(application: Document, place: Record) -> bytes:
    bucket = place["BucketARN"].removeprefix(_BUCKET_ARN)
    key, version = place["FileKey"], place.get("ObjectVersion")
    refusal = invalid_argument(
        f"We are unable to get the specified fileKey: {key} in the specified bucket: {bucket}. "
        "Please check the role provided or validity of S3 location you provided."
    )
    tenant = current()
    session = f"{application['Name']}"[:64]
    source = {"aws:SourceArn": application["ARN"], "aws:SourceAccount": tenant.account}
    action = "s3:GetObjectVersion" if version else "s3:GetObject"
    try:
        role = decisions.assume(application["Role"], PRINCIPAL, session, source)
        decisions.authorize(role.arn, action, f"{place['BucketARN']}/{key}")
    except decisions.AccessDeniedError as error:
        raise refusal from error
    known = s3._buckets.get(bucket)
    if known is None or (known.get("region") or "us-east-1") != tenant.region:
        raise refusal
    found: bytes | None = s3._get_object_data(bucket, key, version)
    if found is None:
        raise refusal
    return found


def _inside(folder: Path, name: str) -> Path:
    path = (folder / name).resolve()
    if not path.is_relative_to(folder.resolve()) or not path.is_file():
        raise ClusterError(f"java.nio.file.NoSuchFileException: the archive has no {name}")
    return path


def _all_inside(folder: Path, names: str) -> str:
    return ",".join(str(_inside(folder, name.strip())) for name in names.split(",") if name.strip())
