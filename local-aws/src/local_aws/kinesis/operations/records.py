"""Operations on records: putting them, finding a place, reading on from it."""

from binascii import a2b_base64
from typing import Any

from local_aws.kinesis import iterators, sequence
from local_aws.kinesis.addressing import stream_at, stream_of
from local_aws.kinesis.errors import KinesisError, invalid_argument, not_found
from local_aws.kinesis.iterators import ShardIterator
from local_aws.kinesis.keyspace import SIZE, as_bytes
from local_aws.kinesis.limits import GET_BYTES, GET_RECORDS, KEY_CHARACTERS, PUT_BYTES, PUT_RECORDS
from local_aws.kinesis.operations.record_places import Start, start_position
from local_aws.kinesis.operations.shards import described_child
from local_aws.kinesis.shard import Shard
from local_aws.kinesis.store import Entry, Store
from local_aws.kinesis.stream import Stream
from local_aws.protocol import model
from local_aws.protocol.codec import CBOR, Codec, time
from local_aws.protocol.errors import validation
from local_aws.protocol.validate import checked
from local_aws.tenant import Tenant

Request = dict[str, Any]

# optional in the model for streams that distribute records by themselves: there are none here
KEYS_REQUIRED = frozenset(
    {("PutRecordInput", "PartitionKey"), ("PutRecordsRequestEntry", "PartitionKey")}
)
_THROTTLED = "ProvisionedThroughputExceededException"


def put_record(store: Store, tenant: Tenant, request: Request) -> Request:
    """Append one record."""
    stream = _written(store, tenant, request)
    if (text := request.get("SequenceNumberForOrdering")) is not None:
        _check_ordering(stream, text, store.clock())
    entry = _entry(request["Data"], request["PartitionKey"], request.get("ExplicitHashKey"))
    _check_sizes(stream, [entry], "data")
    shard, number = store.put(stream, [entry])[0]
    store.measure(stream, "PutRecord.Success", float(number is not None), "Count")
    if number is None:
        raise KinesisError(_THROTTLED, _refusal(stream, shard))
    return {"ShardId": shard, "SequenceNumber": number} | _encryption(stream)


def put_records(store: Store, tenant: Tenant, request: Request) -> Request:
    """Append up to 500 records, each accepted or refused by its own shard."""
    stream = _written(store, tenant, request)
    entries: list[Entry] = request["Records"]
    _check_sizes(stream, entries)
    placed = store.put(stream, entries)
    results = [
        {"SequenceNumber": number, "ShardId": shard}
        if number is not None
        else {"ErrorCode": _THROTTLED, "ErrorMessage": _refusal(stream, shard)}
        for shard, number in placed
    ]
    failed = [number for _, number in placed].count(None)
    store.measure(stream, "PutRecords.Success", float(failed < len(placed)), "Count")
    return {"FailedRecordCount": failed, "Records": results} | _encryption(stream)


def put_records_checked(request: Request) -> Request:
    """Check the arguments of PutRecords as `protocol.validate` does, ten times as fast.

    A batch that is all right passes here; one that is not is handed to the
    general check, which finds the words for what is wrong.

    Parameters
    ----------
    request : dict
        As read from JSON or CBOR.

    Returns
    -------
    dict
        The arguments, ``Records`` being entries of `store.Store.put`.
    """
    records = request.get("Records")
    if isinstance(records, list) and 1 <= len(records) <= PUT_RECORDS:
        try:
            entries = _quick_entries(records)
        except (KeyError, TypeError, ValueError, AttributeError):
            pass
        else:
            return _checked(request | {"Records": records[:1]}) | {"Records": entries}
    said = _checked(request)
    return said | {
        "Records": [
            _entry(record["Data"], record["PartitionKey"], record.get("ExplicitHashKey"))
            for record in said["Records"]
        ]
    }


def written(answer: Request, codec: Codec) -> bytes:
    """Write the answer of PutRecords: the usual one in CBOR at a quarter of cbor2's cost.

    A sequence number always has 56 digits and a shard's name 20 characters, so their heads
    (RFC 8949, section 3) are part of the text.
    """
    if codec is not CBOR or answer["FailedRecordCount"] or len(answer) > 2:
        return codec.dumps(answer)
    results = answer["Records"]
    texts = [f"\xa2nSequenceNumberx8{r['SequenceNumber']}gShardIdt{r['ShardId']}" for r in results]
    head = b"\xa2qFailedRecordCount\x00gRecords\x99" + len(results).to_bytes(2, "big")
    return head + "".join(texts).encode("latin-1")


def get_shard_iterator(store: Store, tenant: Tenant, request: Request) -> Request:
    """Find a place in a shard."""
    stream = stream_of(store, tenant, request)
    shard = stream.shard(request["ShardId"])
    now = store.clock()
    kind = request["ShardIteratorType"]
    start = Start(kind, request.get("StartingSequenceNumber"), request.get("Timestamp"))
    position = start_position(stream, shard, start, now)
    return {"ShardIterator": _issue(stream, shard, position, now)}


