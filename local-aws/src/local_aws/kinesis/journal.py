"""Streams on disk: a folder a stream, its settings in JSON, its records in one log a shard.

Every accepted batch is written to the log before it is answered, so a stopped
or killed server loses nothing that it confirmed; only a machine that loses
power does (the log is not flushed to the device). A log shrinks when the
server starts: expired records are left out then.
"""

import io
import json
import os
import shutil
import struct
from array import array
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from local_aws.kinesis.shard import Run, Shard
from local_aws.kinesis.stream import Consumer, Settings, Stream
from local_aws.tenant import Tenant

_BASE = struct.Struct("<Q")
_RUN = struct.Struct("<QII")
"""A run: arrival, number of records, bytes of its keys; then the lengths, keys and data."""
_KEPT = ("number", "start", "end", "created", "parents", "closed")


class Journal:
    """The folder of all streams.

    Parameters
    ----------
    folder : pathlib.Path
        Made where missing; used by one server at a time.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._logs: dict[tuple[str, int], io.FileIO] = {}
        folder.mkdir(parents=True, exist_ok=True)

    def describe(self, stream: Stream) -> None:
        """Write a stream's settings, shards and consumers; call it after each change of them."""
        text = json.dumps(
            {
                "name": stream.name,
                "tenant": asdict(stream.tenant),
                "created": stream.created,
                "settings": asdict(stream.settings),
                "consumers": [asdict(consumer) for consumer in stream.consumers.values()],
                "shards": [
                    {name: getattr(shard, name) for name in _KEPT}
                    for shard in stream.shards.values()
                ],
            }
        )
        folder = self._place(stream)
        folder.mkdir(parents=True, exist_ok=True)
        _replace(folder / "stream.json", [text.encode()])
        for shard in stream.shards.values():
            if shard.closed is not None and (
                log := self._logs.pop((stream.arn, shard.number), None)
            ):
                log.close()

    def append(self, stream: Stream, shard: Shard, run: Run) -> None:
        """Write records that a shard has taken to its log."""
        log = self._logs.get((stream.arn, shard.number))
        if log is None:
            path = self._place(stream) / f"{shard.id}.log"
            if not path.exists():
                _replace(path, [_BASE.pack(shard.tip - len(run.data))])
            log = self._logs[stream.arn, shard.number] = path.open("ab", buffering=0)
        log.write(_packed(run))

    def remove(self, stream: Stream) -> None:
        """Delete a stream's folder."""
        for number in stream.shards:
            if log := self._logs.pop((stream.arn, number), None):
                log.close()
        shutil.rmtree(self._place(stream), ignore_errors=True)

    def close(self) -> None:
        """Close the logs."""
        for log in self._logs.values():
            log.close()
        self._logs.clear()

    def streams(self, now: float) -> Iterator[Stream]:
        """Read every stream back, without what has expired by a time in seconds since 1970."""
        for path in sorted(self._folder.glob("*/*/*/stream.json")):
            said = json.loads(path.read_bytes())
            stream = Stream(
                Tenant(**said["tenant"]),
                said["name"],
                said["created"],
                Settings(**said["settings"]),
            )
            for consumer in said["consumers"]:
                stream.consumers[consumer["name"]] = Consumer(**consumer)
            shards = []
            for kept in said["shards"]:
                closed = kept.pop("closed")
                shard = Shard(**kept | {"parents": tuple(kept["parents"])})
                shard.closed = closed
                self._read(path.with_name(f"{shard.id}.log"), shard)
                shards.append(shard)
            stream.restore(shards)
            firsts = {shard.number: shard.first for shard in shards}
            stream.expire(now)
            for shard in stream.shards.values():
                if shard.first > firsts[shard.number]:
                    self._rewrite(stream, shard)
            yield stream

    def _place(self, stream: Stream) -> Path:
        tenant = stream.tenant
        # The prefix keeps a stream called ".." inside the folder.
        return self._folder / tenant.account / tenant.region / f"stream-{stream.name}"

    def _rewrite(self, stream: Stream, shard: Shard) -> None:
        path = self._place(stream) / f"{shard.id}.log"
        _replace(path, [_BASE.pack(shard.first), *map(_packed, shard.runs())])

    @staticmethod
    def _read(path: Path, shard: Shard) -> None:
        if not path.exists():
            return
        log = path.read_bytes()
        shard.restore(*_BASE.unpack_from(log))
        at = _BASE.size
        while (found := _unpacked(log, at)) is not None:
            run, at = found
            shard.extend(run.data, run.keys, run.arrival)
        if at < len(log):
            # A kill in the middle of a write leaves a run that nobody was told of.
            os.truncate(path, at)


def _packed(run: Run) -> bytes:
    keys = b"".join(run.keys)
    lengths = array("I", map(len, run.keys)), array("I", map(len, run.data))
    head = _RUN.pack(run.arrival, len(run.data), len(keys))
    return b"".join((head, *lengths, keys, *run.data))


def _unpacked(log: bytes, at: int) -> tuple[Run, int] | None:
    """Read the run at a place, and say where the next one begins; None where it is not whole."""
    if at + _RUN.size > len(log):
        return None
    arrival, count, keys_size = _RUN.unpack_from(log, at)
    at += _RUN.size
    lengths = array("I")
    keys_at = at + 2 * count * lengths.itemsize
    if keys_at > len(log):
        return None
    lengths.frombytes(log[at:keys_at])
    data_at = keys_at + keys_size
    stop = data_at + sum(lengths[count:])
    if stop > len(log):
        return None
    keys = _cut(log, keys_at, lengths[:count])
    return Run(arrival, _cut(log, data_at, lengths[count:]), keys), stop


def _cut(log: bytes, start: int, lengths: Iterable[int]) -> list[bytes]:
    return [log[stop - length : stop] for stop, length in _stops(start, lengths)]


def _stops(start: int, lengths: Iterable[int]) -> Iterator[tuple[int, int]]:
    for length in lengths:
        start += length
        yield start, length


def _replace(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file so that a reader finds the old one or the new one, never half."""
    draft = path.with_suffix(".new")
    with draft.open("wb") as file:
        file.writelines(parts)
    draft.replace(path)
