"""A bucket's settings as S3's calls spell them; CloudFormation has spellings of its own."""

from typing import Any

Record = dict[str, Any]


def encryption(value: Record) -> Record:
    """Return ``ServerSideEncryptionConfiguration`` of `BucketEncryption`."""
    rules = []
    for rule in value.get("ServerSideEncryptionConfiguration", []):
        made = {}
        if default := rule.get("ServerSideEncryptionByDefault"):
            made["ApplyServerSideEncryptionByDefault"] = default
        if "BucketKeyEnabled" in rule:
            made["BucketKeyEnabled"] = rule["BucketKeyEnabled"]
        rules.append(made)
    return {"Rules": rules}


def logging(value: Record) -> Record:
    """Return ``BucketLoggingStatus`` of `LoggingConfiguration`."""
    if not value.get("DestinationBucketName"):
        raise ValueError("LoggingConfiguration needs a DestinationBucketName here")
    return {
        "LoggingEnabled": {
            "TargetBucket": value["DestinationBucketName"],
            "TargetPrefix": value.get("LogFilePrefix", ""),
        }
    }


def cors(value: Record) -> Record:
    """Return ``CORSConfiguration`` of `CorsConfiguration`."""
    spelled = {"ExposedHeaders": "ExposeHeaders", "Id": "ID", "MaxAge": "MaxAgeSeconds"}
    return {
        "CORSRules": [
            {spelled.get(name, name): member for name, member in rule.items()}
            for rule in value.get("CorsRules", [])
        ]
    }


def notifications(value: Record) -> Record:
    """Return ``NotificationConfiguration`` of the property of that name."""
    made: Record = {}
    for here, target, there, arn in (
        ("QueueConfigurations", "Queue", "QueueConfigurations", "QueueArn"),
        ("TopicConfigurations", "Topic", "TopicConfigurations", "TopicArn"),
        ("LambdaConfigurations", "Function", "LambdaFunctionConfigurations", "LambdaFunctionArn"),
    ):
        if here in value:
            made[there] = [
                {
                    arn: each[target],
                    "Events": [each["Event"]],
                    **({"Filter": _key_filter(each["Filter"])} if "Filter" in each else {}),
                }
                for each in value[here]
            ]
    if value.get("EventBridgeConfiguration", {}).get("EventBridgeEnabled"):
        made["EventBridgeConfiguration"] = {}
    return made


def _key_filter(value: Record) -> Record:
    return {"Key": {"FilterRules": value["S3Key"]["Rules"]}}


def lifecycle(value: Record) -> Record:
    """Return ``LifecycleConfiguration`` of the property of that name."""
    made: Record = {"Rules": [_rule(rule) for rule in value.get("Rules", [])]}
    return made


def _rule(rule: Record) -> Record:
    made: Record = {"Status": rule["Status"], "Filter": _filter(rule)}
    if "Id" in rule:
        made["ID"] = rule["Id"]
    expiration: Record = {}
    if "ExpirationInDays" in rule:
        expiration["Days"] = rule["ExpirationInDays"]
    if "ExpirationDate" in rule:
        expiration["Date"] = rule["ExpirationDate"]
    if "ExpiredObjectDeleteMarker" in rule:
        expiration["ExpiredObjectDeleteMarker"] = rule["ExpiredObjectDeleteMarker"]
    if expiration:
        made["Expiration"] = expiration
    noncurrent = rule.get("NoncurrentVersionExpiration") or {}
    if "NoncurrentVersionExpirationInDays" in rule:
        noncurrent = {"NoncurrentDays": rule["NoncurrentVersionExpirationInDays"]}
    if noncurrent:
        made["NoncurrentVersionExpiration"] = noncurrent
    if "AbortIncompleteMultipartUpload" in rule:
        days = rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"]
        made["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": days}
    return made


def _filter(rule: Record) -> Record:
    """Return the one condition of a rule, or all of them under ``And``."""
    found: Record = {}
    if "Prefix" in rule:
        found["Prefix"] = rule["Prefix"]
    for here, there in (
        ("ObjectSizeGreaterThan", "ObjectSizeGreaterThan"),
        ("ObjectSizeLessThan", "ObjectSizeLessThan"),
    ):
        if here in rule:
            found[there] = int(rule[here])
    tags = rule.get("TagFilters") or []
    if not found and len(tags) == 1:
        return {"Tag": tags[0]}
    if tags:
        found["Tags"] = tags
    if len(found) > 1 or tags:
        return {"And": found}
    return found or {"Prefix": ""}
