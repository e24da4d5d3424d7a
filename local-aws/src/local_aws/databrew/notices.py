"""What DataBrew tells EventBridge: states of job runs, and what rulesets came to."""

import json

from local_aws.databrew.store import Document
from local_aws.ministack.foreign import eventbridge

_SAID = {
    "SUCCEEDED": ("INFO", "Job run succeeded"),
    "STOPPED": ("INFO", "Job run stopped"),
    "TIMEOUT": ("WARN", "Job run timed out"),
}


def of_state(run: Document) -> None:
    """Tell that a run has ended, to the account that is acted for."""
    severity, message = _SAID.get(run["State"], ("ERROR", run.get("ErrorMessage", "")))
    detail = {
        "jobName": run["JobName"],
        "severity": severity,
        "state": run["State"],
        "jobRunId": run["RunId"],
        "message": message,
    }
    _put("DataBrew Job State Change", detail)


def of_ruleset(run: Document, result: Document, address: str) -> None:
    """Tell what a ruleset came to."""
    detail = {
        "datasetName": run["DatasetName"],
        "jobName": run["JobName"],
        "jobRunId": run["RunId"],
        "rulesetName": result["name"],
        "validationState": result["status"],
        "validationReportLocation": address,
    }
    _put("DataBrew Ruleset Validation Result", detail)


def _put(kind: str, detail: Document) -> None:
    entry = {"Source": "aws.databrew", "DetailType": kind, "Detail": json.dumps(detail)}
    eventbridge._put_events({"Entries": [entry]}, allow_aws_source=True)
