"""Kinesis of the local AWS over HTTP: boto3, CBOR, and ministack's services that read streams."""

import asyncio
import base64
import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import uuid
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
import cbor2
import h2.connection
import h2.events
import hyperframe.frame
import pytest
import urllib3
from botocore.exceptions import ClientError

from by_hand import unsigned_root
from local_aws.kinesis.service import KinesisService
from local_aws.kinesis.store import Store
from local_aws.kinesis.stream import Settings
from local_aws.tenant import Tenant

pytestmark = pytest.mark.server  # it starts servers of its own

TRIM_HORIZON = "TRIM_HORIZON"
TENANT = Tenant("000000000000", "us-east-1")


class Clock:
    def __init__(self, now: float) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def kinesis(aws_env: str) -> Any:
    return boto3.client("kinesis")


@pytest.fixture
def stream(kinesis) -> Iterator[str]:
    name = f"test-{uuid.uuid4()}"
    kinesis.create_stream(StreamName=name, ShardCount=2)
    yield name
    kinesis.delete_stream(StreamName=name, EnforceConsumerDeletion=True)


def read_shard(kinesis, stream: str, shard: str, **start: Any) -> list[dict[str, Any]]:
    start.setdefault("ShardIteratorType", TRIM_HORIZON)
    answer = kinesis.get_shard_iterator(StreamName=stream, ShardId=shard, **start)
    iterator = answer["ShardIterator"]
    records = []
    while iterator:
        answer = kinesis.get_records(ShardIterator=iterator)
        records += answer["Records"]
        iterator = answer.get("NextShardIterator")
        if not answer["Records"] and not answer["MillisBehindLatest"]:
            break
    return records


def read_all(kinesis, stream: str) -> dict[str, list[dict[str, Any]]]:
    shards = kinesis.list_shards(StreamName=stream)["Shards"]
    return {s["ShardId"]: read_shard(kinesis, stream, s["ShardId"]) for s in shards}


