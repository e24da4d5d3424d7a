"""Refused calls, and the refusals that every AWS service words alike."""

from typing import Any


class ServiceError(Exception):
    """A call that a service refuses; each service's own errors derive from this one.

    Parameters
    ----------
    code : str
        The exception's name on the wire, for instance ``ResourceNotFoundException``.
    message : str
        What the caller reads.
    status : int
        The HTTP status.
    members : dict, optional
        What else the answer holds, such as ``AthenaErrorCode``.
    """

    def __init__(
        self, code: str, message: str, status: int = 400, members: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.members = members or {}


def serialization(message: str) -> ServiceError:
    """Make the error for a body that cannot be read, or holds a value of another type."""
    return ServiceError("SerializationException", message)


def validation(message: str) -> ServiceError:
    """Make the error for a request that breaks the service's model."""
    return ServiceError("ValidationException", message)


def too_large() -> ServiceError:
    """Make the error for a body that no operation takes."""
    return ServiceError("RequestEntityTooLargeException", "The request is too large.", 413)


def unknown_operation(service: str, operation: str) -> ServiceError:
    """Make the error for an operation that the service itself does not have."""
    return ServiceError("UnknownOperationException", f"{service} has no operation {operation}.")


def not_supported(what: str) -> ServiceError:
    """Make the error for what AWS has and the local AWS does not; clients do not repeat a 501."""
    message = f"The local AWS does not support {what}."
    return ServiceError("NotImplementedException", message, 501)
