"""The errors that Glue answers with."""

from local_aws.protocol.errors import ServiceError


class GlueError(ServiceError):
    """One Glue error, e.g. ``EntityNotFoundException``."""


def not_found(message: str) -> GlueError:
    """Return the error for something that the catalog does not hold."""
    return GlueError("EntityNotFoundException", message)


def already_exists(message: str) -> GlueError:
    """Return the error for a name that is taken."""
    return GlueError("AlreadyExistsException", message)


def invalid(message: str) -> GlueError:
    """Return the error for input that Glue does not accept."""
    return GlueError("InvalidInputException", message)
