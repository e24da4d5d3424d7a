"""What Athena's API answers when it refuses a call."""

from local_aws.protocol.errors import ServiceError


class InvalidRequestError(ServiceError):
    """Something in the call is not what it must be.

    Parameters
    ----------
    message : str
        The sentence that the client sees.
    error_code : str, optional
        Athena's own code beside the exception's name, ``AthenaErrorCode``.
    """

    def __init__(self, message: str, error_code: str = "INVALID_INPUT") -> None:
        members = {"AthenaErrorCode": error_code}
        super().__init__("InvalidRequestException", message, members=members)
        self.error_code = error_code


class NotFoundError(ServiceError):
    """A named resource does not exist; the answer names it."""

    def __init__(self, message: str, resource: str) -> None:
        super().__init__("ResourceNotFoundException", message, members={"ResourceName": resource})


class MetadataError(ServiceError):
    """The catalog does not hold what was asked for."""

    def __init__(self, message: str) -> None:
        super().__init__("MetadataException", message)


class TooManyRequestsError(ServiceError):
    """More queries wait than the queue holds; the answer names the reason of the throttle."""

    def __init__(self, message: str) -> None:
        members = {"Reason": "CONCURRENT_QUERY_LIMIT_EXCEEDED"}
        super().__init__("TooManyRequestsException", message, members=members)
