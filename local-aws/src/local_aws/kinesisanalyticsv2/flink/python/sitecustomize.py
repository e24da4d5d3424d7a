"""Lets an application find what the service has for it, and nothing else.

Its properties are where the service puts them, in ``/etc/flink``; of the packages beside Python's
own library it can import those of the runtime. Python imports this by itself at its start, in the
processes whose PYTHONPATH has its folder.
"""

import builtins
import io
import os
import sys
import sysconfig
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

_SERVICE = "/etc/flink/application_properties.json"
_OURS = os.environ["APPLICATION_PROPERTIES"]
_PACKAGES = {*os.environ["APPLICATION_PACKAGES"].split(","), *sys.stdlib_module_names}
_OWN = os.environ.get("PYTHONPATH", "").split(os.pathsep)
_LIBRARY = {sysconfig.get_path("stdlib"), sysconfig.get_path("platstdlib")}
_ENVIRONMENT = tuple(
    place
    for place in sys.path
    if (place and not {place, os.path.dirname(place)} & {*_OWN, *_LIBRARY})  # noqa: PTH120 - early
    or place.endswith("-packages")
)
_open, _stat = io.open, os.stat


class _Runtime:
    """Finds nothing; refuses a package of the environment that the runtime has not."""

    @staticmethod
    def find_spec(name: str, path: Any = None, _target: Any = None) -> ModuleSpec | None:
        if path is None and name not in _PACKAGES:
            found = PathFinder.find_spec(name)
            places = (
                [found.origin or "", *(found.submodule_search_locations or ())] if found else []
            )
            if any(place.startswith(_ENVIRONMENT) for place in places):
                raise ModuleNotFoundError(
                    f"No module named {name!r}: the runtime FLINK-2_2 does not have it", name=name
                )
        return None


def _found(path: Any) -> Any:
    name = os.fspath(path) if isinstance(path, str | os.PathLike) else None
    return _OURS if name == _SERVICE else path


def _opened(file: Any, *args: Any, **kwargs: Any) -> Any:
    return _open(_found(file), *args, **kwargs)


def _told(path: Any, *args: Any, **kwargs: Any) -> os.stat_result:
    return _stat(_found(path), *args, **kwargs)


builtins.open = io.open = _opened
os.stat = _told
sys.meta_path.insert(0, _Runtime)
