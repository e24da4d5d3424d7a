"""What of an archive is refused before Flink sees it."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from flink_notes.application import archive, layout
from helpers.errors import InputError
from helpers.paths import PROJECT
from helpers.stream_app import properties

NOTE = PROJECT / "flink_notebooks/01_bot_detection.ipynb"
Files = dict[str, bytes]


@pytest.fixture(scope="module")
def files() -> Files:
    with zipfile.ZipFile(io.BytesIO(archive.build(NOTE).content)) as packed:
        return {name: packed.read(name) for name in packed.namelist()}


def packed(folder: Path, files: Files) -> Path:
    path = folder / "app.zip"
    with zipfile.ZipFile(path, "w") as written:
        for name, content in files.items():
            written.writestr(name, content)
    return path


def jar(**entries: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as written:
        for name, entry in entries.items():
            written.writestr(name, entry)
    return content.getvalue()


def of_groups(change: Callable[[dict[str, dict[str, str]]], object]) -> Callable[[Files], None]:
    def changed(files: Files) -> None:
        groups = {
            group["PropertyGroupId"]: group["PropertyMap"]
            for group in json.loads(files[properties.FILE])
        }
        change(groups)
        listed = [{"PropertyGroupId": name, "PropertyMap": of} for name, of in groups.items()]
        files[properties.FILE] = json.dumps(listed).encode()

    return changed


def wrapped(files: Files) -> None:
    for name in list(files):
        files[f"app/{name}"] = files.pop(name)


def connector(version: str) -> Files:
    """Entry of a jar that says which version of Apache's Kinesis connector is in it."""
    folder = "META-INF/maven/org.apache.flink/flink-connector-kinesis"
    return {f"{folder}/pom.properties": f"version={version}\n".encode()}


FACTORY = {"META-INF/services/org.apache.flink.table.factories.Factory": b"x"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda files: files.pop("main.py"), "python is main.py, and the archive has no such file"),
        (wrapped, "lies in a folder, pack without it"),
        (lambda files: files.update({"main.py": b"def f(:\n"}), "main.py is no Python 3.12"),
        (lambda files: files.update({"main.py": b"import sklearn\n"}), "the package sklearn"),
        (lambda files: files.update({"lib/other.jar": b""}), "There are 2 jars"),
        (lambda files: files.update({archive.JAR: b"x"}), "is no jar"),
        (lambda files: files.update({archive.JAR: jar()}), "Flink finds no connector in it"),
        (
            lambda files: files.update(
                {archive.JAR: jar(**FACTORY, **{"A.class": b"\xca\xfe\xba\xbe\x00\x00\x00\x45"})}
            ),
            "is of Java 25",
        ),
        (
            lambda files: files.update({archive.JAR: jar(**FACTORY, **{"META-INF/A.RSA": b""})}),
            "keeps the signature META-INF/A.RSA",
        ),
        (
            lambda files: files.update({archive.JAR: jar(**FACTORY, **{"org/slf4j/L": b""})}),
            "brings org/slf4j/L",
        ),
        (
            lambda files: files.update({archive.JAR: jar(**FACTORY, **connector("4.3.0-1.19"))}),
            "holds flink-connector-kinesis 4.3.0-1.19, and the runtime FLINK-2_2 has Flink 2.2",
        ),
        (
            lambda files: files.update({archive.JAR: jar(**FACTORY, **connector("1.15.1"))}),
            "holds flink-connector-kinesis 1.15.1",
        ),
        (
            lambda files: files.update({properties.FILE: b"{}"}),
            "There is no property group",
        ),
        (
            lambda files: files.update({properties.FILE: b"[1]"}),
            "no list of property groups",
        ),
        (
            of_groups(lambda groups: groups.pop(properties.RUN_OPTIONS)),
            "There is no property group",
        ),
        (
            of_groups(
                lambda groups: groups[properties.RUN_OPTIONS].update(jarfile="lib/Kinesis.jar")
            ),
            "jarfile is lib/Kinesis.jar",
        ),
        (
            of_groups(lambda groups: groups[properties.RUN_OPTIONS].update(pyModule="main")),
            "has pyModule, which the service does not support",
        ),
        (of_groups(lambda groups: groups["note.parameters"].update(a="")), "has 0 characters"),
        (
            of_groups(lambda groups: groups.update(many={str(n): "x" for n in range(51)})),
            "The group many has 51 properties",
        ),
        (
            of_groups(lambda groups: groups.update({str(n): {"a": "b"} for n in range(50)})),
            "There are 52 property groups",
        ),
    ],
)
def test_what_the_service_would_refuse_is_told(
    files: Files, tmp_path: Path, change: Callable[[Files], object], said: str
) -> None:
    changed = dict(files)
    change(changed)
    with pytest.raises(InputError) as raised:
        layout.read(packed(tmp_path, changed))
    assert said in str(raised.value)


def test_an_archive_that_is_none_is_told(tmp_path: Path) -> None:
    path = tmp_path / "app.zip"
    path.write_bytes(archive.build(NOTE).content[:-100])
    with pytest.raises(InputError, match="is cut off"):
        layout.read(path)
    path.write_bytes(b"PK")
    with pytest.raises(InputError, match="is no zip"):
        layout.read(path)
    with pytest.raises(InputError, match="There is no archive"):
        layout.read(tmp_path / "gone.zip")


def test_the_note_s_own_archive_has_nothing_to_refuse(files: Files, tmp_path: Path) -> None:
    assert layout.read(packed(tmp_path, files)).main == "main.py"


def test_a_connector_of_the_runtime_s_flink_is_taken(files: Files, tmp_path: Path) -> None:
    content = jar(**FACTORY, **connector("6.0.0-2.2"))
    path = packed(tmp_path, {**files, archive.JAR: content})
    assert layout.read(path).jar == archive.JAR
