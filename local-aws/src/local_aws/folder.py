"""The folder in which one local AWS keeps everything, and the lock that makes it the only one."""

import fcntl
import shutil
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path


class FolderInUseError(Exception):
    """Another local AWS holds this folder."""


@dataclass(frozen=True)
class DataFolder:
    """The parts of the data folder.

    Attributes
    ----------
    root : Path
        The folder given with ``--data``.
    """

    root: Path

    @property
    def objects(self) -> Path:
        """S3 objects as files: ``objects/ACCOUNT/BUCKET/KEY``."""
        return self.root / "s3"

    @property
    def state(self) -> Path:
        """Ministack's services, one JSON file each, and the databases of our own."""
        return self.root / "state"

    @property
    def scratch(self) -> Path:
        """Temporary files, emptied at each start."""
        return self.root / "tmp"

    @property
    def outbox(self) -> Path:
        """Mail that SNS has sent, one file a message."""
        return self.root / "outbox"

    @property
    def log(self) -> Path:
        """What the server has to say while it runs."""
        return self.root / "local_aws.log"


def open_folder(root: Path) -> tuple[DataFolder, TextIOWrapper]:
    """Make the folder where needed and lock it for this process.

    Parameters
    ----------
    root : Path
        The data folder; made when absent.

    Returns
    -------
    tuple
        The folder, and the open lock: the kernel releases it when the process ends, however
        it ends, so that a killed server leaves no stale lock.

    Raises
    ------
    FolderInUseError
        When another process holds the lock.
    OSError
        When the folder cannot be made or written.
    """
    folder = DataFolder(root.resolve())
    folder.root.mkdir(parents=True, exist_ok=True)
    lock = (folder.root / "lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        raise FolderInUseError(folder.root) from None
    shutil.rmtree(folder.scratch, ignore_errors=True)
    for part in (folder.objects, folder.state, folder.scratch):
        part.mkdir(mode=0o700, exist_ok=True)
    return folder, lock
