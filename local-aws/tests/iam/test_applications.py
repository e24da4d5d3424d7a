"""An application under policies: who hands it its role, and what that role may read."""

import pytest
from botocore.exceptions import ClientError

from flink_applications import archive, configuration
from iam_roles import ACCOUNT, Server, allow

pytestmark = pytest.mark.server

TRUST = {"Service": "kinesisanalytics.amazonaws.com"}
APPLICATION = "arn:aws:kinesisanalytics:us-east-1:000000000000:application/guarded"


def role_arn(role: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:role/{role}"


@pytest.fixture(scope="module")
def code(enforcing: Server) -> str:
    s3 = enforcing.root("s3")
    s3.create_bucket(Bucket="code")
    s3.put_object(Bucket="code", Key="app.zip", Body=archive())
    return "arn:aws:s3:::code/app.zip"


def given(role: str) -> dict[str, object]:
    return {
        "ApplicationName": "guarded",
        "RuntimeEnvironment": "FLINK-2_2",
        "ServiceExecutionRole": role_arn(role),
        "ApplicationConfiguration": configuration(path="/nowhere"),
    }


def test_a_role_that_may_not_read_the_archive_is_refused(enforcing: Server, code: str) -> None:
    api = enforcing.root("kinesisanalyticsv2")
    without = enforcing.role(allow("s3:GetObject", "arn:aws:s3:::other/*"), trusts=TRUST)
    untrusting = enforcing.role(
        allow("s3:GetObject", code), trusts={"Service": "lambda.amazonaws.com"}
    )
    for role in (without, untrusting, "nobody-made-it"):
        with pytest.raises(ClientError, match=r"InvalidArgument.*check the role provided"):
            api.create_application(**given(role))


def test_whoever_makes_it_needs_leave_to_hand_over_the_role(enforcing: Server, code: str) -> None:
    role = enforcing.role(allow("s3:GetObject", code), trusts=TRUST)
    create = allow("kinesisanalytics:CreateApplication")
    without = enforcing.acting(create)("kinesisanalyticsv2")
    with pytest.raises(ClientError, match=f"iam:PassRole on resource: {role_arn(role)}"):
        without.create_application(**given(role))

    may = enforcing.acting(
        create,
        allow("iam:PassRole", role_arn(role)),
        allow("kinesisanalytics:DescribeApplication", APPLICATION),
    )("kinesisanalyticsv2")
    made = may.create_application(**given(role))["ApplicationDetail"]
    assert may.describe_application(ApplicationName="guarded")
    with pytest.raises(ClientError, match=r"AccessDenied.*kinesisanalytics:StartApplication"):
        may.start_application(ApplicationName="guarded")
    enforcing.root("kinesisanalyticsv2").delete_application(
        ApplicationName="guarded", CreateTimestamp=made["CreateTimestamp"]
    )
