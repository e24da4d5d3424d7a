"""Stacks over QuickSight: what fails after it was made or changed goes back with its stack."""

import json
from typing import Any

import pytest

from iam_roles import ACCOUNT
from quicksight_client import COLUMNS, WORKGROUP, Quick, until


def template(role: str, **data_set: Any) -> str:
    """Write a stack of a data source in a role, and of a data set over it."""
    name = data_set.pop("name")
    source = {
        "AwsAccountId": ACCOUNT,
        "DataSourceId": name,
        "Name": name,
        "Type": "ATHENA",
        "DataSourceParameters": {"AthenaParameters": {"WorkGroup": WORKGROUP, "RoleArn": role}},
    }
    columns = data_set.pop("columns", COLUMNS)
    table = {
        "DataSourceArn": {"Fn::GetAtt": ["Source", "Arn"]},
        "Schema": "shop",
        "Name": "days",
        "InputColumns": columns,
    }
    held = {
        "AwsAccountId": ACCOUNT,
        "DataSetId": name,
        "Name": name,
        "ImportMode": "SPICE",
        "PhysicalTableMap": {"table": {"RelationalTable": table}},
        **data_set,
    }
    resources = {
        "Source": {"Type": "AWS::QuickSight::DataSource", "Properties": source},
        "Set": {"Type": "AWS::QuickSight::DataSet", "Properties": held},
    }
    return json.dumps({"Resources": resources})


def ended(quick: Quick, call: str, stack: str, body: str) -> str:
    """Make or update a stack and wait for its end: the status."""
    client = quick.server.root("cloudformation")
    getattr(client, call)(StackName=stack, TemplateBody=body)
    found = until(
        lambda: client.describe_stacks(StackName=stack)["Stacks"][0],
        lambda told: not told["StackStatus"].endswith("IN_PROGRESS"),
    )
    return str(found["StackStatus"])


def test_what_fails_after_it_was_made_or_changed_goes_back(quick: Quick) -> None:
    body = template(quick.role, name="stacked")
    assert ended(quick, "create_stack", "stacked", body) == "CREATE_COMPLETE"
    before = quick("describe_data_set", DataSetId="stacked")["DataSet"]

    gone = template(quick.role, name="stacked", Name="x", columns=[{**COLUMNS[1], "Name": "gone"}])
    assert ended(quick, "update_stack", "stacked", gone) == "UPDATE_ROLLBACK_COMPLETE"
    after = quick("describe_data_set", DataSetId="stacked")["DataSet"]
    assert [after[each] for each in ("Name", "OutputColumns", "PhysicalTableMap")] == [
        before[each] for each in ("Name", "OutputColumns", "PhysicalTableMap")
    ]

    nobody = f"arn:aws:iam::{ACCOUNT}:role/none-such"
    lost = template(nobody, name="stacked")
    assert ended(quick, "update_stack", "stacked", lost) == "UPDATE_ROLLBACK_COMPLETE"
    source = quick("describe_data_source", DataSourceId="stacked")["DataSource"]
    assert source["DataSourceParameters"]["AthenaParameters"]["RoleArn"] == quick.role

    unmade = template(nobody, name="unmade")
    assert ended(quick, "create_stack", "unmade", unmade) == "ROLLBACK_COMPLETE"
    with pytest.raises(quick.client.exceptions.ResourceNotFoundException):
        quick("describe_data_source", DataSourceId="unmade")

    client = quick.server.root("cloudformation")
    for stack in ("stacked", "unmade"):
        client.delete_stack(StackName=stack)
        client.get_waiter("stack_delete_complete").wait(StackName=stack, WaiterConfig={"Delay": 1})
