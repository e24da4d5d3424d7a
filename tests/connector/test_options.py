"""Wrong options fail at once, with their name."""

import json

import boto3
import pytest

from support.streams import Stream
from support.tables import create_table, sink_options, source_options, table_environment

ARN = "arn:aws:kinesis:us-east-1:000000000000:stream/"


@pytest.fixture(scope="module")
def there(local_aws):
    return Stream.create(local_aws, "there", 1)


def wait(run, environment) -> None:
    run(environment, "INSERT INTO target SELECT * FROM source").wait()


def tables(local_aws, there, source=(), sink=()):
    # With checkpoints Flink would restart for ever what a restart cannot mend.
    environment = table_environment(1, execution_checkpointing_interval="1 s")
    create_table(
        environment, "source", "id BIGINT", {**source_options(local_aws, there), **dict(source)}
    )
    create_table(
        environment, "target", "id BIGINT", {**sink_options(local_aws, there), **dict(sink)}
    )
    return environment


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (({"source.init.postion": "LATEST"}, {}), "source.init.postion"),
        (({"stream.arn": "there"}, {}), "Option 'stream.arn': 'there' is not the ARN"),
        (({"source.init.position": "FIRST"}, {}), "Option 'source.init.position' = 'FIRST'"),
        (({}, {"aws.credentials.provider": "KEY"}), "Option 'aws.credentials.provider': 'KEY'"),
        (({"stream.arn": ARN + "none"}, {}), "'stream.arn': the stream .*none does not exist"),
        (({}, {"stream.arn": ARN + "none"}), "'stream.arn': the stream .*none does not exist"),
        (
            ({"source.dead-letter.stream.arn": ARN + "none"}, {}),
            "'source.dead-letter.stream.arn': the stream .*none does not exist",
        ),
        (
            (
                {
                    "aws.credentials.provider": "PROFILE",
                    "aws.credentials.profile.name": "nobody",
                },
                {},
            ),
            "Option 'aws.credentials.provider': no access",
        ),
    ],
)
def test_what_is_wrong_is_named(local_aws, there, run, wrong, message):
    source, sink = wrong
    with pytest.raises(Exception, match=message):
        wait(run, tables(local_aws, there, source, sink))


@pytest.fixture(scope="module")
def reader(local_aws):
    """Give the ARN of a role that reads and writes the streams of this module."""
    iam = boto3.client(
        "iam",
        endpoint_url=local_aws,
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    rights = {"Effect": "Allow", "Action": "kinesis:*", "Resource": ARN + "there*"}
    role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=policy(trust))["Role"]
    iam.put_role_policy(RoleName="reader", PolicyName="own", PolicyDocument=policy(rights))
    return role["Arn"]


def policy(statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_role_is_assumed_through_sts(local_aws, there, reader, run):
    role = {
        "aws.credentials.provider": "ASSUME_ROLE",
        "aws.credentials.role.arn": reader,
        "aws.credentials.role.sessionName": "test",
        "aws.credentials.role.stsEndpoint": local_aws,
        "aws.credentials.role.provider": "BASIC",
        "aws.credentials.role.provider.basic.accesskeyid": "test",
        "aws.credentials.role.provider.basic.secretkey": "test",
    }
    copy = Stream.create(local_aws, "there-copy", 1)
    there.put([(b'{"id": 5}', "k", None)])
    run(
        tables(local_aws, there, role, {**role, "stream.arn": copy.arn}),
        "INSERT INTO target SELECT * FROM source",
    )
    assert copy.read_rows(bool) == [{"id": 5}]
