"""Kinesis: our sender against boto3's put_records, and the local server's cost a record.

Both clients send the same events to the same server in the same run, from
rows in memory to records that are confirmed. Costs are CPU seconds of the one
process, so that another process's load moves them little.
"""

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import cbor2
import numpy as np
import orjson
import polars as pl
import psutil
import urllib3

from helpers.interrupts import Pressed
from local_aws.kinesis.keyspace import even_starts
from local_aws.kinesis.store import Store
from local_aws.kinesis.stream import Settings
from local_aws.tenant import Tenant
from store_simulator.send.client import Client
from store_simulator.send.sender import Sender
from store_simulator.simulate.dead_letters import DeadLetters
from store_simulator.simulate.records import lanes
from store_simulator.simulate.source import Source, find

STREAM = "benchmark"
FRAME = 50_000
BOTO_RECORDS = 50_000
SENT_RECORDS = 300_000


def events(folder: Path) -> pl.DataFrame:
    """Make a frame of a day's events as the generator writes them."""
    path = folder / "events.csv"
    day = ["--from", "2019-10-01", "--to", "2019-10-01", "--rows", str(FRAME * 11 // 10)]
    subprocess.run([sys.executable, "-m", "store_simulator.generate", str(path), *day], check=True)
    source = Source(find(str(path)), DeadLetters(Path(os.devnull)))
    return pl.concat(list(source.frames())).head(FRAME)


def fill(folder: Path, rows: list[dict[str, Any]], held: int) -> None:
    """Write the stream that the server will find when it starts, with the server's own store."""
    store = Store(folder=folder / "state" / "kinesis")
    tenant = Tenant("000000000000", "us-east-1")
    stream = store.create(tenant, STREAM, 4, Settings(mode="ON_DEMAND"))
    entries: list[tuple[bytes, bytes, bytes | None]] = [
        (orjson.dumps(row), str(row["user_id"]).encode(), None) for row in rows
    ]
    for number in range(held // 500):
        start = number * 500 % len(entries)
        store.put(stream, entries[start : start + 500])
    store.close()


def send(frame: pl.DataFrame, records: int, stream: str = STREAM) -> None:
    """Send a frame of events, again and again, with our sender."""
    client = Client()
    sender = Sender(client, stream, 4, Pressed())
    dead = DeadLetters(Path(os.devnull))
    for _ in range(records // len(frame)):
        due = np.zeros(len(frame))
        made = lanes(
            frame,
            due,
            key="user_id",
            offset_s=10,
            count=4,
            starts=even_starts(4),
            max_record_bytes=1 << 20,
            dead=dead,
        )
        while any(len(lane.left) for lane in made):
            for number, lane in enumerate(made):
                if batch := lane.take(0.0):
                    sender.put(number, batch)
    sender.close()
    assert sender.sent == records // len(frame) * len(frame)
    client.close()


def send_with_boto3(rows: list[dict[str, Any]]) -> None:
    """Send the same rows with put_records of 500."""
    kinesis = boto3.client("kinesis")
    for start in range(0, len(rows), 500):
        entries: list[Any] = [
            {"Data": orjson.dumps(row), "PartitionKey": str(row["user_id"])}
            for row in rows[start : start + 500]
        ]
        answer = kinesis.put_records(StreamName=STREAM, Records=entries)
        assert answer["FailedRecordCount"] == 0


def read(loads: Callable[[bytes], Any], dumps: Callable[[Any], bytes], kind: str) -> int:
    """Read the stream from its start to the count of `SENT_RECORDS`; say how many were read."""
    http = urllib3.PoolManager()
    endpoint = os.environ["AWS_ENDPOINT_URL"]

    def call(operation: str, arguments: dict[str, Any]) -> Any:
        headers = {"Content-Type": kind, "X-Amz-Target": f"Kinesis_20131202.{operation}"}
        return loads(http.request("POST", endpoint, dumps(arguments), headers=headers).data)

    count = 0
    for shard in call("ListShards", {"StreamName": STREAM})["Shards"]:
        asked = {"StreamName": STREAM, "ShardId": shard["ShardId"]}
        place = call("GetShardIterator", asked | {"ShardIteratorType": "TRIM_HORIZON"})
        iterator = place["ShardIterator"]
        while count < SENT_RECORDS:
            answer = call("GetRecords", {"ShardIterator": iterator})
            if not answer["Records"]:
                break
            count += len(answer["Records"])
            iterator = answer["NextShardIterator"]
    return count


def cost(work: Callable[[], Any], process: psutil.Process) -> tuple[float, Any]:
    """Run something and say how many CPU seconds a process spent meanwhile."""
    before = process.cpu_times()
    result = work()
    after = process.cpu_times()
    return after.user + after.system - before.user - before.system, result


def main() -> None:
    """Start a server, fill a stream, measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held", type=int, default=2_000_000, help="records already in the stream")
    held = parser.parse_args().held
    own = psutil.Process()
    with tempfile.TemporaryDirectory() as folder:
        frame = events(Path(folder))
        assert len(frame) == FRAME
        rows = frame.drop("row").with_columns(pl.col("event_time").cast(pl.String)).to_dicts()
        # in a process of its own, whose memory is gone afterwards
        filling = multiprocessing.get_context("spawn").Process(
            target=fill, args=(Path(folder), rows, held)
        )
        filling.start()
        filling.join()
        assert filling.exitcode == 0
        command = [sys.executable, "-m", "local_aws", "--port", "0", "--data", folder]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            os.environ["AWS_ENDPOINT_URL"] = server.stdout.readline().split()[1]
            os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
            os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")
            os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")
            kinesis = boto3.client("kinesis")
            kinesis.create_stream(StreamName="empty", StreamModeDetails={"StreamMode": "ON_DEMAND"})
            there = psutil.Process(server.pid)
            empty, _ = cost(lambda: send(frame, SENT_RECORDS, "empty"), there)
            kinesis.delete_stream(StreamName="empty")
            server_in_json, boto3_cost = cost(
                lambda: cost(lambda: send_with_boto3(rows[:BOTO_RECORDS]), own)[0], there
            )
            server_in, sender_cost = cost(
                lambda: cost(lambda: send(frame, SENT_RECORDS), own)[0], there
            )
            out_json, count = cost(
                lambda: read(orjson.loads, orjson.dumps, "application/x-amz-json-1.1"), there
            )
            plain = {1: lambda value, _immutable: value}
            out_cbor, count_cbor = cost(
                lambda: read(
                    lambda body: cbor2.loads(body, semantic_decoders=plain),
                    cbor2.dumps,
                    "application/x-amz-cbor-1.1",
                ),
                there,
            )
            memory = there.memory_info().rss / 2**20
        finally:
            server.terminate()
            server.wait(10)
    sender_rate, boto3_rate = SENT_RECORDS / sender_cost, BOTO_RECORDS / boto3_cost
    print(f"""
| Kinesis client, rows in memory to confirmed records | records per CPU second | ratio |
|---|---:|---:|
| boto3 put_records of 500 | {boto3_rate:,.0f} | 1.0 |
| our sender | {sender_rate:,.0f} | {sender_rate / boto3_rate:.1f} |

| local Kinesis server | records per server CPU second |
|---|---:|
| in, CBOR, stream empty | {SENT_RECORDS / empty:,.0f} |
| in, CBOR, {held:,} records held | {SENT_RECORDS / server_in:,.0f} |
| in, JSON, {held:,} records held | {BOTO_RECORDS / server_in_json:,.0f} |
| out, JSON, {held:,} records held | {count / out_json:,.0f} |
| out, CBOR, {held:,} records held | {count_cbor / out_cbor:,.0f} |

The server holds about {held + SENT_RECORDS + BOTO_RECORDS:,} records in {memory:,.0f} MiB.
""")


if __name__ == "__main__":
    main()
