"""A function's code and layers as folders that it cannot write."""

import hashlib
import io
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

_EXECUTABLE = 0o111
_UNIX = 16  # where a zip archive keeps the file's mode


def unpacked(archives: Sequence[bytes], folder: Path) -> Path:
    """Unpack archives over each other, once for each content.

    Parameters
    ----------
    archives : sequence of bytes
        Zip files, the later ones over the earlier ones.
    folder : Path
        Where folders of this kind lie.

    Returns
    -------
    Path
        Read-only, named by the content.

    Raises
    ------
    zipfile.BadZipFile
        Where an archive cannot be read.
    """
    digest = hashlib.sha256(b"".join(hashlib.sha256(each).digest() for each in archives))
    place = folder / digest.hexdigest()
    if place.exists():
        return place
    folder.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=folder))
    for archive in archives:
        _unpack(archive, draft)
    for path in [*draft.rglob("*"), draft]:
        executable = path.is_dir() or path.stat().st_mode & _EXECUTABLE
        path.chmod(0o555 if executable else 0o444)
    try:
        draft.rename(place)
    except OSError:  # another invocation unpacked the same meanwhile
        shutil.rmtree(draft, ignore_errors=True)
    return place


def _unpack(archive: bytes, folder: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(archive)) as packed:
        for entry in packed.infolist():
            path = Path(packed.extract(entry, folder))
            if not entry.is_dir() and (entry.external_attr >> _UNIX) & _EXECUTABLE:
                path.chmod(0o755)
