"""Lambda's own errors, in the words that the service uses."""

import json

from local_aws.protocol import model
from local_aws.protocol.errors import ServiceError

Answer = tuple[int, dict[str, str], bytes]
"""As ministack's handlers answer: status, headers, body."""


def invalid(message: str) -> ServiceError:
    """Make the error for an argument that cannot be."""
    return ServiceError("InvalidParameterValueException", message)


def not_found(message: str) -> ServiceError:
    """Make the error for what does not exist."""
    return ServiceError("ResourceNotFoundException", message, 404)


def conflict(message: str) -> ServiceError:
    """Make the error for what exists already."""
    return ServiceError("ResourceConflictException", message, 409)


def in_use(message: str) -> ServiceError:
    """Make the error for what is being changed."""
    return ServiceError("ResourceInUseException", message)


def refused(error: ServiceError) -> Answer:
    """Write an error as Lambda's REST protocol has it."""
    headers = {"Content-Type": "application/json", "x-amzn-errortype": error.code}
    member = model.message_member("lambda", error.code)
    return error.status, headers, json.dumps({"Type": "User", member: error.message}).encode()
