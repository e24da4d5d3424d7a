"""Tags whose keys begin with ``aws:`` are AWS's own: no service takes them from a caller."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from local_aws.protocol.errors import ServiceError

OWN = "aws:"
MESSAGE = f"{OWN} prefixed tag key names are not allowed for external use."
_MEMBERS = ("Tags", "tags", "TagList", "TagsToAdd", "ResourceTags")
_OF_FORM = re.compile(r"Tags?(\.member|\.entry|\.Tag)?\.\d+\.[Kk]ey")
# how a service says that an argument is none; of the others it is ValidationException
_CODES = {
    "athena": "InvalidRequestException",
    "budgets": "InvalidParameterException",
    "cloudformation": "ValidationError",
    "cloudwatch": "InvalidParameterValue",
    "ecs": "InvalidParameterException",
    "firehose": "InvalidArgumentException",
    "glue": "InvalidInputException",
    "iam": "InvalidInput",
    "kinesis": "InvalidArgumentException",
    "kinesisanalyticsv2": "InvalidArgumentException",
    "kms": "TagException",
    "lambda": "InvalidParameterValueException",
    "logs": "InvalidParameterException",
    "secretsmanager": "InvalidParameterException",
    "sns": "InvalidParameter",
    "sqs": "InvalidParameterValue",
}


def check(service: str, given: Any) -> None:
    """Refuse a call that sets such a tag.

    Parameters
    ----------
    service : str
        As botocore, or ministack, names it.
    given : object
        The arguments, those of a form by their flat names.

    Raises
    ------
    ServiceError
        With the code that the service has for a bad argument.
    """
    if isinstance(given, Mapping) and are_reserved(given):
        raise ServiceError(_CODES.get(service, "ValidationException"), MESSAGE)


def are_reserved(given: Mapping[str, Any]) -> bool:
    """Say whether arguments, or properties of a resource, set such a tag."""
    return any(key.startswith(OWN) for key in _keys(given))


def _keys(given: Mapping[str, Any]) -> Iterator[str]:
    for member in _MEMBERS:
        tags = given.get(member)
        if isinstance(tags, Mapping):
            yield from tags
        elif isinstance(tags, list):
            named = (tag for tag in tags if isinstance(tag, Mapping))
            yield from (str(tag.get("Key") or tag.get("key")) for tag in named)
    if "Action" in given or "Version" in given:
        yield from (str(value) for name, value in given.items() if _OF_FORM.fullmatch(name))
