"""The validation report as the service writes it: keys in its order, names and all."""

import time
from collections.abc import Sequence

from local_aws.databrew.rules.judge import ERROR, FAILED, SUCCEEDED, Judge, Verdict
from local_aws.databrew.store import Document


def of_ruleset(ruleset: Document, judge: Judge) -> Document:
    """Hold a ruleset against a dataset and write what came of it; disabled rules are left out."""
    results = [_of_rule(each, judge) for each in ruleset["Rules"] if not each.get("Disabled")]
    changed = ruleset.get("LastModifiedDate", ruleset["CreateDate"])
    return {
        "name": ruleset["Name"],
        "description": ruleset.get("Description", ""),
        "arn": ruleset["ResourceArn"],
        "lastModifiedDate": time.strftime("%a %b %d %H:%M:%S UTC %Y", time.gmtime(changed)),
        "ruleResults": results,
        "status": _worst([each["status"] for each in results]),
    }


def _of_rule(rule: Document, judge: Judge) -> Document:
    verdicts = judge.verdicts(rule)
    told: Document = {"name": rule["Name"], "definition": _definition(rule)}
    if "ColumnSelectors" in rule:
        told["columnResults"] = [_of_column(each) for each in verdicts if each.column is not None]
    elif verdicts[0].failed is not None:
        told["failedCount"] = verdicts[0].failed
    return {**told, "status": _worst([each.status for each in verdicts])}


def _of_column(verdict: Verdict) -> Document:
    failed = {} if verdict.failed is None else {"failedCount": verdict.failed}
    return {"name": verdict.column, **failed, "status": verdict.status}


def _definition(rule: Document) -> Document:
    told = {
        "Name": rule["Name"],
        "Disabled": rule.get("Disabled", False),
        "CheckExpression": rule["CheckExpression"],
        "SubstitutionMap": rule.get("SubstitutionMap", {}),
    }
    if "ColumnSelectors" in rule:
        told["ColumnSelectors"] = rule["ColumnSelectors"]
    if "Threshold" in rule:
        given = rule["Threshold"]
        value = given["Value"]
        told["Threshold"] = {
            "Type": given.get("Type", "GREATER_THAN_OR_EQUAL"),
            "Unit": given.get("Unit", "COUNT"),
            "Value": int(value) if value == int(value) else value,
        }
    return told


def _worst(statuses: Sequence[str]) -> str:
    return next((status for status in (ERROR, FAILED) if status in statuses), SUCCEEDED)
