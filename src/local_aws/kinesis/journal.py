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
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from pathlib import Path

from local_aws.kinesis.shard import Shard
from local_aws.kinesis.stream import Consumer, Settings, Stream
from local_aws.request import Tenant

_BASE = struct.Struct("<Q")
_FRAME = struct.Struct("<QHI")
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

    def append(self, stream: Stream, shard: Shard, records: list[tuple[int, str, bytes]]) -> None:
        """Write accepted records (arrival, key, data) to a shard's log."""
        log = self._logs.get((stream.arn, shard.number))
        if log is None:
            path = self._place(stream) / f"{shard.id}.log"
            if not path.exists():
                _replace(path, [_BASE.pack(shard.tip - len(records))])
            log = self._logs[stream.arn, shard.number] = path.open("ab", buffering=0)
        log.write(b"".join(_frames(records)))

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
        _replace(path, [_BASE.pack(shard.first), *_frames(shard.records())])

    @staticmethod
    def _read(path: Path, shard: Shard) -> None:
        if not path.exists():
            return
        log = path.read_bytes()
        shard.restore(*_BASE.unpack_from(log))
        at = _BASE.size
        while at + _FRAME.size <= len(log):
            arrival, key_size, data_size = _FRAME.unpack_from(log, at)
            middle = at + _FRAME.size + key_size
            if middle + data_size > len(log):
                break
            key = log[middle - key_size : middle].decode()
            shard.append(log[middle : middle + data_size], key, arrival)
            at = middle + data_size
        if at < len(log):
            # A kill in the middle of a write leaves a frame that nobody was told of.
            os.truncate(path, at)


def _frames(records: Iterable[tuple[int, str, bytes]]) -> Iterator[bytes]:
    for arrival, key, data in records:
        name = key.encode()
        yield _FRAME.pack(arrival, len(name), len(data))
        yield name
        yield data


def _replace(path: Path, parts: Iterable[bytes]) -> None:
    """Write a file so that a reader finds the old one or the new one, never half."""
    draft = path.with_suffix(".new")
    with draft.open("wb") as file:
        file.writelines(parts)
    draft.replace(path)
