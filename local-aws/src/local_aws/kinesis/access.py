"""Which stream or consumer an operation of Kinesis is authorized on."""

import time

from local_aws.kinesis import iterators
from local_aws.kinesis.errors import KinesisError
from local_aws.protocol.service import Check, Record
from local_aws.tenant import Tenant

# the Service Authorization Reference knows no resource of these, though some name a stream
_OF_NONE = frozenset(
    {
        "DescribeAccountSettings",
        "DescribeLimits",
        "DisableEnhancedMonitoring",
        "EnableEnhancedMonitoring",
        "ListStreams",
        "UpdateAccountSettings",
        "UpdateShardCount",
        "UpdateStreamMode",
    }
)
# ShardIterator and ListShards' NextToken name the stream themselves
_FOREVER_S = 1e12


def checks(tenant: Tenant, operation: str, given: Record) -> list[Check]:
    """Return what a call needs: one action, on one stream or consumer.

    Parameters
    ----------
    tenant : Tenant
        Whose call it is.
    operation : str
        The operation's name.
    given : dict
        Its arguments, not checked.
    """
    return [Check(f"kinesis:{operation}", _resource(tenant, operation, given), {})]


def _resource(tenant: Tenant, operation: str, given: Record) -> str:
    if operation in _OF_NONE:
        return "*"
    for member in ("ConsumerARN", "ResourceARN", "StreamARN"):
        if isinstance(given.get(member), str):
            return str(given[member])
    prefix = f"arn:aws:kinesis:{tenant.region}:{tenant.account}:stream/"
    if isinstance(given.get("StreamName"), str):
        return prefix + str(given["StreamName"])
    for member in ("ShardIterator", "NextToken"):
        if isinstance(given.get(member), str):
            return _of_iterator(str(given[member])) or f"{prefix}*"
    return f"{prefix}*"


def _of_iterator(text: str) -> str | None:
    try:
        return iterators.read(text, round(time.time() * 1000), _FOREVER_S).stream
    except (KinesisError, TypeError):
        return None  # the operation itself says what is wrong with it
