"""S3 objects of any size in flat memory.

The API is ministack's. It holds the parts of an upload in memory, joins them there, and reads a
whole object for each range of it: 5 GB would need 10 GB of memory, and hours to download. This
package replaces those few of its functions.
"""

from pathlib import Path

from local_aws.s3 import downloads, uploads


def install(scratch: Path) -> None:
    """Replace ministack's functions in this process.

    Parameters
    ----------
    scratch : Path
        Where the parts of unfinished uploads are kept; on the objects' file system, so that a
        finished upload is moved and not copied.
    """
    uploads.install(scratch / "uploads")
    downloads.install()
