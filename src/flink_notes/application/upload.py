"""A note's two forms in the bucket of code: its archive and its ``.zpln``."""

from pathlib import Path

from flink_notes.zeppelin import export
from helpers.deploy import code
from helpers.files import hashed_name


def upload(archive: Path, note: Path, bucket: str) -> tuple[str, str]:
    """Put an archive and the note that it was made from where applications are deployed from.

    Parameters
    ----------
    archive : pathlib.Path
        As `flink_notes.application.archive.write` names it.
    note : pathlib.Path
        An ``.ipynb`` file; Zeppelin's form of it goes with the archive.
    bucket : str
        In the region of the application.

    Returns
    -------
    tuple of str and str
        Their keys, each with its content's hash.

    Raises
    ------
    InputError
        Where a file is not what it must be, or the bucket is in another region.
    ServiceError
        Where S3 refuses.
    """
    key = code.upload_application(bucket, archive)
    text = export.for_zeppelin(note).encode()
    zpln = f"{code.APPLICATION}/{hashed_name(note.stem, '.zpln', text)}"
    code.put(bucket, zpln, text)
    return key, zpln
