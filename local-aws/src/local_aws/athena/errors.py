"""What Athena's API answers when it refuses a call."""

from typing import Any


class ApiError(Exception):
    """A refused call.

    Parameters
    ----------
    message : str
        The sentence that the client sees.
    error_code : str, optional
        Athena's own code beside the exception's name, ``AthenaErrorCode``.
    """

    type_name = "InternalServerException"
    status = 500

    def __init__(self, message: str, error_code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.error_code = error_code

    def payload(self) -> dict[str, Any]:
        """Return the body of the answer."""
        body: dict[str, Any] = {"__type": self.type_name, "Message": self.message}
        if self.error_code:
            body["AthenaErrorCode"] = self.error_code
        return body


class InvalidRequestError(ApiError):
    """Something in the call is not what it must be."""

    type_name = "InvalidRequestException"
    status = 400

    def __init__(self, message: str, error_code: str = "INVALID_INPUT") -> None:
        super().__init__(message, error_code)


class NotFoundError(ApiError):
    """A named resource does not exist."""

    type_name = "ResourceNotFoundException"
    status = 400

    def __init__(self, message: str, resource: str) -> None:
        super().__init__(message)
        self.resource = resource

    def payload(self) -> dict[str, Any]:
        """Return the body, with the resource that is missing."""
        return {**super().payload(), "ResourceName": self.resource}


class MetadataError(ApiError):
    """The catalog does not hold what was asked for."""

    type_name = "MetadataException"
    status = 400


class TooManyRequestsError(ApiError):
    """More queries wait than the queue holds."""

    type_name = "TooManyRequestsException"
    status = 400

    def payload(self) -> dict[str, Any]:
        """Return the body, with the reason of the throttle."""
        return {**super().payload(), "Reason": "CONCURRENT_QUERY_LIMIT_EXCEEDED"}


class UnsupportedOperationError(ApiError):
    """An operation of Athena that the local AWS does not have."""

    type_name = "InvalidRequestException"
    status = 400

    def __init__(self, operation: str) -> None:
        message = f"{operation} is not supported by the local Athena"
        super().__init__(message, "UNSUPPORTED_OPERATION")
