"""The operations on move tasks, in both protocols that ministack's SQS speaks."""

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from local_aws.ministack.foreign import sqs
from local_aws.protocol.errors import ServiceError
from local_aws.sqs.move_tasks import Tasks

Record = dict[str, Any]

OPERATIONS = ("StartMessageMoveTask", "ListMessageMoveTasks", "CancelMessageMoveTask")
TEXTS = ("SourceArn", "DestinationArn", "TaskHandle")
NUMBERS = ("MaxNumberOfMessagesPerSecond", "MaxResults")


def install() -> None:
    """Add the three operations to ministack's table."""
    tasks = Tasks()
    for name, carry_out in zip(OPERATIONS, (tasks.start, tasks.list, tasks.cancel), strict=True):
        sqs.add("_HANDLERS", name, _handler(carry_out))
    normalise, to_xml = sqs._normalise, sqs._to_xml
    sqs.replace("_normalise", lambda action, params: _read(normalise, action, params))
    sqs.replace("_to_xml", lambda action, result: _written(to_xml, action, result))


def _handler(carry_out: Callable[[Record], Record]) -> Callable[[Record, str], Record]:
    def handle(data: Record, _url: str) -> Record:
        try:
            return carry_out(data)
        except ServiceError as error:
            raise sqs._Err(error.code, error.message, error.status) from None

    return handle


def _read(normalise: Callable[..., Record], action: str, params: Record) -> Record:
    given = normalise(action, params)
    if action in OPERATIONS:
        given |= {name: text for name in TEXTS if (text := sqs._p(params, name))}
        for name in NUMBERS:
            if text := sqs._p(params, name):
                given[name] = int(text) if text.lstrip("-").isdigit() else text
    return given


def _written(to_xml: Callable[..., Any], action: str, result: Record) -> Any:
    if action not in OPERATIONS:
        return to_xml(action, result)
    entries = result.get("Results")
    members = _members(result)
    if entries is not None:
        each = [f"<{action}ResultEntry>{_members(one)}</{action}ResultEntry>" for one in entries]
        members = "".join(each)
    return sqs._xml_resp(200, f"{action}Response", f"<{action}Result>{members}</{action}Result>")


def _members(record: Record) -> str:
    return "".join(f"<{name}>{escape(str(value))}</{name}>" for name, value in record.items())
