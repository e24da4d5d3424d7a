"""What of S3 is ours; the rest of its API is ministack's.

`uploads` and `downloads` keep memory flat: ministack holds the parts of an upload in memory, joins
them there, and reads a whole object for each range of it: 5 GB would need 10 GB of memory, and
hours to download.
`encryption` says how objects are encrypted, `conditions` when a write is refused, `settings` which
policies and lifecycle rules are none, and `refusals` names what is not there. `lifecycle` carries
rules out; the server starts it.
"""

from local_aws.folder import DataFolder
from local_aws.s3 import conditions, downloads, encryption, refusals, settings, uploads


def install(folder: DataFolder) -> None:
    """Replace ministack's functions in this process.

    Parameters
    ----------
    folder : DataFolder
        Parts of unfinished uploads are kept in its ``scratch``, on the objects' file system, so
        that a finished upload is moved and not copied.
    """
    uploads.install(folder.scratch / "uploads")
    downloads.install()
    encryption.install()
    conditions.install()
    settings.install()
    refusals.install()
