"""Rulesets: rules of quality of one dataset."""

from local_aws.databrew import resources
from local_aws.databrew.errors import conflict, invalid
from local_aws.databrew.rules import parse
from local_aws.databrew.rules.nodes import RuleError
from local_aws.databrew.store import Document, Store
from local_aws.tenant import Tenant


def create(store: Store, tenant: Tenant, given: Document) -> Document:
    """CreateRuleset: every expression is read now; the columns are looked for when a job runs."""
    name = given["TargetArn"].partition(":dataset/")[2]
    if given["TargetArn"] != resources.arn(tenant, "dataset", name):
        raise invalid(f"{given['TargetArn']} is no dataset of this account and region.")
    resources.found(store, tenant, "dataset", name)
    _check(given["Rules"])
    store.put(tenant, "ruleset", given["Name"], resources.made(store, tenant, "ruleset", given))
    return {"Name": given["Name"]}


def update(store: Store, tenant: Tenant, given: Document) -> Document:
    """UpdateRuleset."""
    document = resources.found(store, tenant, "ruleset", given["Name"])
    _check(given["Rules"])
    target = {"TargetArn": document["TargetArn"]}
    after = resources.changed(tenant, document, given | target)
    store.put(tenant, "ruleset", given["Name"], after)
    return {"Name": given["Name"]}


def describe(store: Store, tenant: Tenant, given: Document) -> Document:
    """DescribeRuleset."""
    document = resources.found(store, tenant, "ruleset", given["Name"])
    return dict(resources.shown({k: v for k, v in document.items() if k != "AccountId"}))


def list_all(store: Store, tenant: Tenant, given: Document) -> Document:
    """ListRulesets, of one dataset where it is named."""
    items = [
        {**{k: v for k, v in each.items() if k != "Rules"}, "RuleCount": len(each["Rules"])}
        for each in store.all(tenant, "ruleset")
        if each["TargetArn"] == given.get("TargetArn", each["TargetArn"])
    ]
    return resources.page("Rulesets", items, given)


def delete(store: Store, tenant: Tenant, given: Document) -> Document:
    """DeleteRuleset; not while a job validates it."""
    document = resources.found(store, tenant, "ruleset", given["Name"])
    for job in store.all(tenant, "job"):
        validated = [each["RulesetArn"] for each in job.get("ValidationConfigurations", [])]
        if document["ResourceArn"] in validated:
            raise conflict(f"The ruleset {given['Name']} is used by the job {job['Name']}.")
    store.delete(tenant, "ruleset", given["Name"])
    return {"Name": given["Name"]}


def _check(rules: list[Document]) -> None:
    names = [rule["Name"] for rule in rules]
    if twice := sorted({name for name in names if names.count(name) > 1}):
        raise invalid(f"Two rules have the name {twice[0]}.")
    for rule in rules:
        try:
            parse.rule(rule)
        except RuleError as error:
            raise invalid(f"The rule {rule['Name']}: {error}") from None
