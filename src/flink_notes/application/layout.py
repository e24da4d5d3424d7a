"""What of an archive the service would refuse, told without running anything."""

import ast
import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flink_notes.application import python_cells, runtime
from helpers.errors import InputError
from helpers.stream_app import properties

_FACTORIES: Final = "META-INF/services/org.apache.flink.table.factories.Factory"
_SIGNED: Final = re.compile(r"META-INF/[^/]+\.(SF|DSA|RSA)")
_CONNECTOR: Final = re.compile(
    r"META-INF/maven/org\.apache\.flink/(?P<module>flink-(?P<connector>.*connector-)?[\w.-]+)"
    r"/pom\.properties"
)
_FLINKS_OWN: Final = ("org/apache/flink/runtime/", "org/apache/log4j/", "org/slf4j/")
_UNSUPPORTED: Final = ("pyModule", "pyExecutable", "pyRequirements")


@dataclass(frozen=True)
class Contents:
    """An archive, read.

    Attributes
    ----------
    main : str
        The name of the Python file that is run.
    source : str
        Its text.
    jar : str
        The name of the one jar.
    groups : dict of str to dict of str to str
        The properties for local runs.
    """

    main: str
    source: str
    jar: str
    groups: dict[str, dict[str, str]]


def read(path: Path) -> Contents:
    """Read an archive and check it as far as that needs no Flink.

    Parameters
    ----------
    path : pathlib.Path
        A zip.

    Returns
    -------
    Contents

    Raises
    ------
    InputError
        With everything that the service would refuse, a line each.
    """
    if not path.is_file():
        raise InputError(f"There is no archive {path}.")
    if path.stat().st_size > runtime.ARCHIVE_BYTES:
        raise InputError(f"{path.name} is larger than 512 MiB, which the service does not take.")
    try:
        with zipfile.ZipFile(path) as packed:
            # the end of a jar within, where the archive's own is missing
            if min((entry.header_offset for entry in packed.infolist()), default=0):
                raise InputError(f"{path.name} is cut off, or something stands before the zip.")
            files = {name: packed.read(name) for name in packed.namelist()}
    except (zipfile.BadZipFile, OSError) as error:
        raise InputError(f"{path.name} is no zip, or cut off ({error}).") from error
    groups = _groups(files)
    options = groups.get(properties.RUN_OPTIONS, {})
    troubles = [*_options_troubles(options, files), *_limit_troubles(groups)]
    main, jar = options.get("python", ""), options.get("jarfile", "")
    if main in files:
        troubles += _python_troubles(main, files[main])
    if jar in files:
        troubles += _jar_troubles(jar, files[jar])
    if troubles:
        raise InputError("\n".join(troubles))
    return Contents(main, files[main].decode(), jar, groups)


def _groups(files: Mapping[str, bytes]) -> dict[str, dict[str, str]]:
    if properties.FILE not in files:
        found = [name for name in files if name.endswith(f"/{properties.FILE}")]
        wrapped = f": {found[0]} lies in a folder, pack without it" if found else ""
        raise InputError(f"The archive's top has no {properties.FILE}{wrapped}.")
    try:
        return properties.of_service(json.loads(files[properties.FILE]))
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise InputError(
            f"{properties.FILE} is no list of property groups ({error!r}): write "
            '[{"PropertyGroupId": "…", "PropertyMap": {"…": "…"}}].'
        ) from error


def _options_troubles(options: Mapping[str, str], files: Mapping[str, bytes]) -> Iterator[str]:
    if not options:
        yield f"There is no property group {properties.RUN_OPTIONS}, which names what is run."
        return
    jars = [name for name in files if name.endswith(".jar")]
    if len(jars) > 1:
        yield f"There are {len(jars)} jars ({', '.join(jars)}): the service takes one, merge them."
    for key, what in (("python", "the file to run"), ("jarfile", "the jar of the connectors")):
        name = options.get(key)
        if name is None:
            yield f"{properties.RUN_OPTIONS} lacks {key}, {what}."
        elif name not in files:
            near = [known for known in files if known.lower().endswith(Path(name).name.lower())]
            there = f": it has {near[0]}" if near else ""
            yield f"{key} is {name}, and the archive has no such file{there}."
    for key in _UNSUPPORTED:
        if key in options:
            yield f"{properties.RUN_OPTIONS} has {key}, which the service does not support."


