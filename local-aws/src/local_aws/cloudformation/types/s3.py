"""AWS::S3::Bucket and AWS::S3::BucketPolicy."""

from collections.abc import Callable
from typing import Any, NamedTuple

from local_aws.cloudformation.calls import Call
from local_aws.cloudformation.types.model import (
    Made,
    Record,
    Resource,
    chosen,
    document,
    names,
    tag_list,
)
from local_aws.cloudformation.types.s3_shapes import (
    cors,
    encryption,
    lifecycle,
    logging,
    notifications,
)
from local_aws.tenant import current

_DEFAULT_REGION = "us-east-1"


class Setting(NamedTuple):
    """A property of a bucket that is a sub-resource: how it is put, and taken away."""

    put: str
    member: str
    shape: Callable[[Any], Any]
    delete: str = ""
    empty: Any = None


def _as_it_is(value: Any) -> Any:
    return value


# in the order that a bucket needs: versions before what depends on them
_SETTINGS = {
    "OwnershipControls": Setting(
        "PutBucketOwnershipControls",
        "OwnershipControls",
        _as_it_is,
        "DeleteBucketOwnershipControls",
    ),
    "PublicAccessBlockConfiguration": Setting(
        "PutPublicAccessBlock",
        "PublicAccessBlockConfiguration",
        _as_it_is,
        "DeletePublicAccessBlock",
    ),
    "BucketEncryption": Setting(
        "PutBucketEncryption",
        "ServerSideEncryptionConfiguration",
        encryption,
        "DeleteBucketEncryption",
    ),
    "VersioningConfiguration": Setting(
        "PutBucketVersioning", "VersioningConfiguration", _as_it_is, empty={"Status": "Suspended"}
    ),
    "LifecycleConfiguration": Setting(
        "PutBucketLifecycleConfiguration",
        "LifecycleConfiguration",
        lifecycle,
        "DeleteBucketLifecycle",
    ),
    "LoggingConfiguration": Setting("PutBucketLogging", "BucketLoggingStatus", logging, empty={}),
    "CorsConfiguration": Setting("PutBucketCors", "CORSConfiguration", cors, "DeleteBucketCors"),
    "NotificationConfiguration": Setting(
        "PutBucketNotificationConfiguration", "NotificationConfiguration", notifications, empty={}
    ),
}


def _create(call: Call, properties: Record, name: str) -> Made:
    region = current().region
    place = (
        {}
        if region == _DEFAULT_REGION
        else {"CreateBucketConfiguration": {"LocationConstraint": region}}
    )
    if call.exists("s3", "HeadBucket", Bucket=name):
        raise ValueError(f"{name} already exists")
    call("s3", "CreateBucket", Bucket=name, **place)
    for setting, value in _declared(properties):
        call("s3", setting.put, Bucket=name, **{setting.member: setting.shape(value)})
    if tags := tag_list(properties):
        call("s3", "PutBucketTagging", Bucket=name, Tagging={"TagSet": tags})
    return Made(name, _attributes(name))


def _declared(properties: Record) -> list[tuple[Setting, Any]]:
    return [(_SETTINGS[name], properties[name]) for name in _SETTINGS if name in properties]


def _update(call: Call, name: str, old: Record, new: Record) -> Record:
    for prop, setting in _SETTINGS.items():
        if old.get(prop) == new.get(prop):
            continue
        if prop in new:
            call("s3", setting.put, Bucket=name, **{setting.member: setting.shape(new[prop])})
        elif setting.delete:
            call("s3", setting.delete, Bucket=name)
        else:
            call("s3", setting.put, Bucket=name, **{setting.member: setting.empty})
    if tag_list(old) != tag_list(new):
        if tags := tag_list(new):
            call("s3", "PutBucketTagging", Bucket=name, Tagging={"TagSet": tags})
        else:
            call("s3", "DeleteBucketTagging", Bucket=name)
    return _attributes(name)


def _delete(call: Call, name: str, _properties: Record) -> None:
    call("s3", "DeleteBucket", Bucket=name)


def _attributes(name: str) -> Record:
    region = current().region
    return {
        "Arn": f"arn:aws:s3:::{name}",
        "DomainName": f"{name}.s3.amazonaws.com",
        "DualStackDomainName": f"{name}.s3.dualstack.{region}.amazonaws.com",
        "RegionalDomainName": f"{name}.s3.{region}.amazonaws.com",
        "WebsiteURL": f"http://{name}.s3-website-{region}.amazonaws.com",
    }


def _put_policy(call: Call, properties: Record, _name: str) -> Made:
    bucket = properties["Bucket"]
    call("s3", "PutBucketPolicy", Bucket=bucket, Policy=document(properties["PolicyDocument"]))
    return Made(bucket, {})


def _update_policy(call: Call, _id: str, _old: Record, new: Record) -> Record:
    return _put_policy(call, new, "").attributes


def _delete_policy(call: Call, _id: str, properties: Record) -> None:
    call("s3", "DeleteBucketPolicy", **chosen(properties, ["Bucket"]))


TYPES = {
    "AWS::S3::Bucket": Resource(
        names("BucketName Tags") | frozenset(_SETTINGS),
        _create,
        _update,
        _delete,
        named_by="BucketName",
        longest=63,
        lower=True,
        refused=(
            "BucketEncryption/ServerSideEncryptionConfiguration/*/BlockedEncryptionTypes",
            "LifecycleConfiguration/Rules/*/NoncurrentVersionTransition",
            "LifecycleConfiguration/Rules/*/NoncurrentVersionTransitions",
            "LifecycleConfiguration/Rules/*/Transition",
            "LifecycleConfiguration/Rules/*/Transitions",
            "LifecycleConfiguration/TransitionDefaultMinimumObjectSize",
            "LoggingConfiguration/TargetObjectKeyFormat",
        ),
    ),
    "AWS::S3::BucketPolicy": Resource(
        names("Bucket PolicyDocument"), _put_policy, _update_policy, _delete_policy
    ),
}
