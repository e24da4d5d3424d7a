"""What ministack's services do for somebody, with the rights of the role that they were given.

Notifications of S3 and of topics to queues and topics are checked by ministack itself, by the
policy of the queue or topic.
"""

import contextvars
import json
import logging
from typing import Any

from local_aws.iam import decisions, passing
from local_aws.ministack.foreign import eventbridge, firehose, s3, sns

log = logging.getLogger("local_aws")

Record = dict[str, Any]

SCHEDULER = "scheduler.amazonaws.com"
FIREHOSE = "firehose.amazonaws.com"
EVENTS = "events.amazonaws.com"
_ACTIONS = {
    "events": "events:PutEvents",
    "firehose": "firehose:PutRecord",
    "kinesis": "kinesis:PutRecord",
    "lambda": "lambda:InvokeFunction",
    "sns": "sns:Publish",
    "sqs": "sqs:SendMessage",
    "states": "states:StartExecution",
}
_delivering: contextvars.ContextVar[str] = contextvars.ContextVar("firehose_role", default="")


def install() -> None:
    """Check what schedules, rules, delivery streams and notifications to functions do."""
    _check_targets()
    _check_deliveries()
    _check_invocations()


def _check_targets() -> None:
    invoke = eventbridge._invoke_target

    def checked(target: Record, event: Record, rule: Record, view: Any = None) -> None:
        try:
            _may_invoke(target, event, rule)
        except decisions.AccessDeniedError as denied:
            log.warning("a target was not invoked: %s", denied.message)
            return
        invoke(target, event, rule, view)

    eventbridge.replace("_invoke_target", checked)


def _may_invoke(target: Record, event: Record, rule: Record) -> None:
    arn, role = target["Arn"], target.get("RoleArn")
    action = _ACTIONS.get(arn.split(":")[2], f"{arn.split(':')[2]}:(unmapped)")
    of_schedule = event.get("Source") == "aws.scheduler"
    place = passing.schedule_group(rule["Arn"]) if of_schedule else rule.get("Arn")
    source = {"aws:SourceArn": place, "aws:SourceAccount": arn.split(":")[4]}
    if role:
        service = SCHEDULER if of_schedule else EVENTS
        session = decisions.assume(role, service, service.partition(".")[0], source)
        decisions.authorize(session.arn, action, arn)
    else:
        decisions.authorize(EVENTS, action, arn, source)


def _check_deliveries() -> None:
    deliver, put = firehose._deliver_records_to_s3, firehose._put_s3_object
    ingest = firehose.ingest_from_kinesis_source

    def delivered(stream: Record, dest: Record, records: list[Any]) -> None:
        role = dest["config"].get("RoleARN", "")
        token = _delivering.set(_session(role, stream["arn"]))
        try:
            deliver(stream, dest, records)
        finally:
            _delivering.reset(token)

    def stored(bucket: str, key: str, body: bytes) -> None:
        decisions.authorize(_delivering.get(), "s3:PutObject", f"arn:aws:s3:::{bucket}/{key}")
        put(bucket, key, body)

    def ingested(stream_arn: str, records: list[Any]) -> None:
        for stream in list(firehose._streams.values()):
            source = stream.get("kinesis_source") or {}
            if source.get("KinesisStreamARN") != stream_arn:
                continue
            try:
                session = _session(source["RoleARN"], stream["arn"])
                decisions.authorize(session, "kinesis:GetRecords", stream_arn)
            except decisions.AccessDeniedError as denied:
                log.warning("%s reads nothing: %s", stream["name"], denied.message)
                return
        ingest(stream_arn, records)

    firehose.replace("_deliver_records_to_s3", delivered)
    firehose.replace("_put_s3_object", stored)
    firehose.replace("ingest_from_kinesis_source", ingested)


def _session(role: str, delivery: str) -> str:
    context = {"aws:SourceArn": delivery, "aws:SourceAccount": delivery.split(":")[4]}
    return decisions.assume(role, FIREHOSE, "firehose", context).arn


def _check_invocations() -> None:
    of_topic, of_bucket = sns._deliver_to_lambda, s3._deliver_event_to_lambda

    def from_topic(endpoint: str, envelope: str, topic_arn: str, *more: Any, **named: Any) -> Any:
        context = {"aws:SourceArn": topic_arn, "aws:SourceAccount": topic_arn.split(":")[4]}
        try:
            decisions.authorize("sns.amazonaws.com", _ACTIONS["lambda"], endpoint, context)
        except decisions.AccessDeniedError as denied:
            log.warning("a function was not invoked: %s", denied.message)
            return None
        return of_topic(endpoint, envelope, topic_arn, *more, **named)

    def from_bucket(arn: str, event_payload: Record, bucket_region: str) -> None:
        context = {"aws:SourceArn": _bucket(event_payload), "aws:SourceAccount": arn.split(":")[4]}
        try:
            decisions.authorize("s3.amazonaws.com", _ACTIONS["lambda"], arn, context)
        except decisions.AccessDeniedError as denied:
            log.warning("a function was not invoked: %s", denied.message)
            return
        of_bucket(arn, event_payload, bucket_region)

    sns.replace("_deliver_to_lambda", from_topic)
    s3.replace("_deliver_event_to_lambda", from_bucket)


def _bucket(event: Record) -> str:
    told = json.loads(event) if isinstance(event, str) else event
    return str(told["Records"][0]["s3"]["bucket"]["arn"])
