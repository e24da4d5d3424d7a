"""Operations on streams: making, describing and changing them."""

import base64
from typing import Any

from local_aws.kinesis.addressing import stream_at, stream_of
from local_aws.kinesis.errors import in_use, invalid_argument, limit_exceeded
from local_aws.kinesis.limits import RETENTION_HOURS, SHARDS
from local_aws.kinesis.operations.shards import described
from local_aws.kinesis.operations.tags import check_tags
from local_aws.kinesis.store import Store
from local_aws.kinesis.stream import ON_DEMAND, ON_DEMAND_SHARDS, PROVISIONED, Settings, Stream
from local_aws.protocol.codec import time_of
from local_aws.protocol.errors import validation
from local_aws.tenant import Tenant

Request = dict[str, Any]

_PAGE = 100
_METRICS = (
    "IncomingBytes",
    "IncomingRecords",
    "IteratorAgeMilliseconds",
    "OutgoingBytes",
    "OutgoingRecords",
    "ReadProvisionedThroughputExceeded",
    "WriteProvisionedThroughputExceeded",
)


def create_stream(store: Store, tenant: Tenant, request: Request) -> Request:
    """Make a stream: the given number of shards, or four where it is on-demand."""
    mode = request.get("StreamModeDetails", {}).get("StreamMode", PROVISIONED)
    for refused in ("WarmThroughputMiBps", "RecordDistributionStrategy"):
        if request.get(refused) not in (None, "USER_PARTITION_KEY"):
            raise validation(f"The local Kinesis does not support {refused}.")
    shards = ON_DEMAND_SHARDS if mode == ON_DEMAND else request.get("ShardCount")
    if shards is None:
        raise validation(
            "1 validation error detected: Value null at 'shardCount' failed to satisfy "
            "constraint: Member must not be null (a provisioned stream needs it)"
        )
    if shards > SHARDS:
        raise limit_exceeded(f"ShardCount {shards} is above the limit of {SHARDS}.")
    tags = request.get("Tags", {})
    check_tags(tags, {})
    settings = Settings(
        mode, max_record_kib=request.get("MaxRecordSizeInKiB", 1024), tags=dict(tags)
    )
    store.create(tenant, request["StreamName"], shards, settings)
    return {}


def delete_stream(store: Store, tenant: Tenant, request: Request) -> Request:
    """Delete a stream; one with consumers only where that is enforced."""
    stream = stream_of(store, tenant, request)
    if stream.consumers and not request.get("EnforceConsumerDeletion"):
        raise in_use(f"Stream {stream.name} has consumers: set EnforceConsumerDeletion.")
    store.delete(stream)
    return {}


def describe_stream(store: Store, tenant: Tenant, request: Request) -> Request:
    """Describe a stream with a page of its shards."""
    stream = stream_of(store, tenant, request)
    after = request.get("ExclusiveStartShardId", "")
    shards = [shard for shard in stream.shards.values() if shard.id > after]
    limit = min(request.get("Limit", _PAGE), _PAGE)
    return {
        "StreamDescription": _common(store, stream)
        | {
            "Shards": [described(shard) for shard in shards[:limit]],
            "HasMoreShards": len(shards) > limit,
        }
    }


def describe_stream_summary(store: Store, tenant: Tenant, request: Request) -> Request:
    """Describe a stream without its shards."""
    stream = stream_of(store, tenant, request)
    return {
        "StreamDescriptionSummary": _common(store, stream)
        | {
            "OpenShardCount": len(stream.open_shards),
            "ConsumerCount": len(stream.consumers),
            "MaxRecordSizeInKiB": stream.settings.max_record_kib,
        }
    }


def list_streams(store: Store, tenant: Tenant, request: Request) -> Request:
    """List a page of the account's streams by name."""
    after = request.get("ExclusiveStartStreamName", "")
    if token := request.get("NextToken"):
        try:
            after = base64.b64decode(token, validate=True).decode()
        except ValueError:
            raise invalid_argument("Invalid NextToken.") from None
    streams = [stream for stream in store.streams(tenant) if stream.name > after]
    limit = min(request.get("Limit", _PAGE), _PAGE)
    page = streams[:limit]
    answer: Request = {
        "StreamNames": [stream.name for stream in page],
        "HasMoreStreams": len(streams) > limit,
        "StreamSummaries": [
            {
                "StreamName": stream.name,
                "StreamARN": stream.arn,
                "StreamStatus": stream.status(store.clock()),
                "StreamModeDetails": {"StreamMode": stream.settings.mode},
                "StreamCreationTimestamp": time_of(stream.created),
            }
            for stream in page
        ],
    }
    if len(streams) > limit:
        answer["NextToken"] = base64.b64encode(page[-1].name.encode()).decode()
    return answer


def increase_stream_retention_period(store: Store, tenant: Tenant, request: Request) -> Request:
    """Keep records longer."""
    stream = stream_of(store, tenant, request)
    hours = _retention(request)
    if hours < stream.settings.retention_hours:
        raise _wrong_way(stream, hours, "shorter", "Decrease")
    return _keep_for(store, stream, hours)