def refused(call, **arguments: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def test_on_demand_stream_has_four_equal_shards_and_is_active_at_once(kinesis):
    name = f"test-{uuid.uuid4()}"
    kinesis.create_stream(StreamName=name, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    said = kinesis.describe_stream(StreamName=name)["StreamDescription"]
    assert said["StreamStatus"] == "ACTIVE"
    starts = [int(shard["HashKeyRange"]["StartingHashKey"]) for shard in said["Shards"]]
    assert starts == [0, 2**126, 2**127, 3 * 2**126]
    assert (
        refused(
            kinesis.update_shard_count,
            StreamName=name,
            TargetShardCount=2,
            ScalingType="UNIFORM_SCALING",
        )[0]
        == "ValidationException"
    )
    kinesis.delete_stream(StreamARN=said["StreamARN"])
    assert refused(kinesis.describe_stream, StreamName=name)[0] == "ResourceNotFoundException"


def test_records_come_back_in_order_with_their_bytes_keys_and_times(kinesis, stream):
    before = datetime.now(UTC) - timedelta(milliseconds=2)
    entries = [
        {"Data": bytes([number % 256]) * number, "PartitionKey": f"schlüssel {number % 7}"}
        for number in range(500)
    ]
    answer = kinesis.put_records(StreamName=stream, Records=entries)
    assert answer["FailedRecordCount"] == 0
    single = kinesis.put_record(StreamName=stream, Data=b"last", PartitionKey="schlüssel 0")
    placed = [(r["ShardId"], r["SequenceNumber"]) for r in answer["Records"]]
    placed.append((single["ShardId"], single["SequenceNumber"]))
    sent = [(e["PartitionKey"], e["Data"]) for e in entries] + [("schlüssel 0", b"last")]
    read = read_all(kinesis, stream)
    for shard, records in read.items():
        wanted = [
            (number, *said)
            for (where, number), said in zip(placed, sent, strict=True)
            if where == shard
        ]
        assert [(r["SequenceNumber"], r["PartitionKey"], r["Data"]) for r in records] == wanted
        numbers = [int(r["SequenceNumber"]) for r in records]
        assert numbers == sorted(set(numbers))
        for record in records:
            assert before <= record["ApproximateArrivalTimestamp"] <= datetime.now(UTC)
    assert sum(map(len, read.values())) == 501


def test_every_kind_of_iterator_starts_where_it_says(kinesis, stream):
    shard = "shardId-000000000000"

    def put(data: bytes) -> str:
        return kinesis.put_record(
            StreamName=stream, Data=data, PartitionKey="k", ExplicitHashKey="0"
        )["SequenceNumber"]

    numbers = [put(b"0"), put(b"1")]
    time.sleep(1.1)
    # botocore cuts a time in a JSON request to whole seconds
    middle = datetime.now(UTC).replace(microsecond=0)
    numbers += [put(b"2"), put(b"3")]

    def data(kind: str, **start: Any) -> bytes:
        records = read_shard(kinesis, stream, shard, ShardIteratorType=kind, **start)
        return b"".join(record["Data"] for record in records)

    assert data(TRIM_HORIZON) == b"0123"
    assert data("LATEST") == b""
    assert data("AT_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1]) == b"123"
    assert data("AFTER_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[1]) == b"23"
    assert data("AT_TIMESTAMP", Timestamp=middle) == b"23"
    assert data("AT_TIMESTAMP", Timestamp=datetime(2020, 1, 1, tzinfo=UTC)) == b"0123"
    ask = kinesis.get_shard_iterator
    here = {"StreamName": stream, "ShardId": shard}
    for kind, start, words in (
        ("LATEST", {"StartingSequenceNumber": numbers[0]}, "also a StartingSequenceNumber"),
        ("AT_SEQUENCE_NUMBER", {}, "and no StartingSequenceNumber"),
        ("AT_SEQUENCE_NUMBER", {"StartingSequenceNumber": "7"}, "is invalid"),
        ("AT_TIMESTAMP", {}, "Must specify timestampInMillis"),
        ("AT_TIMESTAMP", {"Timestamp": datetime(2100, 1, 1, tzinfo=UTC)}, "cannot be greater"),
    ):
        code, message = refused(ask, **here, ShardIteratorType=kind, **start)
        assert code == "InvalidArgumentException"
        assert words in message
    other = {"StreamName": stream, "ShardId": "shardId-000000000001"}
    code, message = refused(
        ask, **other, ShardIteratorType="AT_SEQUENCE_NUMBER", StartingSequenceNumber=numbers[0]
    )
    assert "It encodes shardId-000000000000" in message
    assert refused(ask, **here | {"ShardId": "shardId-9"}, ShardIteratorType="LATEST")[0] == (
        "ResourceNotFoundException"
    )
    iterator = ask(**here, ShardIteratorType="LATEST")["ShardIterator"]
    another = "arn:aws:kinesis:us-east-1:000000000000:stream/another"
    code, message = refused(kinesis.get_records, ShardIterator=iterator, StreamARN=another)
    assert (code, another in message) == ("InvalidArgumentException", True)


def test_parents_stay_readable_and_name_their_children(kinesis, stream):
    def put(part: bytes) -> None:
        entries = [{"Data": part, "PartitionKey": str(number)} for number in range(100)]
        assert kinesis.put_records(StreamName=stream, Records=entries)["FailedRecordCount"] == 0

    put(b"a")
    kinesis.split_shard(
        StreamName=stream, ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**125)
    )
    put(b"b")
    kinesis.merge_shards(
        StreamName=stream,
        ShardToMerge="shardId-000000000003",
        AdjacentShardToMerge="shardId-000000000001",
    )
    put(b"c")
    scaled = kinesis.update_shard_count(
        StreamName=stream, TargetShardCount=3, ScalingType="UNIFORM_SCALING"
    )
    assert (scaled["CurrentShardCount"], scaled["TargetShardCount"]) == (2, 3)
    put(b"d")
    read = read_all(kinesis, stream)
    assert sum(len(records) for records in read.values()) == 400
    shards = {s["ShardId"]: s for s in kinesis.list_shards(StreamName=stream)["Shards"]}
    assert shards["shardId-000000000004"]["ParentShardId"] == "shardId-000000000003"
    assert shards["shardId-000000000004"]["AdjacentParentShardId"] == "shardId-000000000001"
    for shard, records in read.items():
        said = shards[shard]["SequenceNumberRange"]
        for record in records:
            number = int(record["SequenceNumber"])
            assert int(said["StartingSequenceNumber"]) < number
            assert number < int(said.get("EndingSequenceNumber", "9" * 57))
    iterator = kinesis.get_shard_iterator(
        StreamName=stream, ShardId="shardId-000000000000", ShardIteratorType=TRIM_HORIZON
    )["ShardIterator"]
    end = kinesis.get_records(ShardIterator=iterator)
    assert "NextShardIterator" not in end
    children = {child["ShardId"]: child["ParentShards"] for child in end["ChildShards"]}
    assert children == {
        "shardId-000000000002": ["shardId-000000000000"],
        "shardId-000000000003": ["shardId-000000000000"],
    }
    latest = kinesis.list_shards(StreamName=stream, ShardFilter={"Type": "AT_LATEST"})["Shards"]
    assert len(latest) == 3
    first = kinesis.list_shards(StreamName=stream, ShardFilter={"Type": "AT_TRIM_HORIZON"})
    assert [s["ShardId"][-1] for s in first["Shards"]] == ["0", "1"]


def test_shards_are_listed_in_pages(kinesis, stream):
    pages = []
    answer = kinesis.list_shards(StreamName=stream, MaxResults=1)
    pages.append(answer["Shards"])
    answer = kinesis.list_shards(NextToken=answer["NextToken"], MaxResults=1)
    pages.append(answer["Shards"])
    assert [[s["ShardId"] for s in page] for page in pages] == [
        ["shardId-000000000000"],
        ["shardId-000000000001"],
    ]
    assert "NextToken" not in answer
    assert refused(kinesis.list_shards, NextToken="bm9uZQ==")[0] == "InvalidArgumentException"


def test_one_record_may_have_a_mebibyte_with_its_key_and_a_request_ten(kinesis, stream):
    put = kinesis.put_records
    largest = {"Data": b"x" * (2**20 - 1), "PartitionKey": "k"}
    assert put(StreamName=stream, Records=[largest] * 10)["FailedRecordCount"] == 0
    code, message = refused(
        put, StreamName=stream, Records=[largest] * 10 + [{"Data": b"x" * 11, "PartitionKey": "k"}]
    )
    assert (code, message) == ("InvalidArgumentException", "Records size exceeds 10 MB limit")
    larger = {"Data": b"x" * 2**20, "PartitionKey": "k"}
    for call, given, place in (
        (put, {"Records": [{"Data": b"", "PartitionKey": "k"}, larger]}, "records.2.member.data"),
        (kinesis.put_record, larger, "data"),
    ):
        code, message = refused(call, StreamName=stream, **given)
        assert code == "ValidationException"
        assert message.startswith(f"1 validation error detected: Value at '{place}' failed")
    arn = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
    kinesis.update_max_record_size(StreamARN=arn["StreamARN"], MaxRecordSizeInKiB=2048)
    assert put(StreamName=stream, Records=[larger])["FailedRecordCount"] == 0


def test_put_records_from_eight_threads_loses_nothing_and_keeps_each_keys_order(kinesis, stream):
    def put(thread: int) -> None:
        for number in range(20):
            entries = [
                {"Data": f"{number * 20 + at}".encode(), "PartitionKey": f"{thread}-{at % 3}"}
                for at in range(20)
            ]
            assert kinesis.put_records(StreamName=stream, Records=entries)["FailedRecordCount"] == 0

    threads = [threading.Thread(target=put, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seen: dict[str, list[int]] = {}
    for records in read_all(kinesis, stream).values():
        for record in records:
            seen.setdefault(record["PartitionKey"], []).append(int(record["Data"]))
    assert len(seen) == 24
    for key, numbers in seen.items():
        wanted = [n for n in range(400) if n % 20 % 3 == int(key[-1])]
        assert numbers == wanted, key


def test_cbor_carries_bytes_and_milliseconds(aws_env, kinesis, stream):
    http = urllib3.PoolManager()
    credential = "test/20261122/us-east-1/kinesis/aws4_request"

    def call(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        answer = http.request(
            "POST",
            aws_env,
            body=cbor2.dumps(arguments),
            headers={
                "Content-Type": "application/x-amz-cbor-1.1",
                "X-Amz-Target": f"Kinesis_20131202.{operation}",
                "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}",
            },
        )
        assert answer.headers["Content-Type"] == "application/x-amz-cbor-1.1"
        # tag 1 holds milliseconds here, which is why it must not be read as RFC 8949 has it
        plain = {1: lambda value, _immutable: value}
        return cbor2.loads(answer.data, semantic_decoders=plain) if answer.data else {}

    entries = [{"Data": b"\x00\xff", "PartitionKey": "k", "ExplicitHashKey": "0"}]
    answer = call("PutRecords", {"StreamName": stream, "Records": entries})
    assert answer["FailedRecordCount"] == 0
    now = time.time() * 1000
    shard = {"StreamName": stream, "ShardId": "shardId-000000000000"}
    at = {"ShardIteratorType": "AT_TIMESTAMP", "Timestamp": cbor2.CBORTag(1, int(now) - 60_000)}
    record = call("GetRecords", call("GetShardIterator", shard | at))["Records"][0]
    assert record["Data"] == b"\x00\xff"
    placed = {"SequenceNumber": record["SequenceNumber"], "ShardId": shard["ShardId"]}
    assert answer["Records"] == [placed]
    assert abs(record["ApproximateArrivalTimestamp"] - now) < 60_000
    created = call("DescribeStreamSummary", {"StreamName": stream})["StreamDescriptionSummary"]
    assert abs(created["StreamCreationTimestamp"] - now) < 600_000
    error = call("GetRecords", {"ShardIterator": "none"})
    assert error["__type"] == "InvalidArgumentException"
    assert read_shard(kinesis, stream, shard["ShardId"])[0]["Data"] == b"\x00\xff"


@pytest.mark.parametrize(
    ("operation", "body", "code"),
    [
        (
            "DescribeStream",
            b'{"StreamARN":"arn:aws:kinesis:eu-west-1:000000000000:stream/s"}',
            "InvalidArgumentException",
        ),
        ("PutRecord", b"{", "SerializationException"),
        ("PutRecord", b"[]", "SerializationException"),
        (
            "PutRecord",
            b'{"StreamName":"s","Data":"%","PartitionKey":""}',
            "SerializationException",
        ),
        ("PutRecord", b'{"StreamName":"s","Data":7,"PartitionKey":"k"}', "SerializationException"),
        ("PutRecord", b'{"StreamName":7,"Data":"","PartitionKey":"k"}', "SerializationException"),
        ("PutRecord", b'{"StreamName":"s","Data":"","PartitionKey":""}', "ValidationException"),
        ("PutRecords", b'{"StreamName":"s","Records":[]}', "ValidationException"),
        ("PutRecords", b'{"StreamName":"s","Records":[{"Data":""}]}', "ValidationException"),
        ("PutRecords", b'{"StreamName":"s","Records":[7]}', "SerializationException"),
        ("PutRecords", b'{"Records":[{"Data":"","PartitionKey":"k"}]}', "InvalidArgumentException"),
        ("GetRecords", b"{}", "ValidationException"),
        ("GetRecords", b'{"ShardIterator":"AAAAAAAAAAA="}', "InvalidArgumentException"),
        (
            "PutRecords",
            b'{"Records":[' + b",".join([b'{"Data":"","PartitionKey":"k"}'] * 501) + b"]}",
            "ValidationException",
        ),
        ("CreateStream", b'{"StreamName":"a b","ShardCount":0}', "ValidationException"),
        ("CreateStream", b'{"StreamName":"no-count"}', "ValidationException"),
        ("CreateChannel", b"{}", "NotImplementedException"),
        ("DropStream", b"{}", "UnknownOperationException"),
    ],
)
def test_what_is_wrong_is_refused_with_kinesis_own_error(aws_env, operation, body, code):
    headers = {
        "Content-Type": "application/x-amz-json-1.1",
        "X-Amz-Target": f"Kinesis_20131202.{operation}",
        **unsigned_root("kinesis"),
    }
    answer = urllib3.request("POST", aws_env, body=body, headers=headers)
    assert answer.status == (501 if code == "NotImplementedException" else 400)
    said = json.loads(answer.data)
    assert said["__type"] == code
    assert 0 < len(said["message"]) < 1000


def test_settings_of_a_stream(kinesis, stream):
    kinesis.increase_stream_retention_period(StreamName=stream, RetentionPeriodHours=48)
    for hours, change in (
        (24, kinesis.increase_stream_retention_period),
        (72, kinesis.decrease_stream_retention_period),
        (23, kinesis.decrease_stream_retention_period),
        (8761, kinesis.increase_stream_retention_period),
    ):
        code = refused(change, StreamName=stream, RetentionPeriodHours=hours)[0]
        assert code == "InvalidArgumentException"
    kinesis.decrease_stream_retention_period(StreamName=stream, RetentionPeriodHours=24)
    kinesis.add_tags_to_stream(StreamName=stream, Tags={"a": "1", "b": "2"})
    said = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
    arn = said["StreamARN"]
    kinesis.tag_resource(ResourceARN=arn, Tags={"c": "3"})
    kinesis.untag_resource(ResourceARN=arn, TagKeys=["a"])
    kinesis.remove_tags_from_stream(StreamName=stream, TagKeys=["b", "none"])
    assert kinesis.list_tags_for_stream(StreamName=stream)["Tags"] == [{"Key": "c", "Value": "3"}]
    assert kinesis.list_tags_for_resource(ResourceARN=arn)["Tags"][0]["Key"] == "c"
    answer = kinesis.enable_enhanced_monitoring(StreamName=stream, ShardLevelMetrics=["ALL"])
    assert len(answer["DesiredShardLevelMetrics"]) == 7
    answer = kinesis.disable_enhanced_monitoring(
        StreamName=stream, ShardLevelMetrics=["IncomingBytes"]
    )
    assert len(answer["DesiredShardLevelMetrics"]) == 6
    kinesis.start_stream_encryption(StreamName=stream, EncryptionType="KMS", KeyId="alias/k")
    assert kinesis.describe_stream(StreamName=stream)["StreamDescription"]["KeyId"] == "alias/k"
    kinesis.stop_stream_encryption(StreamName=stream, EncryptionType="KMS", KeyId="alias/k")
    kinesis.update_stream_mode(StreamARN=arn, StreamModeDetails={"StreamMode": "ON_DEMAND"})
    assert kinesis.describe_limits()["OnDemandStreamCount"] >= 1
    settings = kinesis.describe_account_settings()["MinimumThroughputBillingCommitment"]
    assert settings["Status"] == "DISABLED"
    names = [
        name
        for page in kinesis.get_paginator("list_streams").paginate(PaginationConfig={"PageSize": 1})
        for name in page["StreamNames"]
    ]
    assert stream in names
    assert names == sorted(set(names))


def test_streams_of_two_accounts_and_regions_are_apart(aws_env, kinesis, stream):
    for tenant in (
        {"aws_access_key_id": "111122223333", "aws_secret_access_key": "x"},
        {"region_name": "eu-west-1"},
    ):
        other = boto3.client("kinesis", **tenant)
        assert refused(other.describe_stream, StreamName=stream)[0] == "ResourceNotFoundException"


def test_consumer_gets_what_arrives_pushed(kinesis, stream):
    arn = kinesis.describe_stream(StreamName=stream)["StreamDescription"]["StreamARN"]
    registered = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]
    code = refused(kinesis.register_stream_consumer, StreamARN=arn, ConsumerName="c")[0]
    assert code == "ResourceInUseException"
    listed = kinesis.list_stream_consumers(StreamARN=arn)["Consumers"]
    assert [consumer["ConsumerName"] for consumer in listed] == ["c"]
    ask = {"ConsumerARN": registered["ConsumerARN"], "ShardId": "shardId-000000000000"}
    start = {"StartingPosition": {"Type": "LATEST"}}
    events = kinesis.subscribe_to_shard(**ask, **start)["EventStream"]
    assert refused(kinesis.subscribe_to_shard, **ask, **start)[0] == "ResourceInUseException"
    kinesis.put_record(StreamName=stream, Data=b"x", PartitionKey="k", ExplicitHashKey="0")
    kinesis.split_shard(
        StreamName=stream, ShardToSplit="shardId-000000000000", NewStartingHashKey=str(2**125)
    )
    seen, children = [], []
    for event in events:
        said = event["SubscribeToShardEvent"]
        seen += [record["Data"] for record in said["Records"]]
        children += said.get("ChildShards", [])
        # the Kinesis Client Library needs exactly one of the two
        assert ("ContinuationSequenceNumber" in said) != ("ChildShards" in said)
    assert seen == [b"x"]
    assert len(children) == 2
    kinesis.deregister_stream_consumer(StreamARN=arn, ConsumerName="c")
    code = refused(kinesis.describe_stream_consumer, StreamARN=arn, ConsumerName="c")[0]
    assert code == "ResourceNotFoundException"


@pytest.mark.parametrize("resumed", ["AT_SEQUENCE_NUMBER", "AFTER_SEQUENCE_NUMBER"])
@pytest.mark.parametrize(
    ("kind", "left"), [("LATEST", [b"new"]), ("TRIM_HORIZON", [b"old", b"old", b"new"])]
)
def test_a_subscription_says_where_it_stands_before_its_first_record(kind, left, resumed):
    clock = Clock(1_795_000_000.0)
    store = Store(clock=clock)
    stream = store.create(TENANT, f"{kind}-{resumed}", 1, Settings())
    call = KinesisService.call
    consumer = call(
        store, TENANT, "RegisterStreamConsumer", {"StreamARN": stream.arn, "ConsumerName": "c"}
    )["Consumer"]["ConsumerARN"]

    def subscribe(start: dict[str, Any]) -> Any:
        clock.now += 10  # an idle subscription has an event every five seconds
        asked = {"ConsumerARN": consumer, "ShardId": "shardId-000000000000"}
        return call(store, TENANT, "SubscribeToShard", asked | {"StartingPosition": start})

    async def first(events: Any) -> dict[str, Any]:
        async for event in events:
            if event.name == "SubscribeToShardEvent":
                return event.payload
            clock.now += 10
        raise AssertionError("no event")

    if kind == "LATEST":
        store.put(stream, [(b"old", b"k", None)] * 2)
    stands = asyncio.run(first(subscribe({"Type": kind})))
    assert stands["Records"] == []
    if kind == "TRIM_HORIZON":
        store.put(stream, [(b"old", b"k", None)] * 2)
    store.put(stream, [(b"new", b"k", None)])
    place = {"Type": resumed, "SequenceNumber": stands["ContinuationSequenceNumber"]}
    after = asyncio.run(first(subscribe(place)))
    assert [record["Data"] for record in after["Records"]] == left


def test_streams_of_a_retired_http2_connection_go_on(aws_env, kinesis, stream):
    arn = kinesis.describe_stream(StreamName=stream)["StreamDescription"]["StreamARN"]
    consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="h")["Consumer"]
    asked = {
        "ConsumerARN": consumer["ConsumerARN"],
        "ShardId": "shardId-000000000000",
        "StartingPosition": {"Type": "LATEST"},
    }
    address = urllib.parse.urlsplit(aws_env)
    client = h2.connection.H2Connection()
    client.initiate_connection()
    with socket.create_connection((address.hostname, address.port), timeout=20) as wire:
        body = json.dumps(asked).encode()
        target = "Kinesis_20131202.SubscribeToShard"
        head = {":method": "POST", ":path": "/", ":scheme": "http", ":authority": address.netloc}
        head |= {"x-amz-target": target, "content-type": "application/x-amz-json-1.1"}
        head |= {name.lower(): value for name, value in unsigned_root("kinesis").items()}
        client.send_headers(1, list(head.items()))
        client.send_data(1, body, end_stream=True)
        wire.sendall(client.data_to_send())
        answer = b""
        while b"initial-response" not in answer:
            answer += received(client, wire)
        # a graceful GOAWAY: the server may open no stream, and this one goes on
        wire.sendall(hyperframe.frame.GoAwayFrame(0, last_stream_id=0, error_code=0).serialize())
        time.sleep(0.2)
        kinesis.put_record(StreamName=stream, Data=b"late", PartitionKey="k", ExplicitHashKey="0")
        while base64.b64encode(b"late") not in answer:
            answer += received(client, wire)


def received(client: h2.connection.H2Connection, wire: socket.socket) -> bytes:
    data = wire.recv(65536)
    assert data, "the server closed the connection"
    events = client.receive_data(data)
    wire.sendall(client.data_to_send())
    return b"".join(each.data for each in events if isinstance(each, h2.events.DataReceived))


def test_cloudformation_makes_changes_and_deletes_our_stream(aws_env, kinesis):
    name = f"test-{uuid.uuid4()}"
    cloudformation = boto3.client("cloudformation")

    def template(hours: int) -> str:
        properties = {
            "Name": name,
            "RetentionPeriodHours": hours,
            "StreamModeDetails": {"StreamMode": "ON_DEMAND"},
            "Tags": [{"Key": "a", "Value": "b"}],
        }
        resource = {"Type": "AWS::Kinesis::Stream", "Properties": properties}
        output = {"Value": {"Fn::GetAtt": ["Stream", "Arn"]}}
        return json.dumps({"Resources": {"Stream": resource}, "Outputs": {"Arn": output}})

    cloudformation.create_stack(StackName=name, TemplateBody=template(24))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1}
    )
    output = cloudformation.describe_stacks(StackName=name)["Stacks"][0]["Outputs"][0]
    said = kinesis.describe_stream(StreamName=name)["StreamDescription"]
    assert said["StreamARN"] == output["OutputValue"]
    assert len(said["Shards"]) == 4
    kinesis.put_record(StreamName=name, Data=b"kept", PartitionKey="k")
    cloudformation.update_stack(StackName=name, TemplateBody=template(48))
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1}
    )
    said = kinesis.describe_stream(StreamName=name)["StreamDescription"]
    assert said["RetentionPeriodHours"] == 48
    assert sum(map(len, read_all(kinesis, name).values())) == 1
    assert {"Key": "a", "Value": "b"} in kinesis.list_tags_for_stream(StreamName=name)["Tags"]
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1}
    )
    assert refused(kinesis.describe_stream, StreamName=name)[0] == "ResourceNotFoundException"