def check_groups(groups: Mapping[str, Mapping[str, str]]) -> None:
    """Refuse property groups that the service would not take.

    Raises
    ------
    InputError
        With everything that is wrong, a line each.
    """
    if troubles := list(_limit_troubles(groups)):
        raise InputError("\n".join(troubles))


def _limit_troubles(groups: Mapping[str, Mapping[str, str]]) -> Iterator[str]:
    if len(groups) > runtime.GROUPS:
        yield f"There are {len(groups)} property groups: the service takes {runtime.GROUPS}."
    for group, of in groups.items():
        if not 1 <= len(of) <= runtime.PROPERTIES_A_GROUP:
            yield f"The group {group} has {len(of)} properties: it takes 1 to 50."
        for key, value in of.items():
            if not isinstance(value, str):
                yield f"The property {key} of {group} is {value!r}: properties are text."
            elif not 1 <= len(value) <= runtime.CHARACTERS:
                yield f"The property {key} of {group} has {len(value)} characters: 1 to 2048."


def _python_troubles(name: str, content: bytes) -> Iterator[str]:
    try:
        tree = ast.parse(content.decode(), feature_version=runtime.PYTHON)
    except (SyntaxError, UnicodeDecodeError) as error:
        yield f"{name} is no Python 3.12: {error}."
        return
    for node in ast.walk(tree):
        if said := python_cells.import_trouble(node):
            yield f"{name}, line {getattr(node, 'lineno', '?')}: {said}."


def _jar_troubles(name: str, content: bytes) -> Iterator[str]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as jar:
            names = jar.namelist()
            old = [said for n in names if (said := _other_flink(jar, n))]
            newest = max((_java(jar, n) for n in names if n.endswith(".class")), default=0)
    except zipfile.BadZipFile as error:
        yield f"{name} is no jar ({error})."
        return
    if _FACTORIES not in names:
        yield f"{name} has no {_FACTORIES}: Flink finds no connector in it."
    if signed := [n for n in names if _SIGNED.fullmatch(n)]:
        yield f"{name} keeps the signature {signed[0]} of a jar in it: leave it out when merging."
    if own := [n for n in names if n.startswith(_FLINKS_OWN)]:
        yield f"{name} brings {own[0]}, which the runtime has itself."
    if old:
        yield f"{name} holds {old[0]}, and the runtime {runtime.NAME} has Flink {runtime.FLINK}."
    if newest > runtime.JAVA:
        yield f"{name} is of Java {newest}: the runtime {runtime.NAME} has {runtime.JAVA}."


def _other_flink(jar: zipfile.ZipFile, name: str) -> str | None:
    """Say which connector an entry tells of, where that is one of another version of Flink."""
    if not (found := _CONNECTOR.fullmatch(name)):
        return None
    lines = jar.read(name).decode(errors="replace").splitlines()
    version = next((line[8:] for line in lines if line.startswith("version=")), "")
    # Flink's own modules have its version, connectors have it behind theirs
    flink = version.rpartition("-")[2] if found["connector"] else version
    same = flink == runtime.FLINK or flink.startswith(f"{runtime.FLINK}.")
    return None if same else f"{found['module']} {version}"


def _java(jar: zipfile.ZipFile, name: str) -> int:
    if name.startswith("META-INF/"):
        return 0  # classes for other versions, which the JVM chooses by itself
    with jar.open(name) as stream:
        return int.from_bytes(stream.read(8)[6:8], "big") - runtime.CLASS_FILE_OF_JAVA
