"""AWS::SNS::Topic, AWS::SNS::Subscription and AWS::SNS::TopicPolicy."""

import json

from local_aws.cloudformation.calls import Call
from local_aws.cloudformation.types.model import (
    Made,
    Record,
    Resource,
    changed_tags,
    document,
    names,
    tag_list,
    unique,
)

# a topic's attributes with what they are where a template says nothing
_OF_TOPIC = {
    "ContentBasedDeduplication": "false",
    "DisplayName": "",
    "KmsMasterKeyId": "",
    "SignatureVersion": "1",
    "TracingConfig": "PassThrough",
}
_OF_SUBSCRIPTION = {
    "DeliveryPolicy": "",
    "FilterPolicy": "",
    "FilterPolicyScope": "MessageAttributes",
    "RawMessageDelivery": "false",
    "RedrivePolicy": "",
    "SubscriptionRoleArn": "",
}


def _texts(properties: Record, known: dict[str, str]) -> dict[str, str]:
    return {name: _text(properties[name]) for name in known if name in properties}


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else document(value)


def _create(call: Call, properties: Record, name: str) -> Made:
    attributes = _texts(properties, _OF_TOPIC)
    if properties.get("FifoTopic"):
        attributes["FifoTopic"] = "true"
        name = name if properties.get("TopicName") else f"{name[:250]}.fifo"
    arn = call("sns", "CreateTopic", Name=name, Attributes=attributes, Tags=tag_list(properties))
    topic = arn["TopicArn"]
    for each in properties.get("Subscription") or []:
        call("sns", "Subscribe", TopicArn=topic, **each)
    return Made(topic, _attributes(topic))


def _attributes(topic: str) -> Record:
    return {"TopicArn": topic, "TopicName": topic.rpartition(":")[2]}


def _set(call: Call, topic: str, name: str, value: str) -> None:
    call("sns", "SetTopicAttributes", TopicArn=topic, AttributeName=name, AttributeValue=value)


def _update(call: Call, topic: str, old: Record, new: Record) -> Record:
    before, now = _texts(old, _OF_TOPIC), _texts(new, _OF_TOPIC)
    for name in before.keys() | now.keys():
        if before.get(name) != now.get(name):
            _set(call, topic, name, now.get(name, _OF_TOPIC[name]))
    _resubscribe(call, topic, old.get("Subscription") or [], new.get("Subscription") or [])
    added, gone = changed_tags(old, new)
    if gone:
        call("sns", "UntagResource", ResourceArn=topic, TagKeys=gone)
    if added:
        tags = [{"Key": key, "Value": value} for key, value in added.items()]
        call("sns", "TagResource", ResourceArn=topic, Tags=tags)
    return _attributes(topic)


def _resubscribe(call: Call, topic: str, old: list[Record], new: list[Record]) -> None:
    gone = [each for each in old if each not in new]
    if gone:
        for each in call("sns", "ListSubscriptionsByTopic", TopicArn=topic)["Subscriptions"]:
            if {"Protocol": each["Protocol"], "Endpoint": each["Endpoint"]} in gone:
                call("sns", "Unsubscribe", SubscriptionArn=each["SubscriptionArn"])
    for each in new:
        if each not in old:
            call("sns", "Subscribe", TopicArn=topic, **each)


def _delete(call: Call, topic: str, _properties: Record) -> None:
    call("sns", "DeleteTopic", TopicArn=topic)


def _subscribe(call: Call, properties: Record, _name: str) -> Made:
    arn = call(
        "sns",
        "Subscribe",
        TopicArn=properties["TopicArn"],
        Protocol=properties["Protocol"],
        Endpoint=properties["Endpoint"],
        Attributes=_texts(properties, _OF_SUBSCRIPTION),
        ReturnSubscriptionArn=True,
    )["SubscriptionArn"]
    return Made(arn, {"Arn": arn})


def _update_subscription(call: Call, arn: str, old: Record, new: Record) -> Record:
    before, now = _texts(old, _OF_SUBSCRIPTION), _texts(new, _OF_SUBSCRIPTION)
    for name in before.keys() | now.keys():
        if before.get(name) != now.get(name):
            value = now.get(name, _OF_SUBSCRIPTION[name])
            call(
                "sns",
                "SetSubscriptionAttributes",
                SubscriptionArn=arn,
                AttributeName=name,
                AttributeValue=value,
            )
    return {"Arn": arn}


def _unsubscribe(call: Call, arn: str, _properties: Record) -> None:
    call("sns", "Unsubscribe", SubscriptionArn=arn)


def _put_policy(call: Call, properties: Record, _name: str) -> Made:
    for topic in properties["Topics"]:
        _set(call, topic, "Policy", document(properties["PolicyDocument"]))
    made = unique()
    return Made(made, {"Id": made})


def _update_policy(call: Call, made: str, old: Record, new: Record) -> Record:
    _put_policy(call, new, "")
    gone = [topic for topic in old["Topics"] if topic not in new["Topics"]]
    _delete_policy(call, made, {"Topics": gone})
    return {"Id": made}


def _delete_policy(call: Call, _made: str, properties: Record) -> None:
    for topic in properties["Topics"]:
        _set(call, topic, "Policy", _default_policy(topic))


def _default_policy(topic: str) -> str:
    """Return the policy that a topic has from its creation on."""
    actions = (
        "GetTopicAttributes SetTopicAttributes AddPermission RemovePermission DeleteTopic "
        "Subscribe ListSubscriptionsByTopic Publish"
    )
    statement = {
        "Sid": "__default_statement_ID",
        "Effect": "Allow",
        "Principal": {"AWS": "*"},
        "Action": [f"SNS:{action}" for action in actions.split()],
        "Resource": topic,
        "Condition": {"StringEquals": {"AWS:SourceOwner": topic.split(":")[4]}},
    }
    policy = {"Version": "2008-10-17", "Id": "__default_policy_ID", "Statement": [statement]}
    return json.dumps(policy)


TYPES = {
    "AWS::SNS::Topic": Resource(
        names("TopicName FifoTopic Subscription Tags") | frozenset(_OF_TOPIC),
        _create,
        _update,
        _delete,
        named_by="TopicName",
        longest=256,
    ),
    "AWS::SNS::Subscription": Resource(
        names("TopicArn Protocol Endpoint") | frozenset(_OF_SUBSCRIPTION),
        _subscribe,
        _update_subscription,
        _unsubscribe,
    ),
    "AWS::SNS::TopicPolicy": Resource(
        names("PolicyDocument Topics"), _put_policy, _update_policy, _delete_policy
    ),
}
