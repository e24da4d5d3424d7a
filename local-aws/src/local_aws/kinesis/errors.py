"""Kinesis' own errors, in the words that the service uses."""


class KinesisError(Exception):
    """A request that the service refuses.

    Parameters
    ----------
    code : str
        The exception's name on the wire, for instance ``ResourceNotFoundException``.
    message : str
        What the caller reads.
    status : int
        The HTTP status.
    """

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def invalid_argument(message: str) -> KinesisError:
    """Make the error for an argument that the stream's state does not allow."""
    return KinesisError("InvalidArgumentException", message)


def not_found(message: str) -> KinesisError:
    """Make the error for a stream, shard or consumer that does not exist."""
    return KinesisError("ResourceNotFoundException", message)


def in_use(message: str) -> KinesisError:
    """Make the error for something that exists already or is being changed."""
    return KinesisError("ResourceInUseException", message)


def limit_exceeded(message: str) -> KinesisError:
    """Make the error for a quota."""
    return KinesisError("LimitExceededException", message)


def validation(message: str) -> KinesisError:
    """Make the error for a request that breaks the service's model."""
    return KinesisError("ValidationException", message)
