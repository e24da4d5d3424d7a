"""AWS::QuickSight::Group."""

from local_aws.cloudformation.calls import Call
from local_aws.cloudformation.types.model import Made, Record, Resource, chosen, names
from local_aws.tenant import current


def _group(properties: Record) -> Record:
    place = {"AwsAccountId": current().account, "Namespace": properties["Namespace"]}
    return {**place, "GroupName": properties["GroupName"]}


def _create_group(call: Call, properties: Record, _name: str) -> Made:
    given = _group(properties) | chosen(properties, ["Description"])
    made = call("quicksight", "CreateGroup", **given)["Group"]
    return Made(made["Arn"], {"Arn": made["Arn"], "PrincipalId": made["PrincipalId"]})


def _update_group(call: Call, arn: str, _old: Record, new: Record) -> Record:
    given = _group(new) | chosen(new, ["Description"])
    found = call("quicksight", "UpdateGroup", **given)["Group"]
    return {"Arn": arn, "PrincipalId": found["PrincipalId"]}


def _delete_group(call: Call, _arn: str, properties: Record) -> None:
    call("quicksight", "DeleteGroup", **_group(properties))


TYPES = {
    "AWS::QuickSight::Group": Resource(
        names("Description GroupName Namespace"),
        _create_group,
        _update_group,
        _delete_group,
        named_by="GroupName",
    ),
}
