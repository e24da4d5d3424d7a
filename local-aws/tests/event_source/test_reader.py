"""A mapping that stops: what is at work is finished, and nothing goes on behind its back."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from event_lanes import Clock, data_of, make_stream, put
from local_aws.event_source import mapped
from local_aws.event_source.reader import Around, Reader
from local_aws.event_source.settings import DEFAULTS
from local_aws.event_source.store import Store
from local_aws.functions.function import Function


def test_all_lanes_have_ended_when_a_stopped_mapping_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = {"FunctionName": "f", "FunctionArn": "arn:aws:lambda:us-east-1:0:function:f"}
    record = {"config": config | {"Role": "arn:aws:iam::0:role/r"}}
    found = lambda _: (record, Function(record["config"]))  # type: ignore[arg-type] # noqa: E731
    monkeypatch.setattr(mapped.MappedFunction, "_found", found)
    clock = Clock()
    store, stream = make_stream(clock)
    put(store, stream, [(key, key.encode()) for key in "abcdefgh"])
    begun, goes_on = threading.Semaphore(0), threading.Event()
    at_work: list[str] = []
    ended: list[str] = []

    def execute(_: Any, event: Any) -> dict[str, Any]:
        at_work.extend(data_of(event))
        begun.release()
        goes_on.wait(30)
        ended.extend(data_of(event))
        return {"body": None, "request_id": "r"}

    document = DEFAULTS | {
        "UUID": "uuid",
        "EventSourceArn": stream.arn,
        "FunctionArn": config["FunctionArn"],
        "LastProcessingResult": "",
        "ParallelizationFactor": 3,
        "BatchSize": 1,
    }

    async def run() -> None:
        with ThreadPoolExecutor(8) as executor:
            checkpoints = Store(tmp_path / "checkpoints.db")
            around = Around(
                store, checkpoints, execute, executor, "http://localhost", lambda *_: None
            )
            reader = Reader(around, stream.tenant, document)
            task = asyncio.create_task(reader.run())
            for _ in range(2):
                await asyncio.to_thread(begun.acquire, timeout=30)
            reader.stop()
            await asyncio.sleep(0.1)
            assert not task.done()
            goes_on.set()
            await task
            seen = list(at_work)
            await asyncio.sleep(0.1)
            assert at_work == seen
            assert sorted(seen) == sorted(ended)
            places = checkpoints.checkpoints("uuid", f"{stream.arn}@{stream.created}")
            assert len(places) == 3
            assert not any(place.drained for place in places)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(mapped.invocations, "tell_iterator_age", lambda *_: None)
        asyncio.run(run())
    assert len(ended) < 8
