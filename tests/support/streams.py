"""Streams of the local Kinesis as the Flink tests fill and read them."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import boto3
import orjson

PATIENCE_S = 300  # a loaded machine starts a JVM and its planner in three minutes


def client(endpoint: str) -> Any:
    return boto3.client(
        "kinesis",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )


@dataclass(frozen=True)
class Stream:
    """One stream: put, reshard, read."""

    kinesis: Any
    name: str

    @classmethod
    def create(cls, endpoint: str, name: str, shards: int) -> "Stream":
        kinesis = client(endpoint)
        kinesis.create_stream(StreamName=name, ShardCount=shards)
        kinesis.get_waiter("stream_exists").wait(StreamName=name, WaiterConfig={"Delay": 1})
        return cls(kinesis, name)

    @property
    def arn(self) -> str:
        return f"arn:aws:kinesis:us-east-1:000000000000:stream/{self.name}"

    def shards(self) -> list[dict[str, Any]]:
        return list(self.kinesis.list_shards(StreamName=self.name)["Shards"])

    def open_shards(self) -> list[dict[str, Any]]:
        return [s for s in self.shards() if "EndingSequenceNumber" not in s["SequenceNumberRange"]]

    def put(self, records: Iterable[tuple[bytes, str, int | None]]) -> None:
        """Send (data, key, index of an open shard or None for the key's own)."""
        shards = self.open_shards()
        entries = []
        for data, key, shard in records:
            entry = {"Data": data, "PartitionKey": key}
            if shard is not None:
                entry["ExplicitHashKey"] = shards[shard]["HashKeyRange"]["StartingHashKey"]
            entries.append(entry)
        deadline = time.monotonic() + PATIENCE_S
        while entries:
            assert time.monotonic() < deadline, "the stream takes no more records"
            batch, entries = entries[:500], entries[500:]
            answers = self.kinesis.put_records(StreamName=self.name, Records=batch)["Records"]
            pairs = zip(batch, answers, strict=True)
            rejected = [entry for entry, answer in pairs if "ErrorCode" in answer]
            if rejected:
                time.sleep(0.1)
            entries = rejected + entries

    def put_events(self, events: Iterable[dict[str, Any]], shard: int | None = None) -> None:
        self.put((orjson.dumps(event), str(event["user_id"]), shard) for event in events)

    def end_event_time(self, at: str) -> None:
        """One event far ahead in every open shard, so that all windows before close."""
        for shard in range(len(self.open_shards())):
            self.put_events([{"user_id": -1, "txn": at}], shard)

    def read(self, enough: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """All records in the stream, as soon as they are enough; with Data, PartitionKey, …"""
        deadline = time.monotonic() + PATIENCE_S
        iterators = {}
        records: list[dict[str, Any]] = []
        for shard in self.shards():
            iterators[shard["ShardId"]] = self.kinesis.get_shard_iterator(
                StreamName=self.name, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
            )["ShardIterator"]
        while not enough(records):
            assert time.monotonic() < deadline, (
                f"{self.name}: {len(records)} records are not enough, the last {records[-3:]}"
            )
            for shard_id, iterator in iterators.items():
                if iterator is None:
                    continue
                try:
                    answer = self.kinesis.get_records(ShardIterator=iterator)
                except self.kinesis.exceptions.ProvisionedThroughputExceededException:
                    continue
                records += answer["Records"]
                iterators[shard_id] = answer.get("NextShardIterator")
            time.sleep(0.25)
        return records

    def read_rows(self, enough: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        def rows(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
            return [orjson.loads(record["Data"]) for record in records]

        return rows(self.read(lambda records: enough(rows(records))))
