"""Lets an application find its properties where the service puts them: in ``/etc/flink``.

Python imports this by itself at its start, in the processes whose PYTHONPATH has its folder.
"""

import builtins
import io
import os
from typing import Any

_SERVICE = "/etc/flink/application_properties.json"
_OURS = os.environ["LOCAL_AWS_APPLICATION_PROPERTIES"]
_open, _stat = io.open, os.stat


def _found(path: Any) -> Any:
    name = os.fspath(path) if isinstance(path, str | os.PathLike) else None
    return _OURS if name == _SERVICE else path


def _opened(file: Any, *args: Any, **kwargs: Any) -> Any:
    return _open(_found(file), *args, **kwargs)


def _told(path: Any, *args: Any, **kwargs: Any) -> os.stat_result:
    return _stat(_found(path), *args, **kwargs)


builtins.open = io.open = _opened
os.stat = _told
