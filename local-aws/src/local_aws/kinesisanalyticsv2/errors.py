"""The service's own errors, in the words that it uses."""

from local_aws.protocol.errors import ServiceError


class AnalyticsError(ServiceError):
    """A request that Managed Service for Apache Flink refuses."""


def invalid_argument(message: str) -> AnalyticsError:
    """Make the error for a value that cannot be taken."""
    return AnalyticsError("InvalidArgumentException", message)


def invalid_request(message: str) -> AnalyticsError:
    """Make the error for a request that does not fit the application."""
    return AnalyticsError("InvalidRequestException", message)


def invalid_configuration(message: str) -> AnalyticsError:
    """Make the error for what the application, as it is, cannot do."""
    return AnalyticsError("InvalidApplicationConfigurationException", message)


def not_found(message: str) -> AnalyticsError:
    """Make the error for what does not exist."""
    return AnalyticsError("ResourceNotFoundException", message)


def in_use(message: str) -> AnalyticsError:
    """Make the error for an application in another state than the call needs."""
    return AnalyticsError("ResourceInUseException", message)


def concurrent(message: str) -> AnalyticsError:
    """Make the error for a version, token or time that is not the present one."""
    return AnalyticsError("ConcurrentModificationException", message)


def limit_exceeded(message: str) -> AnalyticsError:
    """Make the error for a quota."""
    return AnalyticsError("LimitExceededException", message)


def too_many_tags(message: str) -> AnalyticsError:
    """Make the error for more tags than a resource can have."""
    return AnalyticsError("TooManyTagsException", message)
