"""AWS::SQS::Queue and AWS::SQS::QueuePolicy."""

from local_aws.cloudformation.calls import Call
from local_aws.cloudformation.types.model import (
    Made,
    Record,
    Resource,
    changed_tags,
    document,
    names,
    tags,
    unique,
)

# what a queue has where a template says nothing
_DEFAULTS = {
    "DelaySeconds": "0",
    "KmsDataKeyReusePeriodSeconds": "300",
    "KmsMasterKeyId": "",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "ReceiveMessageWaitTimeSeconds": "0",
    "RedriveAllowPolicy": "",
    "RedrivePolicy": "",
    "SqsManagedSseEnabled": "true",
    "VisibilityTimeout": "30",
}
_OF_FIFO = names("FifoQueue ContentBasedDeduplication DeduplicationScope FifoThroughputLimit")
_ATTRIBUTES = frozenset(_DEFAULTS) | _OF_FIFO


def _attributes_of(properties: Record) -> dict[str, str]:
    found = {name: properties[name] for name in _ATTRIBUTES if name in properties}
    return {
        name: str(value).lower() if isinstance(value, bool) else _text(value)
        for name, value in found.items()
        if value is not False or name != "FifoQueue"  # false is no attribute of a standard queue
    }


def _text(value: object) -> str:
    return document(value) if isinstance(value, dict) else str(value)


def _create(call: Call, properties: Record, name: str) -> Made:
    fifo = properties.get("FifoQueue") is True
    if fifo and not properties.get("QueueName"):
        name = f"{name[:75]}.fifo"
    if call.exists("sqs", "GetQueueUrl", QueueName=name):
        raise ValueError(f"Queue creation failed because the queue already exists: {name}")
    given: Record = {"Attributes": _attributes_of(properties)}
    if found := tags(properties):
        given["tags"] = found
    url = call("sqs", "CreateQueue", QueueName=name, **given)["QueueUrl"]
    return Made(url, _attributes(call, url))


def _attributes(call: Call, url: str) -> Record:
    found = call("sqs", "GetQueueAttributes", QueueUrl=url, AttributeNames=["QueueArn"])
    arn = found["Attributes"]["QueueArn"]
    return {"Arn": arn, "QueueName": arn.rpartition(":")[2], "QueueUrl": url}


def _update(call: Call, url: str, old: Record, new: Record) -> Record:
    before, now = _attributes_of(old), _attributes_of(new)
    set_ = {name: value for name, value in now.items() if before.get(name) != value}
    gone = {name: _DEFAULTS[name] for name in before.keys() - now.keys() if name in _DEFAULTS}
    if "KmsMasterKeyId" in now:
        gone.pop("SqsManagedSseEnabled", None)
    if set_ or gone:
        call("sqs", "SetQueueAttributes", QueueUrl=url, Attributes=gone | set_)
    added, removed = changed_tags(old, new)
    if removed:
        call("sqs", "UntagQueue", QueueUrl=url, TagKeys=removed)
    if added:
        call("sqs", "TagQueue", QueueUrl=url, Tags=added)
    return _attributes(call, url)


def _delete(call: Call, url: str, _properties: Record) -> None:
    call("sqs", "DeleteQueue", QueueUrl=url)


def _put_policy(call: Call, properties: Record, _name: str) -> Made:
    policy = document(properties["PolicyDocument"])
    for url in properties["Queues"]:
        call("sqs", "SetQueueAttributes", QueueUrl=url, Attributes={"Policy": policy})
    made = unique()
    return Made(made, {"Id": made})


def _update_policy(call: Call, made: str, old: Record, new: Record) -> Record:
    gone = [url for url in old["Queues"] if url not in new["Queues"]]
    _put_policy(call, new, "")
    _delete_policy(call, made, {"Queues": gone})
    return {"Id": made}


def _delete_policy(call: Call, _made: str, properties: Record) -> None:
    for url in properties["Queues"]:
        call("sqs", "SetQueueAttributes", QueueUrl=url, Attributes={"Policy": ""})


TYPES = {
    "AWS::SQS::Queue": Resource(
        names("QueueName Tags") | _ATTRIBUTES,
        _create,
        _update,
        _delete,
        named_by="QueueName",
        longest=80,
    ),
    "AWS::SQS::QueuePolicy": Resource(
        names("PolicyDocument Queues"), _put_policy, _update_policy, _delete_policy
    ),
}
