"""How an asynchronous invocation ended, as its destination or dead-letter queue is told."""

import json
import logging
import uuid
from datetime import UTC, datetime
from typing import Any, Protocol

from local_aws.functions import clients, invocations
from local_aws.functions.function import Function
from local_aws.tenant import request_scope

log = logging.getLogger("local_aws")

Record = dict[str, Any]

_LONGEST_MESSAGE = 1024


class Ended(Protocol):
    """An event that is over."""

    payload: Any
    request_id: str
    invoked: int
    last: Record | None


def document(function: Function, event: Ended, condition: str) -> Record:
    """Make the record of an invocation (developer guide, "Capturing records").

    Parameters
    ----------
    function : Function
        That got the event.
    event : Ended
        With the last result; None where the function never got it.
    condition : str
        ``Success``, ``RetriesExhausted`` or ``EventAgeExceeded``.
    """
    version = str(function.config.get("Version", "$LATEST"))
    arn = function.arn if function.arn.count(":") > 6 else f"{function.arn}:{version}"
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    made: Record = {
        "version": "1.0",
        "timestamp": now,
        "requestContext": {
            "requestId": event.request_id,
            "functionArn": arn,
            "condition": condition,
            "approximateInvokeCount": event.invoked,
        },
        "requestPayload": event.payload,
    }
    if event.last is not None:
        context = {"statusCode": 200, "executedVersion": version}
        if error := event.last.get("function_error"):
            context["functionError"] = error
        made |= {"responseContext": context, "responsePayload": event.last.get("body")}
    return made


def tell(function: Function, settings: Record, made: Record, endpoint: str) -> None:
    """Send a record where the function's configuration says, as the function's role.

    Parameters
    ----------
    function : Function
        That got the event.
    settings : dict
        Its asynchronous configuration, with ``DestinationConfig``.
    made : dict
        Of `document`.
    endpoint : str
        The local AWS.
    """
    succeeded = made["requestContext"]["condition"] == "Success"
    destinations = settings.get("DestinationConfig") or {}
    outcome = "OnSuccess" if succeeded else "OnFailure"
    destination = (destinations.get(outcome) or {}).get("Destination")
    dead_letters = (function.config.get("DeadLetterConfig") or {}).get("TargetArn")
    tenant = function.tenant
    caller = clients.As(function.role, function.name, tenant.region, endpoint)
    with request_scope(tenant.account, tenant.region):
        if destination:
            _attempt(function, "DestinationDeliveryFailures", _send, destination, caller, made)
        if dead_letters and not succeeded:
            _attempt(function, "DeadLetterErrors", _bury, dead_letters, caller, made)


def _attempt(function: Function, metric: str, send: Any, target: str, *given: Any) -> None:
    try:
        send(target, *given)
    except clients.Failures as error:
        log.warning("%s was not told of an invocation of %s: %s", target, function.arn, error)
        invocations.tell(function, metric, 1)


def _send(target: str, caller: clients.As, made: Record) -> None:
    text = json.dumps(made)
    _, _, service, _, _, name = target.split(":", 5)
    if service == "sqs":
        clients.send_to_queue(target, caller, text)
    elif service == "sns":
        clients.client("sns", caller).publish(TopicArn=target, Message=text)
    elif service == "lambda":
        clients.client("lambda", caller).invoke(
            FunctionName=target, InvocationType="Event", Payload=text
        )
    elif service == "s3":
        now = datetime.now(UTC)
        key = (
            f"aws/lambda/async/{caller.session}/{now:%Y/%m/%d}/{now:%Y-%m-%dT%H.%M.%S}"
            f"-{uuid.uuid4()}"
        )
        clients.client("s3", caller).put_object(Bucket=name, Key=key, Body=text.encode())
    else:
        succeeded = made["requestContext"]["condition"] == "Success"
        entry = {
            "Source": "lambda",
            "DetailType": f"Lambda Function Invocation Result - "
            f"{'Success' if succeeded else 'Failure'}",
            "Detail": text,
            "Resources": [target, made["requestContext"]["functionArn"]],
            "EventBusName": target,
        }
        clients.client("events", caller).put_events(Entries=[entry])


def _bury(target: str, caller: clients.As, made: Record) -> None:
    """Send the event itself, with the error as attributes."""
    text = json.dumps(made["requestPayload"])
    answer = made.get("responsePayload")
    message = answer.get("errorMessage", "") if isinstance(answer, dict) else ""
    attributes = {
        "RequestID": {"DataType": "String", "StringValue": made["requestContext"]["requestId"]},
        "ErrorCode": {"DataType": "Number", "StringValue": "200"},
    }
    if message:
        said = str(message)[:_LONGEST_MESSAGE]
        attributes["ErrorMessage"] = {"DataType": "String", "StringValue": said}
    if target.split(":")[2] == "sqs":
        clients.send_to_queue(target, caller, text, MessageAttributes=attributes)
    else:
        clients.client("sns", caller).publish(
            TopicArn=target, Message=text, MessageAttributes=attributes
        )
