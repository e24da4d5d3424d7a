"""What stacks do with resources beyond their properties: replace, roll back, drift, and find."""

import json
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from cfn_stacks import Client, deployed, ended
from local_aws.cloudformation.replacement import refusal

pytestmark = pytest.mark.server

TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
Deploy = Callable[[dict[str, Any]], tuple[str, list[str]]]


def queue(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::SQS::Queue", "Properties": properties}


def urls(client: Client, prefix: str) -> set[str]:
    found = client("sqs").list_queues(QueueNamePrefix=prefix).get("QueueUrls", [])
    return {url.rpartition("/")[2] for url in found}


def test_a_change_of_what_cannot_change_makes_a_new_resource_and_removes_the_old(
    client: Client, cloudformation: Deploy
) -> None:
    name = f"replaced-{uuid4().hex[:8]}"
    assert cloudformation({"Q": queue(QueueName=f"{name}-1")})[0] == "CREATE_COMPLETE"
    assert cloudformation({"Q": queue(QueueName=f"{name}-2")})[0] == "UPDATE_COMPLETE"
    assert urls(client, name) == {f"{name}-2"}


NAMED = "custom-named resource requires replacing. Rename {} and update the stack again."


@pytest.mark.parametrize(
    ("kind", "named", "before", "now"),
    [
        ("AWS::SNS::Topic", "TopicName", {}, {"FifoTopic": True}),
        (
            "AWS::KinesisFirehose::DeliveryStream",
            "DeliveryStreamName",
            {"DeliveryStreamType": "DirectPut"},
            {"DeliveryStreamType": "KinesisStreamAsSource"},
        ),
        ("AWS::IAM::Role", "RoleName", {"Path": "/one/"}, {"Path": "/two/"}),
        ("AWS::IAM::ManagedPolicy", "ManagedPolicyName", {}, {"Description": "another"}),
        ("AWS::DynamoDB::Table", "TableName", {"KeySchema": [1]}, {"KeySchema": [2]}),
    ],
)
def test_what_has_a_name_of_its_own_cannot_be_replaced_under_it(
    kind: str, named: str, before: dict[str, Any], now: dict[str, Any]
) -> None:
    name = {named: "mine"}
    assert refusal(kind, name | before, name | now).endswith(NAMED.format("mine"))
    assert refusal(kind, name | before, {named: "other"} | now) == ""
    assert refusal(kind, before, now) == ""
    assert refusal(kind, name | before, name | before | {"Tags": []}) == ""


def test_an_update_that_would_replace_a_named_resource_leaves_it_and_says_what_to_do(
    client: Client, cloudformation: Deploy, stack: str
) -> None:
    def role(path: str) -> dict[str, Any]:
        given = {"RoleName": stack, "Path": path, "AssumeRolePolicyDocument": TRUST}
        return {"Type": "AWS::IAM::Role", "Properties": given}

    assert cloudformation({"R": role("/one/")})[0] == "CREATE_COMPLETE"
    status, reasons = cloudformation({"R": role("/two/")})
    assert status == "UPDATE_FAILED"
    assert any(reason.endswith(NAMED.format(stack)) for reason in reasons), reasons
    client("cloudformation").rollback_stack(StackName=stack)
    assert ended(client, stack) == "UPDATE_ROLLBACK_COMPLETE"
    assert client("iam").get_role(RoleName=stack)["Role"]["Path"] == "/one/"


@pytest.mark.parametrize(
    ("properties", "given", "missing"),
    [
        ({}, [], "CAPABILITY_IAM"),
        ({"RoleName": "mine"}, ["CAPABILITY_IAM"], "CAPABILITY_NAMED_IAM"),
    ],
)
def test_a_stack_that_makes_roles_has_to_be_told_that_it_may(
    client: Client, stack: str, properties: dict[str, Any], given: list[str], missing: str
) -> None:
    role = {
        "Type": "AWS::IAM::Role",
        "Properties": {"AssumeRolePolicyDocument": TRUST, **properties},
    }
    with pytest.raises(ClientError, match=rf"Requires capabilities : \[{missing}\]") as caught:
        client("cloudformation").create_stack(
            StackName=stack,
            TemplateBody=json.dumps({"Resources": {"R": role}}),
            Capabilities=given,
        )
    assert caught.value.response["Error"]["Code"] == "InsufficientCapabilitiesException"
    with pytest.raises(ClientError, match="does not exist"):
        client("cloudformation").describe_stacks(StackName=stack)


def test_of_a_key_that_stands_twice_in_a_template_the_last_counts_as_on_aws(
    client: Client, stack: str
) -> None:
    body = f"""
Resources:
  Q: {{Type: AWS::SQS::Queue, Properties: {{QueueName: {stack}-first}}}}
  Q: {{Type: AWS::SQS::Queue, Properties: {{QueueName: {stack}-last}}}}
"""
    assert deployed(client, stack, body) == "CREATE_COMPLETE"
    assert urls(client, stack) == {f"{stack}-last"}
    client("cloudformation").delete_stack(StackName=stack)


def test_a_table_of_the_catalog_that_is_renamed_is_another_table(
    client: Client, cloudformation: Deploy
) -> None:
    name = f"renamed_{uuid4().hex[:8]}"
    account = {"Ref": "AWS::AccountId"}
    database = {
        "Type": "AWS::Glue::Database",
        "Properties": {"CatalogId": account, "DatabaseInput": {"Name": name.upper()}},
    }

    def table(named: str) -> dict[str, Any]:
        place = {"CatalogId": account, "DatabaseName": {"Ref": "D"}}
        given = {**place, "TableInput": {"Name": named}}
        return {"Type": "AWS::Glue::Table", "Properties": given}

    assert cloudformation({"D": database, "T": table("One")})[0] == "CREATE_COMPLETE"
    assert cloudformation({"D": database, "T": table("Two")})[0] == "UPDATE_COMPLETE"
    listed = client("glue").get_tables(DatabaseName=name)["TableList"]
    assert [each["Name"] for each in listed] == ["two"]


def test_a_later_failure_is_told_and_rolled_back(
    client: Client, cloudformation: Deploy, stack: str
) -> None:
    taken = client("sqs").create_queue(QueueName=f"{stack}-taken")["QueueUrl"]
    assert cloudformation({"A": queue(QueueName=f"{stack}-a")})[0] == "CREATE_COMPLETE"
    # a name of its own comes first, and goes again
    later = {"B": queue(QueueName=f"{stack}-b"), "C": queue(QueueName=f"{stack}-taken")}

    status, reasons = cloudformation({"A": queue(QueueName=f"{stack}-a"), **later})

    assert status == "UPDATE_FAILED"
    assert any("Queue creation failed because the queue already exists" in r for r in reasons)
    client("cloudformation").rollback_stack(StackName=stack)
    assert ended(client, stack) == "UPDATE_ROLLBACK_COMPLETE"
    assert urls(client, stack) == {f"{stack}-a", f"{stack}-taken"}
    client("sqs").delete_queue(QueueUrl=taken)


def test_a_bucket_that_holds_objects_is_not_deleted_with_its_stack(client: Client) -> None:
    name = f"full-{uuid4().hex[:8]}"
    cloudformation, s3 = client("cloudformation"), client("s3")
    bucket = {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": name}}
    body = json.dumps({"Resources": {"B": bucket}})
    cloudformation.create_stack(StackName=name, TemplateBody=body)
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1}
    )
    s3.put_object(Bucket=name, Key="a", Body=b"1")
    cloudformation.delete_stack(StackName=name)
    with pytest.raises(Exception, match="DELETE_FAILED"):
        cloudformation.get_waiter("stack_delete_complete").wait(
            StackName=name, WaiterConfig={"Delay": 1}
        )
    s3.delete_object(Bucket=name, Key="a")
    cloudformation.delete_stack(StackName=name)
    cloudformation.get_waiter("stack_delete_complete").wait(
        StackName=name, WaiterConfig={"Delay": 1}
    )
    with pytest.raises(ClientError):
        s3.head_bucket(Bucket=name)


