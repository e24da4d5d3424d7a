"""Kinesis' own errors, in the words that the service uses."""

from local_aws.protocol.errors import ServiceError


class KinesisError(ServiceError):
    """A request that Kinesis refuses."""


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
