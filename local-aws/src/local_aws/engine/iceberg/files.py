"""pyiceberg's files as objects of the local S3."""

import contextvars
import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from pyiceberg.io import FileIO, InputFile, OutputFile
from pyiceberg.typedef import EMPTY_DICT, Properties

from local_aws import objects

ResultT = TypeVar("ResultT")


class ObjectsIO(FileIO):
    """Objects read and written for the caller in whose scope this was made.

    pyiceberg reads manifests in threads of its own, which know nothing of that scope.
    """

    def __init__(self, properties: Properties = EMPTY_DICT) -> None:
        super().__init__(properties)
        self._scope = contextvars.copy_context()

    def run(self, act: Callable[..., ResultT], *given: object) -> ResultT:
        """Call a function in the caller's scope."""
        return self._scope.copy().run(act, *given)

    def new_input(self, location: str) -> "_Input":
        """Return an object to be read."""
        return _Input(location, self)

    def new_output(self, location: str) -> "_Output":
        """Return an object to be written."""
        return _Output(location, self)

    def identity(self, location: str) -> tuple[int, str]:
        """Return size and ETag of an object that may be read.

        Raises
        ------
        FileNotFoundError
            Where there is none.
        """
        try:
            found = self.run(objects.find, *objects.split_uri(location))
        except (objects.NoSuchBucketError, objects.NoSuchObjectError) as error:
            raise FileNotFoundError(location) from error
        return found.size, found.etag

    def delete(self, location: str | InputFile | OutputFile) -> None:
        """Delete an object."""
        name = location if isinstance(location, str) else location.location
        self.run(objects.delete, *objects.split_uri(name))


class _Object:
    """What can be asked of an object, read or written."""

    def __init__(self, location: str, files: ObjectsIO) -> None:
        super().__init__(location)  # type: ignore[call-arg]
        self._place = location
        self._files = files

    def __len__(self) -> int:
        return self._path().stat().st_size

    def exists(self) -> bool:
        """Return whether the object is there."""
        return self._files.run(objects.exists, self._place)

    def _path(self) -> Path:
        try:
            return self._files.run(objects.path, *objects.split_uri(self._place))
        except (objects.NoSuchBucketError, objects.NoSuchObjectError) as error:
            raise FileNotFoundError(self._place) from error


class _Input(_Object, InputFile):
    def open(self, seekable: bool = True) -> io.BufferedReader:
        return self._path().open("rb")


class _Output(_Object, OutputFile):
    def to_input_file(self) -> _Input:
        return _Input(self._place, self._files)

    def create(self, overwrite: bool = False) -> "_Outgoing":
        if not overwrite and self.exists():
            raise FileExistsError(self._place)
        return _Outgoing(self._place, self._files)


class _Outgoing(io.BytesIO):
    """A body that becomes an object when it is closed: metadata is small."""

    def __init__(self, location: str, files: ObjectsIO) -> None:
        super().__init__()
        self._location, self._files = location, files

    def close(self) -> None:
        if not self.closed:
            with tempfile.NamedTemporaryFile(delete=False) as file:
                file.write(self.getbuffer())
            bucket, key = objects.split_uri(self._location)
            self._files.run(
                objects.put_file, bucket, key, Path(file.name), "application/octet-stream"
            )
        super().close()
