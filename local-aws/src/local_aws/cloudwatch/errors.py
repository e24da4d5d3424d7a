"""CloudWatch's own errors, by the names of their shapes."""

from local_aws.protocol.errors import ServiceError


class CloudWatchError(ServiceError):
    """A request that CloudWatch refuses."""


def invalid(message: str) -> CloudWatchError:
    """Make the error for a request that breaks a rule of an operation or of the model."""
    return CloudWatchError("ValidationError", message)


def invalid_value(message: str) -> CloudWatchError:
    """Make the error for a value that a parameter does not take."""
    return CloudWatchError("InvalidParameterValueException", message)


def invalid_format(message: str) -> CloudWatchError:
    """Make the error for a text that is not of its format."""
    return CloudWatchError("InvalidFormatFault", message)


def combination(message: str) -> CloudWatchError:
    """Make the error for parameters that exclude or need each other."""
    return CloudWatchError("InvalidParameterCombinationException", message)


def missing(message: str) -> CloudWatchError:
    """Make the error for a parameter that is needed and not there."""
    return CloudWatchError("MissingRequiredParameterException", message)


def no_such_alarm() -> CloudWatchError:
    """Make the error for an alarm that does not exist; the service has no words for it."""
    return CloudWatchError("ResourceNotFound", "", 404)


def no_such_dashboard(name: str) -> CloudWatchError:
    """Make the error for a dashboard that does not exist."""
    return CloudWatchError("DashboardNotFoundError", f"Dashboard {name} does not exist", 404)


def invalid_token(token: str) -> CloudWatchError:
    """Make the error for a NextToken that this service did not give."""
    return CloudWatchError("InvalidNextToken", f"Invalid NextToken : {token}")
