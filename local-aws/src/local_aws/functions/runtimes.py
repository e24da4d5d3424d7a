"""Which interpreter runs a function, and where it finds what AWS's runtime brings along."""

import json
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import NamedTuple

# AWS's Python runtimes have these and the standard library, nothing else
PACKAGES = (
    "awslambdaric",
    "boto3",
    "botocore",
    "dateutil",
    "jmespath",
    "runtime_client",
    "s3transfer",
    "simplejson",
    "six",
    "snapshot_restore_py",
    "urllib3",
)
PROBE_S = 20
_PROBE = """
import importlib.util, json, sys
specs = {name: importlib.util.find_spec(name) for name in sys.argv[1:]}
origins = {name: spec and spec.origin for name, spec in specs.items()}
print(json.dumps([sys.version.split()[0], origins]))
"""


class Runtime(NamedTuple):
    """An interpreter that can run functions."""

    name: str
    executable: str
    version: str
    packages: dict[str, Path]
    """Of each of `PACKAGES` its folder or file."""


class RuntimeMissingError(Exception):
    """Nothing here runs functions of a runtime; the message says why."""


@cache
def find(name: str) -> Runtime:
    """Find the interpreter of a runtime.

    Parameters
    ----------
    name : str
        As CreateFunction names it: ``python3.11`` runs on the server's own interpreter, another
        Python on one of that name in the PATH that has AWS's runtime client.

    Returns
    -------
    Runtime
        Where it is.

    Raises
    ------
    RuntimeMissingError
        Where there is none; a function never runs under another version than its own.
    """
    if not re.fullmatch(r"python3\.\d+", name):
        raise RuntimeMissingError(f"The local AWS runs functions in Python, and none in {name}.")
    own = f"python{sys.version_info.major}.{sys.version_info.minor}"
    executable = sys.executable if name == own else shutil.which(name)
    if executable is None:
        raise RuntimeMissingError(f"The local AWS has no {name}: there is none in its PATH.")
    version, origins = _probed(name, executable)
    missing = [package for package, origin in origins.items() if origin is None]
    if missing:
        raise RuntimeMissingError(
            f"The local AWS has no {name} that runs functions: {executable} lacks "
            f"{', '.join(missing)} (python -m pip install awslambdaric boto3)."
        )
    return Runtime(name, executable, version, {each: _place(at) for each, at in origins.items()})


def linked(runtime: Runtime, folder: Path) -> Path:
    """Make a folder that holds what a function can import beside the standard library.

    Parameters
    ----------
    runtime : Runtime
        Whose packages.
    folder : Path
        Where folders of this kind lie.

    Returns
    -------
    Path
        With a link to each package.
    """
    place = folder / runtime.name
    place.mkdir(parents=True, exist_ok=True)
    for origin in runtime.packages.values():
        with suppress(FileExistsError):  # another environment of the runtime was quicker
            (place / origin.name).symlink_to(origin)
    return place


def _probed(name: str, executable: str) -> tuple[str, dict[str, str | None]]:
    try:
        said = subprocess.run(
            [executable, "-c", _PROBE, *PACKAGES],
            capture_output=True,
            text=True,
            timeout=PROBE_S,
            check=True,
        ).stdout
        version, origins = json.loads(said)
    except (OSError, subprocess.SubprocessError, ValueError):
        raise RuntimeMissingError(
            f"The local AWS has no {name}: {executable} does not start."
        ) from None
    if not version.startswith(name.removeprefix("python") + "."):
        raise RuntimeMissingError(f"The local AWS has no {name}: {executable} is Python {version}.")
    return version, origins


def _place(origin: str | None) -> Path:
    path = Path(str(origin))
    return path.parent if path.name == "__init__.py" else path