def decrease_stream_retention_period(store: Store, tenant: Tenant, request: Request) -> Request:
    """Keep records less long."""
    stream = stream_of(store, tenant, request)
    hours = _retention(request)
    if hours > stream.settings.retention_hours:
        raise _wrong_way(stream, hours, "longer", "Increase")
    return _keep_for(store, stream, hours)


def update_stream_mode(store: Store, tenant: Tenant, request: Request) -> Request:
    """Switch between on-demand and provisioned; the shards stay as they are."""
    stream = stream_at(store, tenant, request["StreamARN"])
    if request.get("WarmThroughputMiBps") is not None:
        raise validation("The local Kinesis does not support WarmThroughputMiBps.")
    stream.need_active(store.clock())
    stream.settings.mode = request["StreamModeDetails"]["StreamMode"]
    store.changed(stream)
    return {}


def update_max_record_size(store: Store, tenant: Tenant, request: Request) -> Request:
    """Change how large one record may be."""
    stream = stream_of(store, tenant, request)
    stream.need_active(store.clock())
    stream.settings.max_record_kib = request["MaxRecordSizeInKiB"]
    store.changed(stream)
    return {}


def start_stream_encryption(store: Store, tenant: Tenant, request: Request) -> Request:
    """Mark a stream as encrypted with a key; the data in memory stays as it is."""
    stream = stream_of(store, tenant, request)
    if request["EncryptionType"] != "KMS":
        raise invalid_argument("EncryptionType must be KMS.")
    stream.need_active(store.clock())
    stream.settings.key_id = request["KeyId"]
    store.changed(stream)
    return {}


def stop_stream_encryption(store: Store, tenant: Tenant, request: Request) -> Request:
    """Mark a stream as not encrypted."""
    stream = stream_of(store, tenant, request)
    stream.need_active(store.clock())
    stream.settings.key_id = None
    store.changed(stream)
    return {}


def enable_enhanced_monitoring(store: Store, tenant: Tenant, request: Request) -> Request:
    """Note which metrics are wanted of each shard; the local Kinesis writes none."""
    return _monitor(store, tenant, request, lambda now, named: now | named)


def disable_enhanced_monitoring(store: Store, tenant: Tenant, request: Request) -> Request:
    """Note which metrics are no longer wanted of each shard."""
    return _monitor(store, tenant, request, lambda now, named: now - named)


def describe_limits(store: Store, tenant: Tenant, _request: Request) -> Request:
    """Tell the account's quotas and how much of them is used."""
    streams = store.streams(tenant)
    on_demand = [stream for stream in streams if stream.settings.mode == ON_DEMAND]
    return {
        "ShardLimit": SHARDS,
        "OpenShardCount": sum(
            len(stream.open_shards) for stream in streams if stream.settings.mode == PROVISIONED
        ),
        "OnDemandStreamCount": len(on_demand),
        "OnDemandStreamCountLimit": 50,
    }


def describe_account_settings(_store: Store, _scope: Tenant, _request: Request) -> Request:
    """Tell that the account has no billing commitment."""
    return {"MinimumThroughputBillingCommitment": {"Status": "DISABLED"}}


def _common(store: Store, stream: Stream) -> Request:
    settings = stream.settings
    answer: Request = {
        "StreamName": stream.name,
        "StreamARN": stream.arn,
        "StreamStatus": stream.status(store.clock()),
        "StreamModeDetails": {"StreamMode": settings.mode},
        "RetentionPeriodHours": settings.retention_hours,
        "StreamCreationTimestamp": time_of(stream.created),
        "EnhancedMonitoring": [{"ShardLevelMetrics": settings.metrics}],
        "EncryptionType": "KMS" if settings.key_id else "NONE",
    }
    if settings.key_id:
        answer["KeyId"] = settings.key_id
    return answer


def _retention(request: Request) -> int:
    hours: int = request["RetentionPeriodHours"]
    low, high = RETENTION_HOURS
    if hours < low:
        raise invalid_argument(
            f"Minimum allowed retention period is {low} hours. Requested retention period "
            f"({hours} hours) is too short."
        )
    if hours > high:
        raise invalid_argument(
            f"Maximum allowed retention period is {high} hours. Requested retention period "
            f"({hours} hours) is too long."
        )
    return hours


def _wrong_way(stream: Stream, hours: int, than: str, other: str) -> Exception:
    return invalid_argument(
        f"Requested retention period ({hours} hours) for stream {stream.name} can not be {than} "
        f"than existing retention period ({stream.settings.retention_hours} hours). "
        f"Use {other}RetentionPeriod API."
    )


def _keep_for(store: Store, stream: Stream, hours: int) -> Request:
    stream.need_active(store.clock())
    stream.settings.retention_hours = hours
    store.changed(stream)
    return {}


def _monitor(store: Store, tenant: Tenant, request: Request, change: Any) -> Request:
    stream = stream_of(store, tenant, request)
    named = set(request["ShardLevelMetrics"])
    if "ALL" in named:
        named = set(_METRICS)
    before = stream.settings.metrics
    stream.settings.metrics = sorted(change(set(before), named))
    store.keep(stream)
    return {
        "StreamName": stream.name,
        "StreamARN": stream.arn,
        "CurrentShardLevelMetrics": before,
        "DesiredShardLevelMetrics": stream.settings.metrics,
    }
