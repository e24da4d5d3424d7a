"""Actions and resources of our own services, held against AWS's list of them (cfn-lint has it)."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from local_aws.athena import access as athena
from local_aws.athena.operations import OPERATIONS as ATHENA
from local_aws.athena.store import Store
from local_aws.cloudformation import schemas
from local_aws.glue import access as glue
from local_aws.glue.operations import OPERATIONS as GLUE
from local_aws.iam import resources
from local_aws.kinesis import access as kinesis
from local_aws.kinesis.operations import OPERATIONS as KINESIS
from local_aws.protocol.model import input_shape
from local_aws.protocol.service import Check
from local_aws.tenant import Tenant

TENANT = Tenant("000000000000", "us-east-1")
STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/s"
GIVEN = {
    "CatalogName": "AwsDataCatalog",
    "ConsumerARN": f"{STREAM}/consumer/c:1",
    "DatabaseInput": {"Name": "d"},
    "DatabaseName": "d",
    "Name": "n",
    "ResourceARN": "arn:aws:athena:us-east-1:000000000000:workgroup/w",
    "StreamName": "s",
    "TableInput": {"Name": "t"},
    "TableName": "t",
    "WorkGroup": "w",
}


@cache
def known() -> dict[str, Any]:
    """Read AWS's actions, with the kinds of resources that each takes."""
    path = schemas._folder().parent / "AdditionalSpecs/Policies.json"
    return dict(json.loads(path.read_text()))


def is_of_a_kind(check: Check) -> bool:
    """Say whether AWS authorizes the action on such a resource."""
    service, _, action = check.action.partition(":")
    listed = known()[service]
    kinds = listed["Actions"][action.lower()].get("Resources")
    if not kinds:
        return check.resource == "*"
    formats = [each for kind in kinds for each in listed["Resources"][kind.lower()]["ARNFormats"]]
    return any(re.fullmatch(_filled(each), check.resource) for each in formats)


def _filled(text: str) -> str:
    return (
        text.replace("${Partition}", "aws")
        .replace("${Region}", "us-east-1")
        .replace("${Account}", "000000000000")
    )


def given(service: str, operation: str) -> dict[str, Any]:
    """Return arguments that name a resource, as far as the operation takes them."""
    shape = input_shape(service, operation)
    found = {name: GIVEN[name] for name in (shape.members if shape else ()) if name in GIVEN}
    if service == "kinesis" and "ResourceARN" in found:
        found["ResourceARN"] = STREAM
    return found


@pytest.mark.parametrize("operation", sorted(KINESIS))
def test_kinesis(operation: str) -> None:
    checks = kinesis.checks(TENANT, operation, given("kinesis", operation))
    assert all(is_of_a_kind(each) for each in checks), checks


@pytest.mark.parametrize("operation", sorted(GLUE))
def test_glue(operation: str) -> None:
    checks = glue.checks(TENANT, operation, given("glue", operation))
    assert all(is_of_a_kind(each) for each in checks), checks


@pytest.mark.parametrize("operation", sorted(ATHENA))
def test_athena(operation: str, tmp_path: Path) -> None:
    store = Store(tmp_path / "athena.sqlite")
    checks = athena.checks(store, TENANT, operation, given("athena", operation))
    store.close()
    assert all(is_of_a_kind(each) for each in checks), checks


@pytest.mark.parametrize(
    ("service", "operation", "arguments", "path"),
    [
        ("logs", "PutLogEvents", {"logGroupName": "g", "logStreamName": "s"}, ""),
        ("logs", "CreateLogStream", {"logGroupName": "g", "logStreamName": "s"}, ""),
        ("sns", "Unsubscribe", {"SubscriptionArn": "arn:aws:sns:us-east-1:000000000000:t:1"}, ""),
        ("monitoring", "PutMetricAlarm", {"AlarmName": "a"}, ""),
        ("monitoring", "PutDashboard", {"DashboardName": "d"}, ""),
        ("scheduler", "CreateSchedule", {"GroupName": "g"}, "/schedules/n"),
        ("kinesisanalyticsv2", "DescribeApplication", {"ApplicationName": "a"}, ""),
        ("kinesisanalyticsv2", "CreateApplication", {"ApplicationName": "a"}, ""),
        ("firehose", "PutRecord", {"DeliveryStreamName": "d"}, ""),
        ("budgets", "UpdateBudget", {"NewBudget": {"BudgetName": "b"}}, ""),
        ("budgets", "DescribeBudgets", {"AccountId": "000000000000"}, ""),
        ("lambda", "CreateFunction", {"FunctionName": "f"}, "/2015-03-31/functions"),
        ("cloudformation", "CreateStack", {"StackName": "s"}, ""),
        ("iam", "CreatePolicy", {"PolicyName": "p", "Path": "/a/"}, ""),
        ("glue", "StartJobRun", {"JobName": "j"}, ""),
    ],
)
def test_corrected_resources(
    service: str, operation: str, arguments: dict[str, Any], path: str
) -> None:
    found = resources.exact(service, operation, arguments, path, TENANT)
    assert found is not None
    check = Check(resources.action(service, operation), found, {})
    assert is_of_a_kind(check), check
