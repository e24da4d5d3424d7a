"""Operations on shards: listing, splitting, merging."""

import base64
import json
from typing import Any

from local_aws.kinesis.addressing import stream_of
from local_aws.kinesis.errors import KinesisError, invalid_argument, limit_exceeded
from local_aws.kinesis.limits import SHARDS
from local_aws.kinesis.shard import Shard, shard_id
from local_aws.kinesis.store import Store
from local_aws.kinesis.stream import ON_DEMAND, Stream
from local_aws.protocol.errors import validation
from local_aws.tenant import Tenant

Request = dict[str, Any]

_PAGE = 1000
_TOKEN_SECONDS = 300


def described(shard: Shard) -> Request:
    """Describe a shard as DescribeStream and ListShards do."""
    answer: Request = {
        "ShardId": shard.id,
        "HashKeyRange": _range(shard),
        "SequenceNumberRange": {"StartingSequenceNumber": shard.starting_sequence_number},
    }
    if shard.ending_sequence_number:
        answer["SequenceNumberRange"]["EndingSequenceNumber"] = shard.ending_sequence_number
    for name, parent in zip(
        ("ParentShardId", "AdjacentParentShardId"), shard.parents, strict=False
    ):
        answer[name] = shard_id(parent)
    return answer


def described_child(shard: Shard) -> Request:
    """Describe a shard as the last read of its parent does."""
    return {
        "ShardId": shard.id,
        "ParentShards": [shard_id(parent) for parent in shard.parents],
        "HashKeyRange": _range(shard),
    }


def list_shards(store: Store, tenant: Tenant, request: Request) -> Request:
    """List a page of a stream's shards, all or those of a filter."""
    if token := request.get("NextToken"):
        for other in ("StreamName", "StreamARN", "ExclusiveStartShardId", "ShardFilter"):
            if request.get(other):
                raise invalid_argument(f"NextToken and {other} cannot be provided together.")
        request = request | _read_token(token, store.clock())
    stream = stream_of(store, tenant, request)
    after = request.get("ExclusiveStartShardId", "")
    wanted = _filtered(stream, request.get("ShardFilter"), store.clock())
    shards = [shard for shard in wanted if shard.id > after]
    limit = min(request.get("MaxResults", _PAGE), _PAGE)
    answer: Request = {"Shards": [described(shard) for shard in shards[:limit]]}
    if len(shards) > limit:
        place = {
            "StreamARN": stream.arn,
            "ExclusiveStartShardId": shards[limit - 1].id,
            "ShardFilter": request.get("ShardFilter"),
        }
        token = json.dumps([store.clock(), place]).encode()
        answer["NextToken"] = base64.b64encode(token).decode()
    return answer


def split_shard(store: Store, tenant: Tenant, request: Request) -> Request:
    """Replace a shard by two."""
    stream = _provisioned(store, tenant, request)
    with stream.lock:
        shard = stream.need_open(request["ShardToSplit"])
        at = int(request["NewStartingHashKey"])
        if not shard.start + 1 < at < shard.end:
            raise invalid_argument(
                f"NewStartingHashKey {at} used in SplitShard() on shard {shard.id} in "
                f"{stream.where} is not both greater than one plus the shard's StartingHashKey "
                f"{shard.start} and less than the shard's EndingHashKey {shard.end}."
            )
        stream.split(shard, at, int(store.clock()))
        store.changed(stream)
    return {}


def merge_shards(store: Store, tenant: Tenant, request: Request) -> Request:
    """Replace two neighbours by one."""
    stream = _provisioned(store, tenant, request)
    with stream.lock:
        left = stream.need_open(request["ShardToMerge"])
        right = stream.need_open(request["AdjacentShardToMerge"])
        if right.end + 1 == left.start:
            left, right = right, left
        if left.end + 1 != right.start:
            raise invalid_argument(
                f"Shards {left.id} and {right.id} in {stream.where} are not an adjacent pair of "
                "shards eligible for merging"
            )
        stream.merge(left, right, int(store.clock()))
        store.changed(stream)
    return {}


def update_shard_count(store: Store, tenant: Tenant, request: Request) -> Request:
    """Split and merge until a stream has a number of equal shards."""
    stream = _provisioned(store, tenant, request)
    target = request["TargetShardCount"]
    with stream.lock:
        count = len(stream.open_shards)
        if target > SHARDS:
            raise limit_exceeded(f"TargetShardCount {target} is above the limit of {SHARDS}.")
        stream.need_room(target)
        stream.reshard(target, int(store.clock()))
        store.changed(stream)
    return {
        "StreamName": stream.name,
        "StreamARN": stream.arn,
        "CurrentShardCount": count,
        "TargetShardCount": target,
    }


def _provisioned(store: Store, tenant: Tenant, request: Request) -> Stream:
    stream = stream_of(store, tenant, request)
    if stream.settings.mode == ON_DEMAND:
        raise validation(
            f"Request is invalid. Stream {stream.name} under account {stream.tenant.account} is in "
            "On-Demand mode."
        )
    stream.need_active(store.clock())
    return stream


def _filtered(stream: Stream, asked: Request | None, now: float) -> list[Shard]:
    shards = list(stream.shards.values())
    if asked is None:
        return shards
    kind = asked["Type"]
    if kind == "AFTER_SHARD_ID":
        if "ShardId" not in asked:
            raise invalid_argument("ShardFilter of type AFTER_SHARD_ID needs a ShardId.")
        return [shard for shard in shards if shard.id > asked["ShardId"]]
    if kind == "AT_LATEST":
        return [shard for shard in shards if shard.closed is None]
    horizon = max(stream.created, now - stream.settings.retention_hours * 3600)
    time = horizon
    if kind.endswith("TIMESTAMP"):
        if "Timestamp" not in asked:
            raise invalid_argument(f"ShardFilter of type {kind} needs a Timestamp.")
        time = max(asked["Timestamp"], horizon)
    second = int(time)
    alive = [shard for shard in shards if shard.closed is None or shard.closed >= second]
    if kind.startswith("FROM_"):
        return alive
    return [shard for shard in alive if shard.created <= second]


def _range(shard: Shard) -> Request:
    return {"StartingHashKey": str(shard.start), "EndingHashKey": str(shard.end)}


def _read_token(token: str, now: float) -> Request:
    try:
        issued, place = json.loads(base64.b64decode(token, validate=True))
        request = {name: value for name, value in place.items() if value is not None}
    except (ValueError, TypeError, AttributeError):
        raise invalid_argument("Invalid NextToken.") from None
    if now - issued > _TOKEN_SECONDS:
        raise KinesisError("ExpiredNextTokenException", "NextToken has expired.")
    return request
