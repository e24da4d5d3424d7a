"""A template that names what it does not declare, or has parts that none has, is refused."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local_aws.cloudformation.structure import refusal

QUEUE = {"Type": "AWS::SQS::Queue"}


def queue(**more: Any) -> dict[str, Any]:
    """Return a template of one queue with attributes of its own."""
    return {"Resources": {"Queue": {**QUEUE, **more}}}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"Resource": {}}, "Invalid template property or properties [Resource]"),
        ({"Parameters": {}}, "Template format error: At least one Resources member must be"),
        (queue(Propertys={}), "Invalid template resource property 'Propertys'"),
        ({"Resources": {"Queue": {}}}, "Every Resources object must contain a Type member"),
        (queue(DependsOn="Topic"), "Unresolved resource dependencies [Topic] in the Resources"),
        (
            queue(Properties={"QueueName": {"Ref": "Name"}}),
            "Unresolved resource dependencies [Name] in the Resources block",
        ),
        (
            queue(Properties={"QueueName": {"Fn::Sub": "${Stage}-a"}}),
            "Unresolved resource dependencies [Stage] in the Resources block",
        ),
        (
            {**queue(), "Outputs": {"Arn": {"Value": {"Fn::GetAtt": ["Topic", "Arn"]}}}},
            "Unresolved resource dependencies [Topic] in the Outputs block",
        ),
        (queue(Condition="InProd"), "Unresolved condition dependency InProd in the Resources"),
        (
            queue(Properties={"QueueName": {"Fn::If": ["InProd", "a", "b"]}}),
            "Unresolved condition dependency InProd in the Resources block",
        ),
        (
            {"Resources": {"A": {**QUEUE, "DependsOn": "B"}, "B": {**QUEUE, "DependsOn": ["A"]}}},
            "Circular dependency between resources: [A, B]",
        ),
    ],
)
def test_a_fault_of_structure_is_told_in_the_services_words(
    body: dict[str, Any], expected: str
) -> None:
    assert expected in refusal(body)


def test_parameters_pseudo_parameters_bound_and_literal_names_are_declared() -> None:
    name = {"Fn::Sub": ["${Stage}-${AWS::Region}-${bound}-${!literal}", {"bound": "x"}]}
    body = queue(Properties={"QueueName": {"Fn::If": ["InProd", name, {"Ref": "AWS::NoValue"}]}})
    body |= {"Parameters": {"Stage": {"Type": "String"}}}
    body |= {"Conditions": {"InProd": {"Fn::Equals": [{"Ref": "Stage"}, "prod"]}}}
    assert not refusal(body)


def test_such_a_template_makes_no_stack(client: Callable[[str], Any]) -> None:
    template = '{"Resources": {"Queue": {"Type": "AWS::SQS::Queue", "DependsOn": "Nobody"}}}'
    cloudformation = client("cloudformation")
    with pytest.raises(ClientError, match="Unresolved resource dependencies"):
        cloudformation.create_stack(StackName="unresolved", TemplateBody=template)
    with pytest.raises(ClientError, match="does not exist"):
        cloudformation.describe_stacks(StackName="unresolved")


def test_a_parameter_that_the_template_has_not_is_refused(client: Callable[[str], Any]) -> None:
    with pytest.raises(ClientError, match=r"Parameters: \[Stag\] do not exist in the template"):
        client("cloudformation").create_stack(
            StackName="parameters",
            TemplateBody='{"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}}',
            Parameters=[{"ParameterKey": "Stag", "ParameterValue": "prod"}],
        )
