"""SNS's own errors, as far as what is ours refuses."""

from local_aws.protocol.errors import ServiceError


class SnsError(ServiceError):
    """A request that SNS refuses."""


def invalid(what: str) -> SnsError:
    """Make the error for a parameter that breaks a rule."""
    return SnsError("InvalidParameter", f"Invalid parameter: {what}")
