"""One invocation: a place among the concurrent ones, an environment, the answer, the metrics."""

import json
import secrets
import time
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from local_aws.cloudwatch import metrics
from local_aws.functions.environment import Outcome
from local_aws.functions.function import Function
from local_aws.functions.pool import Pool
from local_aws.functions.runtime_api import Invocation
from local_aws.functions.runtimes import RuntimeMissingError
from local_aws.ministack.foreign import lambdas
from local_aws.tenant import request_scope

NAMESPACE = "AWS/Lambda"
Result = dict[str, Any]
"""As ministack's callers take it: body, error, log, throttle; and request_id."""
Execute = Callable[..., Result]

client_context: ContextVar[str] = ContextVar("client_context", default="")
"""What the caller of Invoke sent as ClientContext: JSON, empty for none."""
_THROTTLES = {
    "function": "ReservedFunctionConcurrentInvocationLimitExceeded",
    "account": "ConcurrentInvocationLimitExceeded",
}


def executor(pool: Pool) -> Execute:
    """Make what carries out an invocation, whoever asks for it.

    Parameters
    ----------
    pool : Pool
        The environments.

    Returns
    -------
    callable
        From a function's record, an event and a request id, which may be left out, to a `Result`;
        it returns when the function did.
    """

    def execute(record: dict[str, Any], event: Any, request_id: str = "") -> Result:
        function = Function(record.get("config") or record)
        tenant = function.tenant
        with request_scope(tenant.account, tenant.region):
            # a version's own record has no reserved concurrency: the function's is for all of them
            base = lambdas._functions.get(function.name) or record
            slot, limit = lambdas._acquire_execution_slot(base, function.config)
            if slot is None:
                tell(function, "Throttles", 1)
                return _throttled(limit)
            try:
                tell(function, "ConcurrentExecutions", _running(slot))
                return _executed(pool, function, record, event, request_id or str(uuid.uuid4()))
            finally:
                lambdas._release_execution_slot(slot)

    return execute


def tell_iterator_age(function: Function, milliseconds: float) -> None:
    """Record how old the last record of a batch was when the function got it."""
    tell(function, "IteratorAge", milliseconds, "Milliseconds")


def tell_delivery_failure(function: Function) -> None:
    """Record that a destination did not take what was given up."""
    tell(function, "DestinationDeliveryFailures", 1)


def depth_of(headers: dict[str, str]) -> int:
    """Return how many functions a request has been through, by the trace that SDKs pass on.

    Parameters
    ----------
    headers : dict
        Of a request; ``X-Amzn-Trace-Id`` may hold ``Lineage=1:HASH:DEPTH``.
    """
    trace = headers.get("x-amzn-trace-id", "")
    _, found, lineage = trace.partition("Lineage=1:")
    depth = lineage.partition(";")[0].rpartition(":")[2]
    return int(depth) if found and depth.isdecimal() else 0


def _executed(
    pool: Pool, function: Function, record: dict[str, Any], event: Any, request_id: str
) -> Result:
    payload = json.dumps(event, ensure_ascii=False).encode()
    invocation = Invocation(request_id, payload, function.arn, 0, _trace(), client_context.get())
    tail: list[str] = []
    try:
        if not record.get("code_zip"):
            raise RuntimeMissingError(f"No code is deployed to {function.arn}.")
        with pool.lease(function, record) as environment:
            outcome = environment.invoke(invocation)
            tail = environment.log.tail
    except RuntimeMissingError as error:
        document = {"errorType": "Runtime.InvalidEntrypoint", "errorMessage": str(error)}
        outcome = Outcome(json.dumps(document).encode(), True)
    tell(function, "Invocations", 1)
    tell(function, "Errors", int(outcome.failed))
    tell(function, "Duration", outcome.duration_ms, "Milliseconds")
    result: Result = {
        "body": json.loads(outcome.body or b"null"),
        "log": "\n".join(tail) + "\n",
        "request_id": request_id,
    }
    if outcome.failed:
        result |= {"error": True, "function_error": "Unhandled"}
    return result


def _throttled(limit: str) -> Result:
    return {
        "throttle": True,
        "error": True,
        "log": "",
        "request_id": str(uuid.uuid4()),
        "body": {
            "__type": "TooManyRequestsException",
            "Reason": _THROTTLES[limit],
            "Type": "User",
            "message": "Rate Exceeded.",
            "retryAfterSeconds": "1",
        },
    }


def _running(slot: str) -> int:
    _, running = lambdas.executions_in_flight()
    return int(running.get(slot, 1))


def _trace() -> str:
    root = f"1-{int(time.time()):08x}-{secrets.token_hex(12)}"
    depth = lambdas._invoke_depth.get()
    lineage = f"1:{secrets.token_hex(4)}:{depth}"
    return f"Root={root};Parent={secrets.token_hex(8)};Sampled=0;Lineage={lineage}"


def tell(function: Function, name: str, value: float, unit: str = "Count") -> None:
    """Record a metric of a function, under each dimension that Lambda has."""
    resource = ":".join(function.arn.split(":")[6:])
    of_function = {"FunctionName": function.name}
    for dimensions in ({}, of_function, of_function | {"Resource": resource}):
        metrics.record(NAMESPACE, name, value, unit, dimensions)
