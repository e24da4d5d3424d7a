"""Calls to our own services under a role: allowed on the named resource, denied beside it."""

from typing import Any

import pytest
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ClientError

from iam_roles import ACCOUNT, Server, allow, arn, document

pytestmark = pytest.mark.server

SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role"


def denied(call: Any, /, **arguments: Any) -> str:
    """Make a call that must be denied; returns the message."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    assert error["Code"] in {"AccessDeniedException", "AccessDenied", "AuthorizationError"}
    return str(error["Message"])


def test_a_stream_that_no_policy_names_is_denied_in_the_services_words(enforcing: Server) -> None:
    kinesis = enforcing.root("kinesis")
    for name in ("mine", "theirs"):
        kinesis.create_stream(StreamName=name, ShardCount=1)
    mine, theirs = arn("kinesis", "stream/mine"), arn("kinesis", "stream/theirs")
    acting = enforcing.acting(allow("kinesis:PutRecords", mine), name="writer")("kinesis")
    records = [{"Data": b"1", "PartitionKey": "a"}]

    assert acting.put_records(StreamName="mine", Records=records)["FailedRecordCount"] == 0
    said = denied(acting.put_records, StreamName="theirs", Records=records)

    assert said == (
        f"User: {SESSION}/writer/tester is not authorized to perform: kinesis:PutRecords on "
        f"resource: {theirs} because no identity-based policy allows the kinesis:PutRecords action"
    )


def test_a_shard_iterator_is_authorized_on_the_stream_it_is_of(enforcing: Server) -> None:
    kinesis = enforcing.root("kinesis")
    kinesis.create_stream(StreamName="read", ShardCount=1)
    stream = arn("kinesis", "stream/read")
    iterator = kinesis.get_shard_iterator(
        StreamName="read", ShardId="shardId-000000000000", ShardIteratorType="LATEST"
    )["ShardIterator"]

    reader = enforcing.acting(allow("kinesis:GetRecords", stream))("kinesis")
    other = enforcing.acting(allow("kinesis:GetRecords", f"{stream}-2"))("kinesis")

    assert reader.get_records(ShardIterator=iterator)["Records"] == []
    assert f"kinesis:GetRecords on resource: {stream} " in denied(
        other.get_records, ShardIterator=iterator
    )


def test_glue_needs_the_action_on_catalog_database_and_table(enforcing: Server) -> None:
    glue = enforcing.root("glue")
    glue.create_database(DatabaseInput={"Name": "shop"})
    glue.create_table(DatabaseName="shop", TableInput={"Name": "events"})
    table = {"DatabaseName": "shop", "Name": "events"}
    places = [arn("glue", place) for place in ("catalog", "database/shop", "table/shop/events")]

    for missing in places:
        kept = [place for place in places if place != missing]
        said = denied(enforcing.acting(allow("glue:GetTable", kept))("glue").get_table, **table)
        assert f"glue:GetTable on resource: {missing} because" in said
    assert enforcing.acting(allow("glue:GetTable", places))("glue").get_table(**table)["Table"]


def test_a_wrong_secret_and_an_unknown_key_are_refused(enforcing: Server) -> None:
    user = enforcing.root("iam")
    user.create_user(UserName="alice")
    key = user.create_access_key(UserName="alice")["AccessKey"]["AccessKeyId"]
    for access_key, secret, code in (
        (key, "wrong", "InvalidSignatureException"),
        ("AKIAUNKNOWNUNKNOWN00", "wrong", "UnrecognizedClientException"),
    ):
        with pytest.raises(ClientError) as caught:
            enforcing.client("kinesis", access_key, secret).list_streams()
        assert caught.value.response["Error"]["Code"] == code


def test_an_athena_query_id_is_authorized_on_its_workgroup(enforcing: Server) -> None:
    athena = enforcing.root("athena")
    enforcing.root("s3").create_bucket(Bucket="results-of-groups")
    where = {"ResultConfiguration": {"OutputLocation": "s3://results-of-groups/"}}
    for group in ("ours", "other"):
        athena.create_work_group(Name=group, Configuration=where)
    query = athena.start_query_execution(QueryString="SELECT 1", WorkGroup="other")

    acting = enforcing.acting(allow("athena:*", arn("athena", "workgroup/ours")))("athena")
    said = denied(acting.get_query_execution, QueryExecutionId=query["QueryExecutionId"])

    assert f"athena:GetQueryExecution on resource: {arn('athena', 'workgroup/other')} " in said


def test_without_credentials_an_object_is_read_where_its_buckets_policy_lets_everybody(
    enforcing: Server,
) -> None:
    s3 = enforcing.root("s3")
    s3.create_bucket(Bucket="open-and-shut")
    for key in ("open", "shut"):
        s3.put_object(Bucket="open-and-shut", Key=key, Body=b"1")
    lets = allow("s3:GetObject", "arn:aws:s3:::open-and-shut/open", Principal="*")
    s3.delete_public_access_block(Bucket="open-and-shut")
    s3.put_bucket_policy(Bucket="open-and-shut", Policy=document(lets))

    statuses = {
        key: urllib3.request("GET", f"{enforcing.endpoint}/open-and-shut/{key}").status
        for key in ("open", "shut")
    }

    assert statuses == {"open": 200, "shut": 403}


def test_an_unsigned_call_is_refused(enforcing: Server) -> None:
    answer = urllib3.request(
        "POST",
        enforcing.endpoint,
        body=b"{}",
        headers={
            "x-amz-target": "Kinesis_20131202.ListStreams",
            "content-type": "application/x-amz-json-1.1",
        },
    )
    assert (answer.status, answer.json()["__type"]) == (400, "MissingAuthenticationTokenException")


def test_denials_of_ministacks_services_name_principal_action_and_resource(
    enforcing: Server,
) -> None:
    acting = enforcing.acting(name="powerless")
    enforcing.root("s3").create_bucket(Bucket="not-yours")
    for call, arguments, expected in (
        (
            acting("dynamodb").query,
            {"TableName": "t", "IndexName": "by-time", "KeyConditionExpression": "a = :a"},
            f"dynamodb:Query on resource: {arn('dynamodb', 'table/t/index/by-time')} because",
        ),
        (
            acting("s3").get_object,
            {"Bucket": "not-yours", "Key": "k"},
            's3:GetObject on resource: "arn:aws:s3:::not-yours/k" because',
        ),
        (
            acting("sns").publish,
            {"TopicArn": arn("sns", "t"), "Message": "m"},
            f"SNS:Publish on resource: {arn('sns', 't')} because",
        ),
        (
            acting("logs").put_log_events,
            {
                "logGroupName": "g",
                "logStreamName": "s",
                "logEvents": [{"timestamp": 0, "message": "m"}],
            },
            f"logs:PutLogEvents on resource: {arn('logs', 'log-group:g:log-stream:s')} because",
        ),
        (
            acting("lambda").create_event_source_mapping,
            {"FunctionName": "f", "EventSourceArn": arn("kinesis", "stream/s")},
            "lambda:CreateEventSourceMapping on resource: * because",
        ),
    ):
        said = denied(call, **arguments)
        assert said.lower().startswith(
            f"user: {SESSION}/powerless/tester is not authorized".lower()
        )
        assert expected.lower() in said.lower()


def test_a_condition_on_the_function_of_an_event_source_is_read(enforcing: Server) -> None:
    function = arn("lambda", "function:mine")
    only = {"ArnLike": {"lambda:FunctionArn": function}}
    acting = enforcing.acting(allow("lambda:CreateEventSourceMapping", Condition=only))("lambda")
    source = {"EventSourceArn": arn("sqs", "none"), "BatchSize": 1}

    denied(acting.create_event_source_mapping, FunctionName="other", **source)
    with pytest.raises(ClientError) as caught:  # allowed, and then there is no such function
        acting.create_event_source_mapping(FunctionName="mine", **source)
    assert "AccessDenied" not in caught.value.response["Error"]["Code"]


def test_a_boundary_limits_what_a_policy_allows(enforcing: Server) -> None:
    iam = enforcing.root("iam")
    boundary = document(allow("kinesis:ListStreams"))
    arn_of = iam.create_policy(PolicyName="limit", PolicyDocument=boundary)["Policy"]["Arn"]
    acting = enforcing.acting(allow("kinesis:*"), name="limited")("kinesis")
    iam.put_role_permissions_boundary(RoleName="limited", PermissionsBoundary=arn_of)

    assert "StreamNames" in acting.list_streams()
    assert "kinesis:DescribeLimits" in denied(acting.describe_limits)


def test_a_call_that_is_mapped_to_no_action_is_denied_with_its_name(enforcing: Server) -> None:
    acting = enforcing.acting(allow("*"), name="mighty")("lambda")
    frozen = acting._request_signer._credentials.get_frozen_credentials()
    request = AWSRequest("GET", f"{enforcing.endpoint}/2015-03-31/no-such-thing/")
    SigV4Auth(frozen, "lambda", "us-east-1").add_auth(request)

    answer = urllib3.request("GET", request.url, headers=dict(request.headers))

    assert answer.status == 403
    assert "lambda:(unmapped) GET /2015-03-31/no-such-thing" in answer.json()["message"]


def test_metrics_know_no_resource_and_a_policy_may_name_their_namespace(enforcing: Server) -> None:
    data = [{"MetricName": "m", "Value": 1.0}]
    condition = {"StringEquals": {"cloudwatch:namespace": "Mine"}}
    statement = {**allow("cloudwatch:PutMetricData"), "Condition": condition}
    acting = enforcing.acting(statement)("cloudwatch")

    acting.put_metric_data(Namespace="Mine", MetricData=data)
    for call, arguments in (
        (acting.put_metric_data, {"Namespace": "Theirs", "MetricData": data}),
        (acting.list_metrics, {}),
    ):
        assert "because no identity-based policy allows" in denied(call, **arguments)
    reader = enforcing.acting(allow("cloudwatch:ListMetrics"))("cloudwatch")
    assert reader.list_metrics(Namespace="Mine")["Metrics"]