def test_lambda_reads_our_stream_through_an_event_source_mapping(aws_env, kinesis, stream):
    code = """
import base64, json, os, urllib.request
def handler(event, context):
    import boto3
    for record in event["Records"]:
        data = base64.b64decode(record["kinesis"]["data"])
        boto3.client("sqs").send_message(
            QueueUrl=os.environ["QUEUE"], MessageBody=data.decode())
"""
    queue = boto3.client("sqs").create_queue(QueueName=f"q-{uuid.uuid4()}")["QueueUrl"]
    package = io.BytesIO()
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("main.py", code)
    functions = boto3.client("lambda")
    name = f"f-{uuid.uuid4()}"
    roles = boto3.client("iam")
    trust = {"Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    may = {"Action": ["kinesis:*", "sqs:SendMessage"], "Resource": "*"}
    role = roles.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": {"Effect": "Allow", **trust}}
        ),
    )["Role"]["Arn"]
    roles.put_role_policy(
        RoleName=name,
        PolicyName="own",
        PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": {"Effect": "Allow", **may}}
        ),
    )
    functions.create_function(
        FunctionName=name,
        Runtime="python3.11",
        Role=role,
        Handler="main.handler",
        Code={"ZipFile": package.getvalue()},
        Timeout=30,
        Environment={"Variables": {"QUEUE": queue}},
    )
    arn = kinesis.describe_stream(StreamName=stream)["StreamDescription"]["StreamARN"]
    kinesis.put_record(StreamName=stream, Data=b"one", PartitionKey="k")
    mapping = functions.create_event_source_mapping(
        FunctionName=name, EventSourceArn=arn, StartingPosition=TRIM_HORIZON
    )["UUID"]
    kinesis.put_record(StreamName=stream, Data=b"two", PartitionKey="k")
    got: list[str] = []
    deadline = time.monotonic() + 60
    while len(got) < 2 and time.monotonic() < deadline:
        answer = boto3.client("sqs").receive_message(
            QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=2
        )
        for message in answer.get("Messages", []):
            got.append(message["Body"])
            boto3.client("sqs").delete_message(
                QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"]
            )
    functions.delete_event_source_mapping(UUID=mapping)
    assert sorted(got) == ["one", "two"]


