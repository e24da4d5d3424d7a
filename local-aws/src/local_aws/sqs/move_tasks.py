"""Tasks that move messages out of a dead-letter queue: to where they came from, or elsewhere."""

import asyncio
import base64
import binascii
import json
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from local_aws.ministack.foreign import sqs
from local_aws.protocol.errors import ServiceError
from local_aws.tenant import current

Record = dict[str, Any]
Status = Literal["RUNNING", "COMPLETED", "CANCELLING", "CANCELLED", "FAILED"]

FASTEST = 500
REMEMBERED = 10
MOST_ACTIVE = 100
ACTIVE = ("RUNNING", "CANCELLING")
SOURCE = "DeadLetterQueueSourceArn"


class SqsError(ServiceError):
    """A request that SQS refuses."""


def invalid(message: str) -> SqsError:
    """Make the error for a parameter that breaks a rule."""
    return SqsError("InvalidParameterValue", message)


def not_found(message: str) -> SqsError:
    """Make the error for a queue or a task that does not exist."""
    return SqsError("ResourceNotFoundException", message, 404)


@dataclass
class Task:
    """One task, as it stands."""

    source: str
    destination: str | None
    rate: int | None
    """Messages a second; all at once where it is None."""
    to_move: int
    id: str = field(default_factory=lambda: str(uuid4()))
    started_ms: int = field(default_factory=lambda: int(time.time() * 1000))
    moved: int = 0
    status: Status = "RUNNING"
    failure: str | None = None

    @property
    def handle(self) -> str:
        """What a client cancels it by."""
        text = json.dumps({"taskId": self.id, "sourceArn": self.source})
        return base64.b64encode(text.encode()).decode()

    def described(self) -> Record:
        """Describe it as ListMessageMoveTasks does."""
        whole = {
            "TaskHandle": self.handle if self.status == "RUNNING" else None,
            "Status": self.status,
            "SourceArn": self.source,
            "DestinationArn": self.destination,
            "MaxNumberOfMessagesPerSecond": self.rate,
            "ApproximateNumberOfMessagesMoved": self.moved,
            "ApproximateNumberOfMessagesToMove": self.to_move,
            "FailureReason": self.failure,
            "StartedTimestamp": self.started_ms,
        }
        return {name: value for name, value in whole.items() if value is not None}


class Tasks:
    """The tasks of every queue; all of it happens on the event loop, as all of SQS does."""

    def __init__(self) -> None:
        self._of_source: dict[str, deque[Task]] = {}
        self._running: set[asyncio.Task[None]] = set()

    def start(self, request: Record) -> Record:
        """Begin to move the messages of a dead-letter queue."""
        source, destination = _text(request, "SourceArn"), request.get("DestinationArn") or None
        rate = _whole(request, "MaxNumberOfMessagesPerSecond", FASTEST)
        queue = _queue(source, "SourceArn")
        if not _is_dead_letter_queue(source):
            raise invalid("Source queue must be configured as a Dead Letter Queue.")
        if destination:
            target = _queue(destination, "DestinationArn")
            if target["is_fifo"] != queue["is_fifo"]:
                raise invalid("Source queue and destination queue must be of the same type.")
            if destination == source:
                raise invalid("Source queue and destination queue must not be the same.")
        tasks = self._of_source.setdefault(source, deque(maxlen=REMEMBERED))
        if any(task.status in ACTIVE for task in tasks):
            raise invalid(
                "There is already a task running. Only one active task is allowed for a source "
                "queue arn at a given time."
            )
        self._check_quota()
        task = Task(source, destination, rate, len(queue["messages"]))
        tasks.appendleft(task)
        running = asyncio.get_running_loop().create_task(_run(task))
        self._running.add(running)
        running.add_done_callback(self._running.discard)
        return {"TaskHandle": task.handle}

    def _check_quota(self) -> None:
        mine = f":{current().account}:"
        active = [
            task
            for tasks in self._of_source.values()
            for task in tasks
            if task.status in ACTIVE and mine in task.source
        ]
        if len(active) >= MOST_ACTIVE:
            raise SqsError("OverLimit", f"There are already {MOST_ACTIVE} active tasks.", 403)

    def list(self, request: Record) -> Record:
        """Describe the newest tasks of a queue, the newest first."""
        source = _text(request, "SourceArn")
        size = _whole(request, "MaxResults", REMEMBERED) or 1
        _queue(source, "SourceArn")
        tasks = list(self._of_source.get(source, ()))
        return {"Results": [task.described() for task in tasks[:size]]}

    def cancel(self, request: Record) -> Record:
        """Stop a running task; what was moved stays moved."""
        handle = _text(request, "TaskHandle")
        try:
            said = json.loads(base64.b64decode(handle, validate=True))
            source, wanted = said["sourceArn"], said["taskId"]
        except (binascii.Error, ValueError, KeyError, TypeError):
            raise invalid("Value for parameter TaskHandle is invalid.") from None
        _queue(source, "SourceArn")
        task = next((each for each in self._of_source.get(source, ()) if each.id == wanted), None)
        if task is None:
            raise not_found("Task does not exist.")
        if task.status != "RUNNING":
            raise SqsError("UnsupportedOperation", "Only active tasks can be cancelled.")
        task.status = "CANCELLING"
        return {"ApproximateNumberOfMessagesMoved": task.moved}


