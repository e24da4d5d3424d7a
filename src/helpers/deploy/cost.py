"""What a month of the platform costs on AWS: an estimate from list prices and a month's volume."""

from dataclasses import dataclass
from typing import Final

import pandas as pd

BASIS: Final = "us-east-1, list prices without free tiers, a store of 42 million events a month"
NOTED: Final = "prices written down by hand in November 2026, not looked up"
HOURS: Final = 730

_EVENTS_M: Final = 42.0  # millions a month, as October 2019 had them
_EVENT_GB: Final = _EVENTS_M * 1e6 / 2**20  # a record counts as 1 KiB at least
_ALERTS_M: Final = 0.1  # millions of records of stream 2, a thousand bursts a day


@dataclass(frozen=True)
class Part:
    """One line of the bill.

    Attributes
    ----------
    types : tuple of str
        The resource types that it stands for.
    what : str
        What is paid for.
    amount : float
        Units a month.
    dollars : float
        For one unit; ``page`` says it, as written down by hand.
    page : str
        The service's own page of prices.
    """

    types: tuple[str, ...]
    what: str
    amount: float
    dollars: float
    page: str


_AWS: Final = "https://aws.amazon.com/"
PARTS: Final = (
    Part(
        ("AWS::Kinesis::Stream",),
        "three on-demand streams, hours",
        3 * HOURS,
        0.04,
        f"{_AWS}kinesis/data-streams/pricing/",
    ),
    Part(
        ("AWS::Kinesis::Stream",),
        "records in, GB",
        _EVENT_GB,
        0.08,
        f"{_AWS}kinesis/data-streams/pricing/",
    ),
    Part(
        ("AWS::Kinesis::Stream",),
        "records out, GB",
        _EVENT_GB,
        0.04,
        f"{_AWS}kinesis/data-streams/pricing/",
    ),
    Part(
        ("AWS::Kinesis::StreamConsumer",),
        "alerts pushed, GB, where FAN_OUT=yes",
        _ALERTS_M * 1e6 / 2**20,
        0.05,
        f"{_AWS}kinesis/data-streams/pricing/",
    ),
    Part(
        ("AWS::S3::Bucket",),
        "raw file, lake, answers, history; GB-months",
        8,
        0.023,
        f"{_AWS}s3/pricing/",
    ),
    Part(
        ("AWS::Athena::WorkGroup",),
        "twenty times the questions of a month, TB",
        20 * 0.0004,
        5.0,
        f"{_AWS}athena/pricing/",
    ),
    Part(
        ("AWS::DynamoDB::Table",),
        "writes of alerts and their outbox, millions",
        4 * _ALERTS_M,
        0.625,
        f"{_AWS}dynamodb/pricing/on-demand/",
    ),
    Part(
        ("AWS::DynamoDB::Table",),
        "consistent reads, millions",
        2 * _ALERTS_M,
        0.125,
        f"{_AWS}dynamodb/pricing/on-demand/",
    ),
    Part(
        ("AWS::Lambda::Function", "AWS::Lambda::EventSourceMapping"),
        "GB-seconds of both functions",
        0.25 * (_ALERTS_M * 1e6 * 0.05 + 60 * HOURS * 0.2),
        0.0000166667,
        f"{_AWS}lambda/pricing/",
    ),
    Part(
        ("AWS::Lambda::Function",),
        "requests, millions",
        _ALERTS_M + 60 * HOURS / 1e6,
        0.20,
        f"{_AWS}lambda/pricing/",
    ),
    Part(
        ("AWS::Scheduler::Schedule",),
        "the digest each minute, millions",
        60 * HOURS / 1e6,
        1.0,
        f"{_AWS}eventbridge/pricing/",
    ),
    Part(
        ("AWS::SNS::Topic", "AWS::SNS::Subscription"),
        "e-mails, a thousand a day, hundred thousands",
        0.3,
        2.0,
        f"{_AWS}sns/pricing/",
    ),
    Part(("AWS::SQS::Queue",), "poison, millions", 0.01, 0.40, f"{_AWS}sqs/pricing/"),
    Part(
        ("AWS::KinesisFirehose::DeliveryStream",),
        "history as Parquet; GB, 5 KB a record at least",
        _ALERTS_M * 1e6 * 5 / 2**20,
        0.047,
        f"{_AWS}firehose/pricing/",
    ),
    Part(
        ("AWS::KinesisAnalyticsV2::Application",),
        "the application and its orchestration, hours of a KPU while it runs",
        2 * HOURS,
        0.11,
        f"{_AWS}managed-service-apache-flink/pricing/",
    ),
    Part(
        ("AWS::KinesisAnalyticsV2::Application",),
        "its disk while it runs, GB-months",
        50,
        0.10,
        f"{_AWS}managed-service-apache-flink/pricing/",
    ),
    Part(
        ("AWS::CloudWatch::Alarm",),
        "alarms, each",
        9,
        0.10,
        f"{_AWS}cloudwatch/pricing/",
    ),
    Part(
        ("AWS::CloudWatch::CompositeAlarm",),
        "the alarm over them",
        1,
        0.50,
        f"{_AWS}cloudwatch/pricing/",
    ),
    Part(
        ("AWS::CloudWatch::Dashboard",),
        "dashboard",
        1,
        3.0,
        f"{_AWS}cloudwatch/pricing/",
    ),
    Part(
        ("AWS::Logs::LogGroup", "AWS::Logs::LogStream"),
        "log lines, GB",
        0.5,
        0.50,
        f"{_AWS}cloudwatch/pricing/",
    ),
    Part(
        ("AWS::Lambda::Function",),
        "metrics of the functions' own and of their event source, each",
        18,
        0.30,
        f"{_AWS}cloudwatch/pricing/",
    ),
)
FREE: Final = frozenset(
    {
        "AWS::Budgets::Budget",
        "AWS::Glue::Database",
        "AWS::Glue::Table",
        "AWS::IAM::Role",
        "AWS::KinesisAnalyticsV2::ApplicationCloudWatchLoggingOption",
        # QuickSight costs by the person, `dashboards.cost`
        "AWS::QuickSight::DataSet",
        "AWS::QuickSight::DataSource",
        "AWS::QuickSight::Group",
        "AWS::QuickSight::RefreshSchedule",
        "AWS::QuickSight::Theme",
        "AWS::S3::BucketPolicy",
        "AWS::SNS::TopicPolicy",
        "AWS::SQS::QueuePolicy",
    }
)
"""Types that cost nothing; a test sees that every declared type is in a part or here."""


def table() -> pd.DataFrame:
    """Give the estimate, one row a part, the dearest first.

    Returns
    -------
    pandas.DataFrame
        ``what``, ``amount`` a month, ``price`` of one in dollars, ``dollars`` a month.
    """
    rows = [(part.types[0].split("::")[1], part.what, part.amount, part.dollars) for part in PARTS]
    frame = pd.DataFrame(rows, columns=["service", "what", "amount", "price"])
    frame["dollars"] = frame["amount"] * frame["price"]
    return frame.sort_values("dollars", ascending=False, kind="stable", ignore_index=True)


def total() -> float:
    """Add the estimate up: dollars a month."""
    return float(table()["dollars"].sum())