def test_drift_is_told_of_what_was_changed_behind_the_stack(
    client: Client, cloudformation: Deploy, stack: str
) -> None:
    cloudformation({"A": queue(QueueName=f"{stack}-a", DelaySeconds=1)})
    url = client("sqs").get_queue_url(QueueName=f"{stack}-a")["QueueUrl"]
    client("sqs").set_queue_attributes(QueueUrl=url, Attributes={"DelaySeconds": "9"})

    client("cloudformation").detect_stack_drift(StackName=stack)

    drifts = client("cloudformation").describe_stack_resource_drifts(StackName=stack)
    (found,) = drifts["StackResourceDrifts"]
    assert found["StackResourceDriftStatus"] == "MODIFIED"
    assert [each["PropertyPath"] for each in found["PropertyDifferences"]] == ["/DelaySeconds"]


def test_a_budget_without_a_name_gets_another_subscriber(
    client: Client, cloudformation: Deploy, stack: str
) -> None:
    def budget(address: str) -> dict[str, Any]:
        subscriber = {"SubscriptionType": "EMAIL", "Address": address}
        notification = {
            "NotificationType": "ACTUAL",
            "ComparisonOperator": "GREATER_THAN",
            "Threshold": 80,
        }
        limit = {"Amount": 5, "Unit": "USD"}
        return {
            "Type": "AWS::Budgets::Budget",
            "Properties": {
                "Budget": {"BudgetType": "COST", "TimeUnit": "MONTHLY", "BudgetLimit": limit},
                "NotificationsWithSubscribers": [
                    {"Notification": notification, "Subscribers": [subscriber]}
                ],
            },
        }

    for address in ("one@example.org", "two@example.org"):
        status, reasons = cloudformation({"Budget": budget(address)})
        assert status in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}, reasons
    found = client("budgets").describe_budgets(AccountId="000000000000")["Budgets"]
    assert len([each for each in found if each["BudgetName"].startswith(stack)]) == 1


