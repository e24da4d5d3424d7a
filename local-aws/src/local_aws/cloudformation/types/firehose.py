"""AWS::KinesisFirehose::DeliveryStream, with S3 as its destination."""

from local_aws.cloudformation.calls import Call
from local_aws.cloudformation.types.model import (
    Made,
    Record,
    Resource,
    changed,
    changed_tags,
    chosen,
    names,
    tag_list,
)

_MEMBERS = (
    "DeliveryStreamType",
    "ExtendedS3DestinationConfiguration",
    "KinesisStreamSourceConfiguration",
)


def _create(call: Call, properties: Record, name: str) -> Made:
    given = chosen(properties, _MEMBERS)
    if tags := tag_list(properties):
        given["Tags"] = tags
    arn = call("firehose", "CreateDeliveryStream", DeliveryStreamName=name, **given)
    return Made(name, {"Arn": arn["DeliveryStreamARN"]})


def _update(call: Call, name: str, old: Record, new: Record) -> Record:
    described = call("firehose", "DescribeDeliveryStream", DeliveryStreamName=name)
    stream = described["DeliveryStreamDescription"]
    destination = "ExtendedS3DestinationConfiguration"
    if changed(old, new, destination):
        call(
            "firehose",
            "UpdateDestination",
            DeliveryStreamName=name,
            CurrentDeliveryStreamVersionId=stream["VersionId"],
            DestinationId=stream["Destinations"][0]["DestinationId"],
            ExtendedS3DestinationUpdate=new[destination],
        )
    added, gone = changed_tags(old, new)
    if gone:
        call("firehose", "UntagDeliveryStream", DeliveryStreamName=name, TagKeys=gone)
    if added:
        tags = [{"Key": key, "Value": value} for key, value in added.items()]
        call("firehose", "TagDeliveryStream", DeliveryStreamName=name, Tags=tags)
    return {"Arn": stream["DeliveryStreamARN"]}


def _delete(call: Call, name: str, _properties: Record) -> None:
    call("firehose", "DeleteDeliveryStream", DeliveryStreamName=name)


TYPES = {
    "AWS::KinesisFirehose::DeliveryStream": Resource(
        names("DeliveryStreamName Tags") | frozenset(_MEMBERS),
        _create,
        _update,
        _delete,
        named_by="DeliveryStreamName",
        longest=64,
        refused=("ExtendedS3DestinationConfiguration/S3BackupConfiguration",),
    )
}
