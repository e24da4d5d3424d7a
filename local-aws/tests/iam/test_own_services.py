"""Calls to our own services under a role: allowed on the named resource, denied beside it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from iam_roles import ACCOUNT, Server, allow, arn

pytestmark = pytest.mark.server

SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role"


def denied(call: Any, /, **arguments: Any) -> str:
    """Make a call that must be denied; returns the message."""
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    error = caught.value.response["Error"]
    assert error["Code"] in {"AccessDeniedException", "AccessDenied"}
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
