"""CloudWatch Logs' own errors, as far as what is ours refuses."""

from local_aws.protocol.errors import ServiceError


class LogsError(ServiceError):
    """A request that CloudWatch Logs refuses."""


def invalid(message: str) -> LogsError:
    """Make the error for a parameter that breaks a rule."""
    return LogsError("InvalidParameterException", message)