def get_records(store: Store, tenant: Tenant, request: Request) -> Request:
    """Read on from a place."""
    now = store.clock()
    place = iterators.read(
        request["ShardIterator"], int(now * 1000), store.options.iterator_seconds
    )
    if request.get("StreamARN") not in (None, place.stream):
        raise invalid_argument(f"The ShardIterator is none of the stream {request['StreamARN']}.")
    stream = stream_at(store, tenant, place.stream)
    shard = stream.shards.get(place.shard)
    if stream.created != place.created or shard is None:
        raise not_found(f"The shard of this iterator in {stream.where} does not exist")
    throttle = store.throttle(stream, shard) if store.options.throttle else None
    refused = throttle is not None and not throttle.read(now)
    store.measure(stream, "ReadProvisionedThroughputExceeded", float(refused), "Count")
    store.measure(stream, "GetRecords.Success", float(not refused), "Count")
    if refused:
        raise KinesisError(_THROTTLED, _refusal(stream, shard.id))
    with stream.lock:
        read = shard.columns(place.position, request.get("Limit", GET_RECORDS), GET_BYTES)
        position = read.first + len(read.data)
        at_tip = position >= shard.tip
        behind = 0
        if not at_tip:
            arrival = read.arrivals[-1] if read.data else shard.arrival_at(position)
            behind = max(1, int(now * 1000) - arrival)  # 0 says that nothing is left
    size = sum(map(len, read.data))
    if throttle:
        throttle.read_out(size)
    store.measure(stream, "GetRecords.Records", len(read.data), "Count")
    store.measure(stream, "GetRecords.Bytes", size, "Bytes")
    store.measure(stream, "GetRecords.IteratorAgeMilliseconds", behind, "Milliseconds")
    times = {arrival: time(arrival) for arrival in set(read.arrivals)}
    columns = (read.numbers, read.arrivals, read.data, read.keys)
    answer: Request = {
        "Records": [
            {
                "SequenceNumber": number,
                "ApproximateArrivalTimestamp": times[arrival],
                "Data": data,
                "PartitionKey": key,
            }
            for number, arrival, data, key in zip(*columns, strict=True)
        ],
        "MillisBehindLatest": behind,
    }
    if encryption := _encryption(stream):
        for record in answer["Records"]:
            record.update(encryption)
    if at_tip and shard.closed is not None:
        answer["ChildShards"] = [described_child(child) for child in stream.children(shard)]
    else:
        answer["NextShardIterator"] = _issue(stream, shard, position, now)
    return answer


def _written(store: Store, tenant: Tenant, request: Request) -> Stream:
    stream = stream_of(store, tenant, request)
    if stream.status(store.clock()) not in {"ACTIVE", "UPDATING"}:
        raise not_found(f"Stream {stream.name} under account {stream.tenant.account} not found.")
    return stream


def _checked(request: Request) -> Request:
    return checked(model.input_shape("kinesis", "PutRecords"), request, also_required=KEYS_REQUIRED)


def _quick_entries(records: list[Request]) -> list[Entry]:
    """Make entries of records that are all right and have no hash key; ValueError otherwise."""
    entries: list[Entry] = []
    for record in records:
        key, data = record["PartitionKey"], record["Data"]
        if not 0 < len(key) <= KEY_CHARACTERS or "ExplicitHashKey" in record:
            raise ValueError
        if type(data) is not bytes:
            data = a2b_base64(data, strict_mode=True)
        entries.append((data, key.encode(), None))
    return entries


def _entry(data: bytes, key: str, hash_key: str | None) -> Entry:
    if hash_key is None:
        return data, key.encode(), None
    if int(hash_key) >= SIZE:
        raise invalid_argument(
            "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. "
            f"Specified value was {hash_key}"
        )
    return data, key.encode(), as_bytes(int(hash_key))


def _check_sizes(
    stream: Stream, entries: list[Entry], at: str = "records.{number}.member.data"
) -> None:
    most = stream.settings.max_record_kib * 1024
    if sum([len(data) + len(key) for data, key, _ in entries]) <= most:
        return
    sizes = [len(data) + len(key) for data, key, _ in entries]
    if max(sizes) > most:
        number = next(place for place, size in enumerate(sizes, 1) if size > most)
        raise validation(
            f"1 validation error detected: Value at '{at.format(number=number)}' failed to "
            f"satisfy constraint: Member must have length less than or equal to {most}"
        )
    if sum(sizes) > PUT_BYTES:
        raise invalid_argument("Records size exceeds 10 MB limit")


def _check_ordering(stream: Stream, text: str, now: float) -> None:
    try:
        known = sequence.decode(text).second <= now
    except ValueError:
        known = False
    if not known:
        raise invalid_argument(
            f"ExclusiveMinimumSequenceNumber {text} used in PutRecord on {stream.where} is invalid."
        )


def _issue(stream: Stream, shard: Shard, position: int, now: float) -> str:
    place = ShardIterator(stream.arn, stream.created, shard.number, position, int(now * 1000))
    return iterators.write(place)


def _refusal(stream: Stream, shard: str) -> str:
    return (
        f"Rate exceeded for shard {shard} in stream {stream.name} under account "
        f"{stream.tenant.account}."
    )


def _encryption(stream: Stream) -> dict[str, str]:
    return {"EncryptionType": "KMS"} if stream.settings.key_id else {}
