"""What the service looks at in code before it takes it: old connectors, and notes of Studio."""

import io
import json
import re
import zipfile
from typing import Final

from local_aws.documents import Document
from local_aws.kinesisanalyticsv2.errors import AnalyticsError, invalid_argument

_CONNECTOR: Final = re.compile(
    r"META-INF/maven/[^/]+/(?:flink-connector-kinesis|flink-sql-connector-kinesis)/pom\.properties"
)
_VERSION: Final = re.compile(rb"^version=(\d+)\.(\d+)\.(\d+)", re.MULTILINE)
_LEAST: Final = (1, 15, 2)


def check_connectors(content: bytes) -> None:
    """Refuse code with a Kinesis connector that the service does not take, in a jar or a zip.

    Raises
    ------
    ServiceError
        InvalidArgumentException.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            for name in packed.namelist():
                if _CONNECTOR.fullmatch(name):
                    _check_version(packed.read(name))
                elif name.endswith(".jar"):
                    check_connectors(packed.read(name))
    except (zipfile.BadZipFile, RuntimeError):
        return  # no zip, damaged or with a password: told when it is started


def check_note(application: Document) -> None:
    """Refuse a note that Zeppelin does not read.

    Raises
    ------
    ServiceError
        CodeValidationException.
    """
    given = application["Configuration"].get("ApplicationCodeConfiguration")
    if given is None:
        return
    kind = "PLAINTEXT" if application["Mode"] == "INTERACTIVE" else "ZIPFILE"
    if given["CodeContentType"] != kind:
        raise invalid_argument(f"The code of {application['Mode']} applications is {kind}.")
    text = (given.get("CodeContent") or {}).get("TextContent")
    if kind == "ZIPFILE":
        if text is not None:
            raise invalid_argument("TextContent is the code of INTERACTIVE applications.")
        return
    try:
        note = json.loads((text or "").removeprefix("\ufeff"))
    except ValueError as error:
        raise _no_note(f"it is no JSON: {error}") from error
    paragraphs = note.get("paragraphs") if isinstance(note, dict) else None
    if not isinstance(paragraphs, list) or not all(isinstance(each, dict) for each in paragraphs):
        raise _no_note("it has no list of paragraphs")


def _check_version(properties: bytes) -> None:
    found = _VERSION.search(properties)
    if found and tuple(map(int, found.groups())) < _LEAST:
        raise invalid_argument(
            "The Kinesis connector in the code is too old: it has to be of version 1.15.2 or "
            f"later, and is of {found[0].decode().removeprefix('version=')}."
        )


def _no_note(why: str) -> AnalyticsError:
    return AnalyticsError("CodeValidationException", f"The TextContent is no note: {why}.")
