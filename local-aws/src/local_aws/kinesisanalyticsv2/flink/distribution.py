"""Which Flink and which Java run applications here."""

import importlib.metadata
import importlib.util
import os
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

RUNTIME: Final = "FLINK-2_2"
_FLINK: Final = "2.2."
_LEAST_JAVA: Final = 17


class FlinkMissingError(Exception):
    """Nothing here runs applications; the message says what is missing."""


class Distribution(NamedTuple):
    """A Flink that can be started: its folder, its Java, and how that is called."""

    home: Path
    java: str
    options: list[str]
    class_path: str


@cache
def find() -> Distribution:
    """Find the Flink of the server's own environment.

    Raises
    ------
    FlinkMissingError
        Where PyFlink or a Java is missing, or has another version than the runtime.
    """
    spec = importlib.util.find_spec("pyflink")
    if spec is None or not spec.submodule_search_locations:
        raise FlinkMissingError(
            f"{RUNTIME} runs on PyFlink, which is not installed beside the server: "
            "python -m pip install apache-flink==2.2.1"
        )
    version = importlib.metadata.version("apache-flink")
    if not version.startswith(_FLINK):
        raise FlinkMissingError(f"{RUNTIME} runs on PyFlink {_FLINK}x; {version} is installed.")
    home = Path(next(iter(spec.submodule_search_locations)))
    jars = [*sorted((home / "lib").glob("*.jar")), *(home / "opt").glob("flink-python-*.jar")]
    said = re.search(r"^ +all: (--.*)$", (home / "conf/config.yaml").read_text(), re.MULTILINE)
    options = said[1].split() if said else []
    return Distribution(home, _java(), options, ":".join(map(str, jars)))


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=str(Path(home) / "bin") if home else None)
    place = f"JAVA_HOME={home}" if home else "the PATH"
    if java is None:
        raise FlinkMissingError(f"{RUNTIME} needs Java {_LEAST_JAVA}, and there is none in {place}")
    said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(?:1\.)?(\d+)', said)
    if version is None or int(version[1]) < _LEAST_JAVA:
        first = said.strip().partition("\n")[0]
        raise FlinkMissingError(f"{RUNTIME} needs Java {_LEAST_JAVA}; {place} has {first}")
    return java