QUEUES = json.dumps({"Resources": {"Q": {"Type": "AWS::SQS::Queue"}}})


def planned(client: Client, stack: str, name: str, kind: str = "CREATE") -> dict[str, Any]:
    """Make a change set of a stack of one queue."""
    made: dict[str, Any] = client("cloudformation").create_change_set(
        StackName=stack, ChangeSetName=name, ChangeSetType=kind, TemplateBody=QUEUES
    )
    return made


def test_of_two_change_sets_of_a_planned_stack_one_is_carried_out(
    client: Client, stack: str
) -> None:
    cloudformation = client("cloudformation")
    one, two = planned(client, stack, "one"), planned(client, stack, "two")
    assert one["StackId"] == two["StackId"]
    assert len(cloudformation.list_change_sets(StackName=stack)["Summaries"]) == 2
    with pytest.raises(ClientError, match="Template format error"):
        cloudformation.create_change_set(
            StackName=stack, ChangeSetName="three", ChangeSetType="CREATE", TemplateBody="{"
        )
    with pytest.raises(ClientError, match="does not exist"):
        planned(client, stack, "four", "UPDATE")
    cloudformation.execute_change_set(ChangeSetName=one["Id"])
    with pytest.raises(ClientError, match="ChangeSetNotFound"):
        cloudformation.execute_change_set(ChangeSetName=two["Id"])
    assert ended(client, stack) == "CREATE_COMPLETE"
    found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    assert found["StackId"] == one["StackId"]
    with pytest.raises(ClientError, match=r"cannot be created again with the changeSet \[five\]"):
        planned(client, stack, "five")
    cloudformation.delete_stack(StackName=stack)
    assert ended(client, one["StackId"]) == "DELETE_COMPLETE"


def test_a_stack_that_was_rolled_back_is_neither_updated_nor_planned_anew(
    client: Client, cloudformation: Deploy, stack: str
) -> None:
    taken = client("sqs").create_queue(QueueName=f"{stack}-taken")["QueueUrl"]
    client("cloudformation").create_stack(
        StackName=stack,
        TemplateBody=json.dumps({"Resources": {"Q": queue(QueueName=f"{stack}-taken")}}),
    )
    assert ended(client, stack) == "ROLLBACK_COMPLETE"
    said = "is in ROLLBACK_COMPLETE state and can not be updated"
    with pytest.raises(ClientError, match=said):
        client("cloudformation").update_stack(StackName=stack, TemplateBody=QUEUES)
    with pytest.raises(ClientError, match=said):
        planned(client, stack, "later", "UPDATE")
    client("cloudformation").delete_stack(StackName=stack)
    client("sqs").delete_queue(QueueUrl=taken)


def test_a_parameter_has_its_previous_value_or_another(
    client: Client, cloudformation: Deploy, stack: str
) -> None:
    made = client("cloudformation")
    body = {
        "Parameters": {"Delay": {"Type": "String"}},
        "Resources": {"Q": queue(DelaySeconds={"Ref": "Delay"})},
    }
    given = {"ParameterKey": "Delay", "ParameterValue": "1"}
    made.create_stack(StackName=stack, TemplateBody=json.dumps(body), Parameters=[given])
    assert ended(client, stack) == "CREATE_COMPLETE"
    assert "Outputs" not in made.describe_stacks(StackName=stack)["Stacks"][0]
    both = {**given, "UsePreviousValue": True}
    with pytest.raises(ClientError, match="Invalid input for parameter key Delay"):
        made.update_stack(StackName=stack, UsePreviousTemplate=True, Parameters=[both])
    body["Resources"]["Q"]["Properties"]["VisibilityTimeout"] = 7
    previous = {"ParameterKey": "Delay", "UsePreviousValue": True}
    made.update_stack(StackName=stack, TemplateBody=json.dumps(body), Parameters=[previous])
    assert ended(client, stack) == "UPDATE_COMPLETE"
    assert made.describe_stacks(StackName=stack)["Stacks"][0]["Parameters"] == [given]
