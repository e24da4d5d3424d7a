"""What of S3 is ours; the rest of its API is ministack's.

`uploads` and `downloads` keep memory flat: ministack holds the parts of an upload in memory, joins
them there, and reads a whole object for each range of it: 5 GB would need 10 GB of memory, and
hours to download.
`checksums` are those of uploads in parts, `crc` computes them. `partial` gives ranges and parts,
`versions` lists versions, `copies` and `content_type` say what objects have that are copied or come
without a type.
`encryption` says how objects are encrypted, `conditions` when a call is refused, `errors` what an
error names, `settings` which policies and lifecycle rules are none, `limits` what is too much, and
`refusals` what is not there, `forms` what a posted form may not ask for, `locks` until
when a version is locked. `lifecycle` carries rules out; the server starts it.
"""

from local_aws.folder import DataFolder
from local_aws.s3 import (
    checksums,
    conditions,
    content_type,
    copies,
    crc,
    downloads,
    encryption,
    errors,
    forms,
    limits,
    locks,
    partial,
    refusals,
    settings,
    uploads,
    versions,
)


def install(folder: DataFolder) -> None:
    """Replace ministack's functions in this process.

    Parameters
    ----------
    folder : DataFolder
        Parts of unfinished uploads are kept in its ``scratch``, on the objects' file system, so
        that a finished upload is moved and not copied.
    """
    uploads.install(folder.scratch / "uploads")
    crc.install()
    checksums.install()
    partial.install()
    downloads.install()
    versions.install()
    content_type.install()
    encryption.install()
    copies.install()
    conditions.install()
    errors.install()
    settings.install()
    refusals.install()
    limits.install()
    locks.install()
    forms.install()
