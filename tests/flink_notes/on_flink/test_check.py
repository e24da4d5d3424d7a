"""An archive as Flink would run it: planned in a process of its own, or refused with its cell."""

import io
import json
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from flink_notes.application import archive
from flink_notes.application.check import Planned, check
from helpers.errors import InputError
from helpers.paths import PROJECT
from helpers.stream_app import properties

NOTE = PROJECT / "flink_notebooks/01_bot_detection.ipynb"
ARN = "arn:aws:kinesis:us-east-1:000000000000:stream"
COMPUTED = {
    **{name: f"{ARN}/{name}" for name in ("stream_1_arn", "stream_2_arn", "dead_letter_arn")},
    "region": "us-east-1",
    "start_s": "1764409000.000",
}


def as_it_is(files: dict[str, str]) -> None:
    pass


def without_a_group(files: dict[str, str]) -> None:
    listed = json.loads(files[properties.FILE])
    kept = [each for each in listed if each["PropertyGroupId"] != "note.computed"]
    files[properties.FILE] = json.dumps(kept)


def waiting(files: dict[str, str]) -> None:
    files["main.py"] += "submitted.wait()\n"


def twice(files: dict[str, str]) -> None:
    files["main.py"] += "job.execute()\n"


def misspelt(files: dict[str, str]) -> None:
    files["main.py"] = files["main.py"].replace("FROM tumbling", "FROM tumblin")


CHANGES = [as_it_is, without_a_group, waiting, twice, misspelt]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Planned | str]:
    """What `check` says of each change to the note's archive: plans, or why there is none."""
    folder = tmp_path_factory.mktemp("archives")
    with zipfile.ZipFile(io.BytesIO(archive.build(NOTE, COMPUTED).content)) as packed:
        jar = packed.read(archive.JAR)
        texts = {name: packed.read(name).decode() for name in ("main.py", properties.FILE)}

    def answer(change: Callable[[dict[str, str]], None]) -> Planned | str:
        files = dict(texts)
        change(files)
        path = folder / f"{change.__name__}.zip"
        with zipfile.ZipFile(path, "w") as written:
            for name, text in {**files, archive.JAR: jar}.items():
                written.writestr(name, text)
        try:
            return check(path)
        except InputError as error:
            return str(error)

    with ThreadPoolExecutor(2) as pool:
        found = pool.map(answer, CHANGES)
        return {change.__name__: said for change, said in zip(CHANGES, found, strict=True)}


def test_the_note_s_archive_is_planned_with_its_ids_and_key_groups(
    answers: dict[str, Planned | str],
) -> None:
    planned = answers["as_it_is"]
    assert isinstance(planned, Planned), planned
    assert sum("dynamicTableSink" in node for node in planned.plan["nodes"]) == 3
    assert planned.options["pipeline.max-parallelism"] == "1024"
    assert planned.options["table.exec.uid.generation"] == "ALWAYS"
    assert planned.options["table.exec.state.ttl"] == "620 s"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("without_a_group", "There is no property group note.computed"),
        ("waiting", "it waits for its job, which the service refuses"),
        ("twice", "it submits a second job"),
        ("misspelt", "Cell 19 of the note: Object 'tumblin' not found"),
    ],
)
def test_what_would_end_on_the_service_is_told_before(
    answers: dict[str, Planned | str], change: str, said: str
) -> None:
    assert said in str(answers[change])
