"""A queue that gets each message of a topic, as its policy lets it."""

import json

import boto3


def inbox(topic: str, name: str) -> str:
    """Make a queue, subscribe it to a topic; gives its URL."""
    arn = f"arn:aws:sqs:us-east-1:000000000000:{name}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "sns.amazonaws.com"},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": topic}},
    }
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    made = boto3.client("sqs").create_queue(QueueName=name, Attributes={"Policy": policy})
    boto3.client("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    return str(made["QueueUrl"])
