"""AWS::Budgets::Budget."""

from local_aws.cloudformation.calls import Call
from local_aws.cloudformation.types.model import Made, Record, Resource, names, tag_list
from local_aws.tenant import current


def _create(call: Call, properties: Record, name: str) -> Made:
    budget = {"BudgetName": name, **_budget(properties)}
    more: Record = {}
    if "NotificationsWithSubscribers" in properties:
        more["NotificationsWithSubscribers"] = properties["NotificationsWithSubscribers"]
    if tags := tag_list(properties, "ResourceTags"):
        more["ResourceTags"] = tags
    call("budgets", "CreateBudget", AccountId=current().account, Budget=budget, **more)
    return Made(budget["BudgetName"], {"Id": budget["BudgetName"]})


def _budget(properties: Record) -> Record:
    """Return the budget as its service spells it: amounts are text there, and numbers here."""
    given = dict(properties["Budget"])
    if limit := given.get("BudgetLimit"):
        given["BudgetLimit"] = {**limit, "Amount": str(limit["Amount"])}
    return given


def _update(call: Call, name: str, old: Record, new: Record) -> Record:
    if tag_list(old, "ResourceTags") != tag_list(new, "ResourceTags"):
        raise ValueError("the local AWS does not change the tags of a budget")
    budget = {**_budget(new), "BudgetName": name}
    call("budgets", "UpdateBudget", AccountId=current().account, NewBudget=budget)
    return {"Id": name}


def _delete(call: Call, name: str, _properties: Record) -> None:
    call("budgets", "DeleteBudget", AccountId=current().account, BudgetName=name)


TYPES = {
    "AWS::Budgets::Budget": Resource(
        names("Budget NotificationsWithSubscribers ResourceTags"),
        _create,
        _update,
        _delete,
        longest=100,
        refused=("Budget/AutoAdjustData", "Budget/PlannedBudgetLimits"),
    )
}
