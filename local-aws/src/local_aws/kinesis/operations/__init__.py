"""What each operation of Kinesis does: one function each, from arguments to answer."""

import re
from collections.abc import Callable
from typing import Any

from local_aws.kinesis.errors import KinesisError, invalid_argument
from local_aws.kinesis.operations import consumers, records, shards, streams, tags
from local_aws.kinesis.store import Store
from local_aws.kinesis.validate import checked, operations
from local_aws.request import Tenant

_Operation = Callable[[Store, Tenant, dict[str, Any]], dict[str, Any]]


def call(store: Store, tenant: Tenant, name: str, request: dict[str, Any]) -> dict[str, Any]:
    """Carry out an operation.

    Parameters
    ----------
    store : Store
        All streams.
    tenant : Tenant
        The caller's account and region.
    name : str
        For instance ``"PutRecords"``.
    request : dict
        The arguments as read from the wire.

    Returns
    -------
    dict
        The answer, blobs as bytes and times as `wire.Time`.

    Raises
    ------
    KinesisError
        For whatever the service refuses, and by name for what it has and the
        local Kinesis does not.
    """
    if name not in operations():
        raise KinesisError("UnknownOperationException", f"Kinesis has no operation {name}.")
    operation = _find(name)
    if operation is None:
        raise KinesisError(
            "UnsupportedOperationException", f"The local Kinesis does not support {name}."
        )
    if request.get("DryRun"):
        raise invalid_argument("The local Kinesis does not support DryRun.")
    if name == "PutRecords":
        return records.put_records(store, tenant, records.put_records_checked(request))
    return operation(store, tenant, checked(name, request))


def _find(name: str) -> _Operation | None:
    function = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    for module in (records, shards, streams, consumers, tags):
        operation: _Operation | None = getattr(module, function, None)
        if operation is not None:
            return operation
    return None