async def _run(task: Task) -> None:
    while task.status == "RUNNING":
        await asyncio.sleep(1 / task.rate if task.rate else 0)
        if task.status == "RUNNING":
            task.status = _step(task)
    if task.status == "CANCELLING":
        task.status = "CANCELLED"


def _step(task: Task) -> Status:
    """Move one message."""
    queue = sqs._queue_by_arn(task.source)
    if queue is None:
        return _failed(task, "AWS.SimpleQueueService.NonExistentQueue")
    now = time.time()
    message = next((each for each in queue["messages"] if each["visible_at"] <= now), None)
    if message is None:
        return "COMPLETED"
    target = task.destination or message.get("sys", {}).get(SOURCE)
    if target is None:
        return _failed(task, "CouldNotDetermineMessageSource")
    destination = sqs._queue_by_arn(target)
    if destination is None:
        return _failed(task, "AWS.SimpleQueueService.NonExistentQueue")
    queue["messages"].remove(message)
    destination["messages"].append(_anew(message, destination, now))
    sqs.esm_wake.set()
    task.moved += 1
    return "RUNNING"


def _failed(task: Task, reason: str) -> Status:
    task.failure = reason
    return "FAILED"


def _anew(message: Record, destination: Record, now: float) -> Record:
    """Make a new message of a moved one: with an id and a time of its own, never received."""
    kept = {name: value for name, value in message["sys"].items() if name != SOURCE}
    return message | {
        "id": str(uuid4()),
        "sent_at": now,
        "enqueued_at": now,
        "visible_at": now + sqs.queue_delay(destination),
        "receipt_handle": None,
        "receive_count": 0,
        "first_receive_at": None,
        "sys": kept | {"SentTimestamp": str(int(now * 1000))},
    }


def _text(request: Record, name: str) -> str:
    value = request.get(name)
    if not value:
        raise SqsError("MissingParameter", f"The request must contain the parameter {name}.")
    return str(value)


def _whole(request: Record, name: str, most: int) -> int | None:
    value = request.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise invalid(
            f"Value {value} for parameter {name} is invalid. Reason: Must be between 1 and {most}, "
            "if provided."
        )
    return value


def _queue(arn: str, parameter: str) -> Record:
    found: Record | None = sqs._queue_by_arn(arn)
    if found is None:
        raise not_found(
            f"The resource that you specified for the {parameter} parameter doesn't exist."
        )
    return found


def _is_dead_letter_queue(arn: str) -> bool:
    for queue in list(sqs._queues._data.values()):
        policy = queue["attributes"].get("RedrivePolicy")
        if policy and json.loads(policy).get("deadLetterTargetArn") == arn:
            return True
    return False
