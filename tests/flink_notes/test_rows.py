"""The end of a result's rows, where the job may have ended first."""

from types import SimpleNamespace

import pyarrow as pa
import pytest
from py4j.protocol import Py4JJavaError

from flink_notes.frames import tuples
from flink_notes.rows import Reader, _zoned


class RefusalError(Py4JJavaError):
    """What Java answers; py4j's own would ask it for its text."""

    def __init__(self, said: str) -> None:
        self.said = said

    def __str__(self) -> str:
        return self.said


@pytest.mark.parametrize(
    ("said", "passes"),
    [
        ("MiniCluster is not yet running or has already been shut down.", True),
        ("Connection refused", False),
    ],
)
def test_a_cluster_that_went_with_its_job_is_no_error(said, passes):
    def refuse() -> None:
        raise RefusalError(said)

    closed = []
    reader = object.__new__(Reader)
    reader._task = SimpleNamespace(cancel=lambda _: None)
    reader._iterator = SimpleNamespace(close=refuse)
    reader._serializer = SimpleNamespace(close=lambda: closed.append(True))
    if passes:
        reader.close()
    else:
        with pytest.raises(RefusalError):
            reader.close()
    assert closed


def test_a_float_stays_as_short_as_it_was_written():
    floats = pa.table({"f": pa.array([1.1, None, float("inf")], pa.float32())})
    assert tuples(floats) == [(1.1,), (None,), (float("inf"),)]


def test_bytes_that_are_no_text_are_shown_as_the_replacement_character():
    raw = pa.array([b"\xffa", None, b"b"], pa.binary())
    text = pa.Array.from_buffers(pa.string(), len(raw), raw.buffers())
    schema = pa.schema([("s", pa.string())])
    table = pa.Table.from_arrays([text], schema=schema)
    assert tuples(_zoned(table, schema)) == [("\ufffda",), (None,), ("b",)]