def test_killed_server_keeps_streams_and_records(tmp_path: Path):
    command = [sys.executable, "-m", "local_aws", "--port", "0", "--data", str(tmp_path)]
    settings = {"LOCAL_KINESIS_ITERATOR_SECONDS": "0", "LOCAL_KINESIS_THROTTLE": "1"}
    read = []
    for start in range(2):
        server = subprocess.Popen(
            command, stdout=subprocess.PIPE, text=True, env=os.environ | settings
        )
        try:
            endpoint = server.stdout.readline().split()[1]  # type: ignore[union-attr]
            kinesis = boto3.client(
                "kinesis",
                endpoint_url=endpoint,
                region_name="us-east-1",
                aws_access_key_id="test",
                aws_secret_access_key="test",
            )
            if start == 0:
                kinesis.create_stream(StreamName="s", ShardCount=1)
                entries = [{"Data": b"x" * 100_000, "PartitionKey": "k"}] * 100
                answer = kinesis.put_records(StreamName="s", Records=entries)
                assert answer["FailedRecordCount"] == 90
                error = answer["Records"][-1]
                assert error["ErrorCode"] == "ProvisionedThroughputExceededException"
                read.append(100 - answer["FailedRecordCount"])
            iterator = kinesis.get_shard_iterator(
                StreamName="s", ShardId="shardId-000000000000", ShardIteratorType=TRIM_HORIZON
            )["ShardIterator"]
            time.sleep(0.01)
            code = refused(kinesis.get_records, ShardIterator=iterator)[0]
            assert code == "ExpiredIteratorException"
        finally:
            server.send_signal(signal.SIGKILL)
            server.wait()
    from local_aws.kinesis.store import Store
    from local_aws.tenant import Tenant

    stream = Store(folder=tmp_path / "state" / "kinesis").stream(
        Tenant("000000000000", "us-east-1"), "s"
    )
    assert len(stream.shards[0].read(0, 10_000, 1 << 30)) == read[0]
